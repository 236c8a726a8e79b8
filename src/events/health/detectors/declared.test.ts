import { describe, expect, it } from 'vitest';
import { Calendar } from '../calendar.ts';
import type { Cell, History, MeasureSeries } from '../history.ts';
import { conflictBurst } from './conflict-burst.ts';
import { expectedMissed } from './expected-missed.ts';

const length = 35 * 24;
const series = (of: (hour: number) => number) => Float64Array.from({ length }, (_, i) => of(i));
const historyOf = (cells: Cell[], measures: MeasureSeries[] = []): History => ({
  ...{
    start: 1_000,
    end: 1_000 + length,
    begins: 1_000,
    calendar: new Calendar('Asia/Shanghai'),
    cells,
    properties: [],
    numbers: [],
    measures,
  },
  ...{ unlike: new Uint8Array(length), expected: new Uint8Array(length), broken: [] },
});
const cell = (source: string, of: (hour: number) => number): Cell => ({
  ...{ type: 'track', event: 'Order Completed', source, sdk: '', version: '', carrier: '', count: series(of), flags: {} },
});
const expects = (more: object = {}) => ({ type: 'track', event: 'Order Completed', perDay: 48, sources: [], since: 1_000, ...more });

describe('what the catalogue says is to be expected', () => {
  it('is no news while it comes', () => {
    expect(expectedMissed(historyOf([cell('pos', () => 2)]), [], [expects({ sources: ['pos'] })])).toEqual([]);
  });
  it('is missed when little of it comes, also on the first day', () => {
    const history = historyOf([cell('pos', (h) => (h % 6 === 0 ? 1 : 0))]);
    expect(expectedMissed(history, [], [expects()])).toMatchObject([{ detector: 'expected_missed', observed: 4, expected: 48 }]);
    expect(expectedMissed(history, [], [expects({ since: history.end - 23 })])).toEqual([]);
    expect(expectedMissed(history, [], [expects({ perDay: 5 })])).toEqual([]);
  });
  it('is missed from a source of which nothing comes any more', () => {
    const history = historyOf([cell('pos', () => 2), cell('http', (h) => (h < length - 72 ? 1 : 0))]);
    expect(expectedMissed(history, [], [expects({ sources: ['pos', 'http'] })])).toMatchObject([{ by: ['http'], observed: 0 }]);
  });
  it('is not missed in announced times, nor what is told for a better reason', () => {
    const history = historyOf([cell('pos', () => 0)]);
    const known = { detector: 'event_silent', subject: 'event:track/Order Completed', from: 1, to: 2, open: true } as const;
    expect(expectedMissed(history, [known], [expects()])).toEqual([]);
    history.expected.fill(1, length - 5);
    expect(expectedMissed(history, [], [expects()])).toEqual([]);
  });
});

describe('conflicts of identities', () => {
  const conflicts = (of: (hour: number) => number) =>
    historyOf([], [{ measure: 'conflict', subject: '', count: series(of), of: new Float64Array(length) }]);
  it('are told when many come at once, and not for some now and then', () => {
    expect(conflictBurst(conflicts((h) => Number(h % 5 === 0)))).toEqual([]);
    expect(conflictBurst(conflicts((h) => Number(h % 12 === 0) + (h >= length - 2 ? 20 : 0)))).toMatchObject([
      { detector: 'conflict_burst', observed: 40, unit: 'people' },
    ]);
  });
});
