import { expect, test } from 'vitest';
import type { Inspection } from '../api/events.ts';
import { assign, fitMapping, missingTargets, saysWho, targetOfColumn } from './mapping.ts';

const inspection: Inspection = {
  uploadId: 'u',
  format: 'csv',
  rows: 2,
  columns: [
    { name: '订单号', examples: [] },
    { name: '手机', examples: [] },
    { name: '备注', examples: [] },
  ],
  kind: 'orders',
  mapping: { order_id: '订单号', phone: '手机', 'properties.备注': '备注' },
  targets: {
    orders: [
      { name: 'order_id', required: true },
      { name: 'time', required: true },
      { name: 'phone', required: false },
    ],
    people: [{ name: 'phone', required: false }],
    events: [],
    products: [],
  },
  sample: [],
};

test('a column goes to one field, and a field takes one column', () => {
  const moved = assign(inspection.mapping, '备注', 'phone');
  expect(moved).toEqual({ order_id: '订单号', phone: '备注' });
  expect(targetOfColumn(moved, '手机')).toBeUndefined();
  expect(assign(moved, '备注', undefined)).toEqual({ order_id: '订单号' });
});

test('another kind keeps what fits it', () => {
  expect(fitMapping(inspection.mapping, inspection, 'people')).toEqual({
    'traits.order_id': '订单号',
    phone: '手机',
    'traits.备注': '备注',
  });
  expect(fitMapping(inspection.mapping, inspection, 'products')).toEqual({});
  expect(fitMapping({}, inspection, 'orders')).toEqual(inspection.mapping);
});

test('required fields and the owner of a row are asked for', () => {
  expect(missingTargets(inspection.mapping, inspection, 'orders')).toEqual(['time']);
  expect(saysWho(inspection.mapping)).toBe(true);
  expect(saysWho({ order_id: '订单号' })).toBe(false);
});
