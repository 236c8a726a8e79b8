import { Cron } from 'croner';
import type { Pg } from '../base/index.ts';
import { addDays, instantOf, localDay } from '../channels/index.ts';
import { letIn } from './enter.ts';
import { type EntryNode, type Graph, triggerOf } from './graph.ts';
import { everybody } from './members.ts';
import type { Plans } from './plans.ts';
import { type Deps, lock, zoneOf } from './ports.ts';

const setSize = 20_000;
const usualTime = '09:00';

/** When an entry by the clock comes next after an instant; undefined: never again. */
export function nextRun(entry: EntryNode, after: number, zone: string): number | undefined {
  const { schedule, date } = entry;
  if (schedule?.at) {
    const at = Date.parse(schedule.at);
    return at > after ? at : undefined;
  }
  if (schedule?.cron) return new Cron(schedule.cron, { timezone: zone }).nextRun(new Date(after))?.getTime();
  if (!date) return undefined;
  const today = localDay(after, zone);
  const at = instantOf(today, date.at ?? usualTime, zone);
  return at > after ? at : instantOf(addDays(today, 1), date.at ?? usualTime, zone);
}

/** Sets a journey's clocks from now on, at its launch, with a new version and when it goes on: what was missed while it stood still is not made up for. */
export async function setClocks(tx: Pg, workspaceNo: number, journeyNo: number, graph: Graph, now: number, zone: string): Promise<void> {
  const entries = graph.nodes.filter((n): n is EntryNode => n.type === 'entry' && (triggerOf(n) === 'date' || triggerOf(n) === 'schedule'));
  await tx.query('DELETE FROM journey_clocks WHERE journey_no = $1', [journeyNo]);
  for (const entry of entries) {
    const next = nextRun(entry, now, zone);
    if (next !== undefined)
      await tx.query('INSERT INTO journey_clocks (workspace_no, journey_no, node, next_at) VALUES ($1, $2, $3, $4)', [
        ...[workspaceNo, journeyNo, entry.id],
        new Date(next),
      ]);
  }
}

interface Row {
  journey_no: number;
  version: number;
  node: string;
  next_at: Date | null;
  run_at: Date | null;
  below: number | null;
}

/**
 * Lets in by the clock: set by set, from the highest number down. How far a run has come is written in the transaction that lets a set in, so nobody
 * comes in twice and a stop in between forgets nobody; of several that a stopped program missed the last is made up for. Returns how many entered.
 */
export async function letInByClock(deps: Deps, plans: Plans, workspaceNo: number): Promise<number> {
  const zone = await zoneOf(deps, workspaceNo);
  let entered = 0;
  for (;;) {
    const now = deps.clock.now();
    const [row] = await deps.pg.query<Row>(
      `SELECT c.journey_no, j.version, c.node, c.next_at, c.run_at, c.below FROM journey_clocks c JOIN journeys j ON j.no = c.journey_no AND j.state = 'running'
       WHERE c.workspace_no = $1 AND (c.below IS NOT NULL OR c.next_at <= $2) ORDER BY c.journey_no, c.node LIMIT 1`,
      [workspaceNo, now],
    );
    if (!row) return entered;
    const plan = await plans.get(deps.pg, row.journey_no, row.version);
    const entry = plan.entries.find((e) => e.id === row.node);
    if (row.below === null || !entry) {
      await deps.pg.query(
        `UPDATE journey_clocks SET run_at = next_at, below = $4, next_at = $5 WHERE journey_no = $1 AND node = $2 AND next_at = $3 AND below IS NULL`,
        [
          row.journey_no,
          row.node,
          row.next_at,
          entry ? everybody : null,
          entry ? (asDate(nextRun(entry, now.getTime(), zone)) ?? null) : null,
        ],
      );
      continue;
    }
    const page = await pageOf(deps, workspaceNo, entry, row.below, setSize);
    const people = await coming(deps, workspaceNo, entry, page, localDay(row.run_at!.getTime(), zone), zone);
    const done = await deps.pg.tx(async (tx) => {
      await lock(tx, workspaceNo);
      // Not so any more where another process was first, or the journey was stopped or changed.
      const [still] = await tx.query(
        `UPDATE journey_clocks c SET below = $4 FROM journeys j WHERE c.journey_no = $1 AND c.node = $2 AND c.below = $3 AND j.no = c.journey_no
           AND j.state = 'running' AND j.version = $5 RETURNING c.journey_no`,
        [row.journey_no, row.node, row.below, page.length < setSize ? null : page.at(-1)!, row.version],
      );
      const arrivals = people.map((personNo) => ({ personNo, at: row.run_at! }));
      return still ? letIn(deps, tx, workspaceNo, { plan, entry, sure: true }, arrivals, now) : { people: 0, sends: 0 };
    });
    await deps.boundary('journeys.clocked');
    if (done.sends > 0) deps.channels.wake();
    entered += done.people;
  }
}

