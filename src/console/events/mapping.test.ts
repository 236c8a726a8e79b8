import { expect, test } from 'vitest';
import type { KindTargets } from '../api/events.ts';
import { assign, fitMapping, missingTargets, saysWho, targetOfColumn } from './mapping.ts';

const target = (name: string, required = false) => ({ name, required, identity: name === 'phone' });
const kind = (name: KindTargets['kind'], freePrefix: KindTargets['freePrefix'], ...targets: KindTargets['targets']): KindTargets => ({
  kind: name,
  freePrefix,
  needsIdentity: false,
  targets,
});
const orders = kind('orders', 'properties.', target('order_id', true), target('time', true), target('phone'));
const mapping = { order_id: '订单号', phone: '手机', 'properties.备注': '备注' };

test('a column goes to one field, and a field takes one column', () => {
  const moved = assign(mapping, '备注', 'phone');
  expect(moved).toEqual({ order_id: '订单号', phone: '备注' });
  expect(targetOfColumn(moved, '手机')).toBeUndefined();
  expect(assign(moved, '备注', undefined)).toEqual({ order_id: '订单号' });
});

test('another kind keeps what fits it', () => {
  expect(fitMapping(mapping, kind('people', 'traits.', target('phone')))).toEqual({
    'traits.order_id': '订单号',
    phone: '手机',
    'traits.备注': '备注',
  });
  expect(fitMapping(mapping, kind('products', null, target('product_id')))).toEqual({});
});

test('required fields and the owner of a row are asked for', () => {
  expect(missingTargets(mapping, orders)).toEqual(['time']);
  expect(saysWho(mapping, orders)).toBe(true);
  expect(saysWho({ order_id: '订单号' }, orders)).toBe(false);
});
