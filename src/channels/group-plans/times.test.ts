import { expect, it } from 'vitest';
import { addDays, instantOf, nextOccurrence, occurrences } from './times.ts';

const zone = 'Asia/Shanghai';

it('days and times are those of the zone, also where clocks change', () => {
  expect(new Date(instantOf('2026-03-05', '20:00', zone)).toISOString()).toBe('2026-03-05T12:00:00.000Z');
  // The last Sunday of March and of October.
  expect(new Date(instantOf('2026-03-29', '20:00', 'Europe/Berlin')).toISOString()).toBe('2026-03-29T18:00:00.000Z');
  expect(new Date(instantOf('2026-10-25', '20:00', 'Europe/Berlin')).toISOString()).toBe('2026-10-25T19:00:00.000Z');
  // A time that clocks jump over comes as much later, one that comes twice is the first, on either side of Greenwich.
  expect(new Date(instantOf('2026-03-29', '02:30', 'Europe/Berlin')).toISOString()).toBe('2026-03-29T01:30:00.000Z');
  expect(new Date(instantOf('2026-03-08', '02:30', 'America/New_York')).toISOString()).toBe('2026-03-08T07:30:00.000Z');
  expect(new Date(instantOf('2026-10-25', '02:30', 'Europe/Berlin')).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  expect(new Date(instantOf('2026-11-01', '01:30', 'America/New_York')).toISOString()).toBe('2026-11-01T05:30:00.000Z');
  expect(addDays('2026-02-27', 2)).toBe('2026-03-01');
  const made = Date.parse('2026-03-05T13:00:00Z');
  const steps = [
    { id: 'a', name: '', when: { kind: 'day' as const, day: 0, time: '20:00' }, text: 'a' },
    { id: 'b', name: '', when: { kind: 'day' as const, day: 30, time: '09:00' }, text: 'b' },
  ];
  // Made at nine in the evening: what was for eight comes at once, and the next in a month.
  expect(occurrences(steps, made, made - 1, made + 1000, zone)).toEqual([{ stepId: 'a', at: made }]);
  expect(new Date(nextOccurrence(steps, made, made + 1000, zone)!).toISOString()).toBe('2026-04-04T01:00:00.000Z');
  expect(nextOccurrence(steps, made, made + 40 * 86_400_000, zone)).toBeUndefined();
});
