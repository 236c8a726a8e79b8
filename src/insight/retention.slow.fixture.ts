import type { RetentionQuestion } from './schema.ts';

interface Plain {
  person: number;
  event: string;
  at: number;
}

/** The first day of the period in which an instant lies on a zone's calendar, by way of its written date. */
function periodOf(ms: number, period: RetentionQuestion['period'], zone: string): string {
  const date = new Date(ms).toLocaleDateString('sv-SE', { timeZone: zone });
  if (period === 'day') return date;
  if (period === 'month') return `${date.slice(0, 7)}-01`;
  const back = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return step(date, -back);
}

function step(date: string, days: number): string {
  const d = new Date(`${date}T00:00:00Z`);
  d.setUTCDate(d.getUTCDate() + days);
  return d.toISOString().slice(0, 10);
}

function next(date: string, period: RetentionQuestion['period']): string {
  if (period !== 'month') return step(date, period === 'day' ? 1 : 7);
  const d = new Date(`${date}T00:00:00Z`);
  d.setUTCMonth(d.getUTCMonth() + 1);
  return d.toISOString().slice(0, 10);
}

/** A retention matrix worked out person by person and day by day: cohort and counts, for every period that has begun. */
export function slowRetention(
  events: readonly Plain[],
  question: RetentionQuestion,
  where: { from: string; to: string; zone: string; now: number },
): [string, number[]][] {
  const { period, count, cohort, counting } = question;
  const from = Date.parse(where.from);
  const to = Date.parse(where.to);
  const fits = (name: string, e: Plain) => name === '*' || name === e.event;
  const of = (ms: number) => periodOf(ms, period, where.zone);
  const today = of(where.now);
  const rows: [string, number[]][] = [];
  for (let start = of(from); start <= of(to - 1) && start <= today; start = next(start, period)) {
    const ends: string[] = [start];
    for (let i = 0; i < count; i++) ends.push(next(ends[i]!, period));
    const members = [...new Set(events.map((e) => e.person))].filter((person) => {
      const firsts = events.filter((e) => e.person === person && fits(question.first.event, e)).sort((a, b) => a.at - b.at);
      const candidates = cohort === 'first' ? firsts.slice(0, 1) : firsts;
      return candidates.some((e) => e.at >= from && e.at < to && of(e.at) === start);
    });
    const counts = ends
      .filter((p) => p <= today)
      .map((p, i) => {
        if (i === 0) return members.length;
        const back = (e: Plain) => (counting === 'on' ? of(e.at) === p : of(e.at) >= p && of(e.at) <= ends[count]!);
        return members.filter((person) => events.some((e) => e.person === person && fits(question.return.event, e) && back(e))).length;
      });
    rows.push([start, counts]);
  }
  return rows;
}
