import type { Ch, Clock } from '../../base/index.ts';
import type { Ask } from '../ask.ts';
import type { Rule } from '../rule.ts';

const day = 86_400_000;

/**
 * Of how many people a rule held at the end of each day, and now: the rule as it is today, asked as of each of these instants in one scan. So a new rule has a
 * past too, and a curve never mixes two meanings.
 */
export async function trendOf(
  deps: { ch: Ch; clock: Clock; ask: Ask },
  ws: number,
  rule: Rule,
  days: number,
  zone: string,
): Promise<{ at: string; day: string; count: number }[]> {
  const now = deps.clock.ms();
  const instants = [...Array.from({ length: days - 1 }, (_, i) => startOfDay(now - (days - 2 - i) * day, zone)), now + 1];
  const sql = await deps.ask.compileAsOf(ws, rule, instants);
  const [row] = await deps.ch.query<Record<string, number>>(
    `SELECT ${instants.map((_, i) => `countIf(r${i}) AS n${i}`).join(', ')} FROM (${sql})`,
  );
  return instants.map((at, i) => ({
    at: new Date(Math.min(at, now)).toISOString(),
    // The end of a day is the beginning of the next.
    day: dayIn(at - 1, zone),
    count: Number(row?.[`n${i}`] ?? 0),
  }));
}

const dayIn = (ms: number, zone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(ms);

/** The instant at which the day of the zone began in which this instant lies. */
export function startOfDay(ms: number, zone: string): number {
  const date = dayIn(ms, zone);
  const offset = (at: number) => {
    const parts = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    }).formatToParts(at);
    const of = (type: string) => parts.find((p) => p.type === type)!.value;
    return (
      Date.parse(`${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}Z`) - Math.floor(at / 1000) * 1000
    );
  };
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const guess = midnight - offset(midnight);
  return midnight - offset(guess);
}