const asDate = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));

/** People whom an entry may concern, below a number, highest first. */
export async function pageOf(deps: Deps, workspaceNo: number, entry: EntryNode, below: number, limit: number): Promise<number[]> {
  if (entry.date) return (await deps.audience.peopleOf?.(workspaceNo, { trait: entry.date.trait, op: 'exists' }, below, limit)) ?? [];
  if (entry.audience !== undefined)
    return ((await deps.audience.members?.(workspaceNo, entry.audience, below, limit)) ?? []).map((m) => m.personNo);
  return (await deps.audience.peopleOf?.(workspaceNo, entry.rule, below, limit)) ?? [];
}

/** Of a page, those whose day it is and of whom the entry's rule holds. */
async function coming(deps: Deps, workspaceNo: number, entry: EntryNode, page: number[], day: string, zone: string): Promise<number[]> {
  let people = page;
  if (entry.date && page.length > 0) {
    const { trait, days = 0, yearly = false } = entry.date;
    const wanted = addDays(day, -days);
    const traits = (await deps.traits?.(workspaceNo, page)) ?? new Map();
    people = page.filter((no) => fallsOn(traits.get(no)?.[trait], wanted, yearly, zone));
  }
  return ofRule(deps, workspaceNo, entry, people);
}

/** Of these, those of whom what the entry asks beside its trigger holds. */
export async function ofRule(deps: Deps, workspaceNo: number, entry: EntryNode, people: number[]): Promise<number[]> {
  const rules = [
    ...(entry.date && entry.audience ? [{ audience: entry.audience }] : []),
    ...(entry.rule && (entry.date || entry.audience) ? [entry.rule] : []),
  ];
  if (rules.length === 0 || people.length === 0) return people;
  const holds = await deps.audience.which(workspaceNo, rules, people);
  return people.filter((no) => holds.get(no)?.every(Boolean));
}

/** Whether a value names a day: `1990-05-20`, `05-20` of every year, or an instant. On 29 February of a year without it is the 28th. */
export function fallsOn(value: unknown, day: string, yearly: boolean, zone: string): boolean {
  let named: string | undefined;
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) named = value;
  else if (typeof value === 'string' && /^\d{2}-\d{2}$/.test(value)) named = `${day.slice(0, 4)}-${value}`;
  else if ((typeof value === 'string' || typeof value === 'number') && !Number.isNaN(new Date(value).getTime()))
    named = localDay(new Date(value).getTime(), zone);
  if (named === undefined) return false;
  if (!yearly) return named === day;
  const md = named.slice(5);
  const leap = !Number.isNaN(Date.parse(`${day.slice(0, 4)}-02-29`)) && new Date(`${day.slice(0, 4)}-02-29`).getUTCMonth() === 1;
  return (md === '02-29' && !leap ? '02-28' : md) === day.slice(5);
}
