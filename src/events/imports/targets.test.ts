import { describe, expect, it } from 'vitest';
import { guess } from './targets.ts';

describe('guessing what columns are', () => {
  it('the retail history', () => {
    expect(guess(['user_id', 'ts', 'event', 'order_id', 'item_id', 'quantity', 'unit_price', 'country'])).toEqual({
      kind: 'orders',
      mapping: {
        user_id: 'user_id',
        time: 'ts',
        status: 'event',
        order_id: 'order_id',
        product_id: 'item_id',
        quantity: 'quantity',
        price: 'unit_price',
        'properties.country': 'country',
      },
    });
  });
  it('order lines of a Chinese shop', () => {
    expect(
      guess(['订单编号', '会员号', '收货人手机', '商品名称', '商品编码', '数量', '单价(元)', '金额', '下单时间', '订单状态', '门店']),
    ).toEqual({
      kind: 'orders',
      mapping: {
        order_id: '订单编号',
        member_id: '会员号',
        phone: '收货人手机',
        product_name: '商品名称',
        product_id: '商品编码',
        quantity: '数量',
        price: '单价(元)',
        amount: '金额',
        time: '下单时间',
        status: '订单状态',
        'properties.门店': '门店',
      },
    });
  });
  it('whole orders: the amount is the order’s', () => {
    expect(guess(['订单号', '客户', '金额', '付款时间'])).toEqual({
      kind: 'orders',
      mapping: { order_id: '订单号', user_id: '客户', order_total: '金额', time: '付款时间' },
    });
  });
  it('UCI and Shopify style headers', () => {
    expect(
      guess(['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID', 'Country']).mapping,
    ).toMatchObject({
      order_id: 'InvoiceNo',
      product_id: 'StockCode',
      product_name: 'Description',
      time: 'InvoiceDate',
      user_id: 'CustomerID',
    });
  });
  it('people', () => {
    expect(guess(['会员号', '姓名', '手机号', '性别', '生日', '注册时间', '备注 说明'])).toEqual({
      kind: 'people',
      mapping: {
        member_id: '会员号',
        'traits.name': '姓名',
        phone: '手机号',
        'traits.gender': '性别',
        'traits.birthday': '生日',
        'traits.createdAt': '注册时间',
        'traits.备注_说明': '备注 说明',
      },
    });
  });
  it('events', () => {
    expect(guess(['userId', 'event', 'timestamp', 'properties', 'messageId'])).toEqual({
      kind: 'events',
      mapping: { user_id: 'userId', event: 'event', time: 'timestamp', properties: 'properties', message_id: 'messageId' },
    });
  });
  it('products', () => {
    expect(guess(['StockCode', 'Description'])).toEqual({
      kind: 'products',
      mapping: { product_id: 'StockCode', product_name: 'Description' },
    });
    expect(guess(['商品编码', '商品名称', '售价', '类目']).kind).toBe('products');
  });
  it('a file of rejected rows: its own two columns are left out', () => {
    expect(guess(['row', 'reason', 'order_id', 'user_id', 'ts', 'amount']).mapping).not.toHaveProperty('properties.reason');
  });
});
