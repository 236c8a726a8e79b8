import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiply, readDecimal, toMajor, toMinor } from './decimal.ts';
import { instantReader } from './instant.ts';
import { meaningOf } from './order-status.ts';

describe('amounts', () => {
  it.each([
    ['2.55', 2_550_000n],
    ['-0.5', -500_000n],
    ['.5', 500_000n],
    ['5.', 5_000_000n],
    ['1,234,567.89', 1_234_567_890_000n],
    ['¥12.30', 12_300_000n],
    ['-¥12.30', -12_300_000n],
    ['￥１２．５', 12_500_000n],
    ['99元', 99_000_000n],
    ['(3.00)', -3_000_000n],
    [' 7 ', 7_000_000n],
    [0.1, 100_000n],
    [1e-7, 0n],
  ])('reads %s', (text, micro) => expect(readDecimal(text)).toBe(micro));

  it.each(['', 'abc', '1.2.3', '1,2', '1e5', '12 元 3', '0.1234567', '.', '-', null, undefined, {}, Number.NaN])('refuses %s', (text) =>
    expect(readDecimal(text)).toBeUndefined(),
  );

  it('loses nothing on the way from cents to fen', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (fen) => {
        const sign = fen < 0 ? '-' : '';
        const text = `${sign}${Math.trunc(Math.abs(fen) / 100)}.${String(Math.abs(fen) % 100).padStart(2, '0')}`;
        expect(toMinor(readDecimal(text)!, 'CNY')).toBe(fen);
      }),
    );
  });

  it('rounds half away from zero, by the currency', () => {
    expect(toMinor(readDecimal('0.005')!, 'CNY')).toBe(1);
    expect(toMinor(readDecimal('-0.005')!, 'CNY')).toBe(-1);
    expect(toMinor(readDecimal('1200')!, 'JPY')).toBe(1200);
    expect(toMajor(1200, 'JPY')).toBe(1200);
    expect(multiply(readDecimal('0.1')!, readDecimal('3')!)).toBe(300_000n);
  });
});

describe('times', () => {
  const shanghai = instantReader('Asia/Shanghai', undefined);
  const london = instantReader('Europe/London', 'dmy');
  const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

  it.each([
    ['2026-01-31 08:00:00', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T08:00:00.250', '2026-01-31T00:00:00.250Z'],
    ['2026-01-31T08:00:00Z', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31T08:00:00+0200', '2026-01-31T06:00:00.000Z'],
    ['2026/1/31 8:05', '2026-01-31T00:05:00.000Z'],
    ['2026年1月31日 8时05分', '2026-01-31T00:05:00.000Z'],
    ['2026年1月31日', '2026-01-30T16:00:00.000Z'],
    ['2026.1.31', '2026-01-30T16:00:00.000Z'],
    ['20260131080000', '2026-01-31T00:00:00.000Z'],
    ['20260131', '2026-01-30T16:00:00.000Z'],
    ['1769817600', '2026-01-31T00:00:00.000Z'],
    ['1769817600000', '2026-01-31T00:00:00.000Z'],
    [1769817600, '2026-01-31T00:00:00.000Z'],
    ['46053.333333', '2026-01-31T00:00:00.000Z'],
    ['12/25/2025 8:26', '2025-12-25T00:26:00.000Z'],
    ['25/12/2025', '2025-12-24T16:00:00.000Z'],
  ])('reads %s in Shanghai', (text, expected) => expect(iso(shanghai(text))).toBe(expected));

  it('follows a zone whose clocks change', () => {
    expect(iso(london('2026-07-01 12:00'))).toBe('2026-07-01T11:00:00.000Z');
    expect(iso(london('2026-01-01 12:00'))).toBe('2026-01-01T12:00:00.000Z');
    expect(iso(london('03/04/2026'))).toBe('2026-04-02T23:00:00.000Z');
  });

  it.each(['', 'yesterday', '2026-13-01', '2026-02-30', '2026-01-01 25:00', '3/4/2026', '0000-00-00', '99999999999999999', null, {}])(
    'refuses %s',
    (text) => expect(shanghai(text)).toBeUndefined(),
  );
});

describe('order status', () => {
  it.each([
    ['交易成功', 'completed'],
    ['已发货', 'completed'],
    ['待发货', 'completed'],
    ['退款成功', 'refunded'],
    ['等待买家付款', 'unpaid'],
    ['交易关闭', 'cancelled'],
    ['purchase', 'completed'],
    ['REFUNDED', 'refunded'],
    ['Cancelled', 'cancelled'],
    ['unpaid', 'unpaid'],
    ['adjustment', 'adjustment'],
    ['frobnicated', undefined],
    [undefined, 'completed'],
  ])('%s is %s', (status, meaning) => expect(meaningOf(status, {})).toBe(meaning));
  it('takes a shop’s own words', () => expect(meaningOf('F7', { F7: 'refunded' })).toBe('refunded'));
});
