import { matchColumns, matches } from './entry-data.ts';
import type { UntilNode } from './graph.ts';
import { stepCondition } from './step.ts';
import type { Walker, Walking } from './walking.ts';

/** What only time can make true is looked at this often. */
const againMs = 6 * 3_600_000;
/** Of more people than this the whole time is read, rather than each of them looked up. */
const singly = 5_000;

/**
 * Who waits for an event or a rule and is looked at: those for whom it has come go by `met`, those whose time is over by `timeout`, the others stay.
 * An event counts by its own time, after the wait began and until it ends, whenever it landed: so a stop of the program changes nothing.
 */
export async function checkUntil(walking: Walking, node: UntilNode, here: Walker[]): Promise<void> {
  const { now, workspaceNo, deps } = walking.world;
  const met = node.event !== undefined && node.event !== null ? await metByEvent(walking, node, here) : undefined;
  const people = [...new Set(here.map((w) => w.pass.personNo))];
  const holds = met ? undefined : await deps.audience.which(workspaceNo, [node.rule], people);
  for (const w of here) {
    const until = w.pass.until ?? now;
    if (met ? met.has(w) : holds?.get(w.pass.personNo)?.[0] === true) walking.take(w, node.id, 'met', 'turn');
    else if (until.getTime() <= now.getTime()) walking.take(w, node.id, 'timeout', 'turn');
    else walking.stay(w, met ? until : new Date(Math.min(until.getTime(), now.getTime() + againMs)));
  }
}

async function metByEvent(walking: Walking, node: UntilNode, here: Walker[]): Promise<Set<Walker>> {
  const { now, workspaceNo, deps } = walking.world;
  const since = (w: Walker): number => (w.pass.since ?? w.pass.eventAt).getTime();
  const until = (w: Walker): number => Math.min(now.getTime(), (w.pass.until ?? now).getTime());
  const people = [...new Set(here.map((w) => w.pass.personNo))];
  const from = here.reduce((least, w) => Math.min(least, since(w)), Number.MAX_SAFE_INTEGER);
  const hits = await deps.ch.query<{ person: number; ms: number; said: string[] }>(
    `SELECT DISTINCT person_no AS person, toUnixTimestamp64Milli(time) AS ms${matchColumns(node.match)}
     FROM ${deps.events.source(workspaceNo, people.length <= singly ? people : undefined)}
     WHERE ${stepCondition(deps, node.event!, node.where)} AND time > fromUnixTimestamp64Milli(toInt64(${from}), 'UTC')
       AND time <= fromUnixTimestamp64Milli(toInt64(${now.getTime()}), 'UTC')`,
  );
  const byPerson = Map.groupBy(hits, (h) => h.person);
  return new Set(
    here.filter((w) =>
      byPerson.get(w.pass.personNo)?.some((h) => h.ms > since(w) && h.ms <= until(w) && matches(node.match, h.said, w.data?.entry)),
    ),
  );
}
