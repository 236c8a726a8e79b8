import { describe, expect, it } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { choose, type Load, sameRegion } from './choose.ts';
import { wanted } from './provision.ts';
import { code as codeShape, type TargetView } from './schema.ts';

const target = (no: number, more: object = {}) => ({ no, kind: 'group', name: `G${no}`, chatIds: [`wr${no}`], ...more });
const code = (more: object, targets = [1, 2, 3, 4].map((no) => target(no))) => codeShape.parse({ targets, ...more });
const loads = (full: number[] = [], pooled: number[] = []) =>
  new Map<number, Load>(
    [1, 2, 3, 4].map((no) => [
      no,
      { no, cap: 190, taken: full.includes(no) ? 190 : 20, members: 0, state: pooled.includes(no) ? 'pooled' : 'ready' },
    ]),
  );
const clock = manualClock('2026-11-22T00:00:00Z');
/** At a time of Shanghai; 2026-11-22 is a Sunday. */
const ask = (
  of: ReturnType<typeof code>,
  local: string,
  more: { full?: number[]; pooled?: number[]; region?: string; turn?: number } = {},
) => {
  clock.set(`${local}:00+08:00`);
  const moment = { at: clock.now(), zone: 'Asia/Shanghai', region: more.region, turn: more.turn ?? 0, random: () => 0.5 };
  const { layer, order, dropped } = choose(of, loads(more.full, more.pooled), moment);
  return `${layer}:${order.map((t) => t.no).join()}${dropped.length > 0 ? ` -${dropped.map((d) => `${d.target.no}${d.why}`).join()}` : ''}`;
};

const scheduled = code({
  special: [
    { first: '2026-12-12', last: '2026-12-12', targets: [1] },
    { first: '2026-12-31', last: '2026-12-31', from: '20:00', to: '02:00', targets: [4] },
  ],
  weekly: [
    { days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00', targets: [2, 3] },
    { days: [5], from: '22:00', to: '06:00', targets: [4] },
  ],
  allDay: [3],
});

describe('who takes a scan', () => {
  it.each([
    ['a special date comes before the hours of the week', '2026-12-12T10:00', {}, 'special:1'],
    ['and holds all day', '2026-12-12T00:00', {}, 'special:1'],
    ['the day after it is over', '2026-12-13T00:00', {}, 'all_day:3'],
    ['a special night goes on past midnight', '2027-01-01T01:59', {}, 'special:4'],
    ['and ends then', '2027-01-01T02:00', {}, 'all_day:3'],
    ['it has not begun in the afternoon', '2026-12-31T10:00', {}, 'weekly:2,3'],
    ['hours of the week', '2026-11-23T09:00', {}, 'weekly:2,3'],
    ['end sharp', '2026-11-23T18:00', {}, 'all_day:3'],
    ['Friday night', '2026-11-27T23:00', {}, 'weekly:4'],
    ['is still on duty on Saturday morning', '2026-11-28T05:59', {}, 'weekly:4'],
    ['and not on Friday morning', '2026-11-27T05:00', {}, 'all_day:3'],
    ['otherwise all day', '2026-11-22T12:00', {}, 'all_day:3'],
    ['the full are dropped', '2026-11-23T09:00', { full: [2] }, 'weekly:3 -2full'],
    ['nobody left of those on duty: nobody else is asked', '2026-11-23T09:00', { full: [2, 3] }, 'weekly: -2full,3full'],
    ['who is not got ready cannot take anybody', '2026-11-23T09:00', { pooled: [2] }, 'weekly:3 -2not_ready'],
  ])('%s', (_, local, more, expected) => {
    expect(ask(scheduled, local, more)).toBe(expected);
  });

  const weighted = code(
    { strategy: 'weight' },
    [1, 2, 3].map((no) => target(no, { weight: no === 3 ? 0 : no })),
  );
  const regional = code({ strategy: 'region', standby: 4 }, [
    target(1, { regions: ['上海'] }),
    target(2, { regions: ['北京', '天津'] }),
    target(3),
    target(4),
  ]);
  it.each([
    ['in order', code({}), {}, 'all_day:1,2,3,4'],
    ['in turn', code({ strategy: 'turn' }), { turn: 6 }, 'all_day:3,4,1,2'],
    ['in turn among those with room', code({ strategy: 'turn' }), { turn: 1, full: [2] }, 'all_day:3,4,1 -2full'],
    ['by weight; who weighs nothing gets nobody', weighted, {}, 'all_day:2,1'],
    ['by region, then those of no region', regional, { region: '上海市浦东新区' }, 'all_day:1,3 -2region'],
    ['of a region without a target', regional, { region: '广东' }, 'all_day:3 -1region,2region'],
    ['of no known region', regional, {}, 'all_day:3 -1region,2region'],
    ['the stand-by waits for those whom nobody else takes', regional, { full: [3] }, 'all_day: -3full,1region,2region'],
    ['switched off', code({}, [target(1, { off: true }), target(2)]), {}, 'all_day:2 -1off'],
  ])('strategy: %s', (_, of, more, expected) => {
    expect(ask(of, '2026-11-22T12:00', more)).toBe(expected);
  });

  it('shares by weight as the weights say', () => {
    const of = code(
      { strategy: 'weight' },
      [1, 2].map((no) => target(no, { weight: no === 1 ? 3 : 1 })),
    );
    const steps = Array.from({ length: 400 }, (_, i) => i / 400);
    const first = steps.map((r) => choose(of, loads(), { at: clock.now(), zone: 'UTC', turn: 0, random: () => r }).order[0]!.no);
    expect(first.filter((no) => no === 1)).toHaveLength(300);
  });

  it('knows a region by its shorter name', () => {
    expect([sameRegion('上海', '上海市'), sameRegion('广东省', '广东深圳'), sameRegion('上海', '北京'), sameRegion('', '上海')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('refuses rules that name nobody, and groups beyond what a join code takes', () => {
    const errors = (given: unknown) => codeShape.safeParse(given).error?.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
    expect(errors({ targets: [target(1)], allDay: [2], standby: 9 })).toHaveLength(2);
    expect(errors({ targets: [target(1), target(1)] })).toEqual(['targets.1.no: is given twice']);
    expect(errors({ targets: [target(1, { chatIds: ['a', 'b', 'c', 'd', 'e', 'f'] })] })?.[0]).toMatch(/at most 5 groups/);
    expect(errors({ targets: [{ no: 1, kind: 'url', name: 'x' }] })?.[0]).toMatch(/targets.0.url/);
    expect(errors({ targets: [target(1)], special: [{ first: '2026-02-02', last: '2026-02-01', targets: [1] }] })?.[0]).toMatch(/last/);
  });
});

describe('getting the next group ready', () => {
  const view = (no: number, state: 'ready' | 'pooled', taken: number): TargetView => ({
    ...{ no, kind: 'group', name: `G${no}`, cap: 190, taken, members: 0, state, content: null, fault: null },
  });
  const next = (targets: TargetView[], lookAhead = 30) => wanted(code({ lookAhead }), targets, false).map((t) => t.no);
  it('begins with one, and adds one when the look-ahead is no longer free', () => {
    expect(next([view(1, 'pooled', 0), view(2, 'pooled', 0), view(3, 'pooled', 0)])).toEqual([1]);
    expect(next([view(1, 'ready', 159), view(2, 'pooled', 0)])).toEqual([]);
    expect(next([view(1, 'ready', 160), view(2, 'pooled', 0), view(3, 'pooled', 0)])).toEqual([2]);
    expect(next([view(1, 'ready', 190), view(2, 'ready', 10), view(3, 'pooled', 0)])).toEqual([]);
  });
});
