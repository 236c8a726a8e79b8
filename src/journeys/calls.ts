import { personId } from '../people/index.ts';
import type { PassData } from './pass.ts';
import type { Plans } from './plans.ts';
import type { Deps } from './ports.ts';

const atOnce = 200;
/** A call that a stopped program had in hand is made again after this. */
const patienceMs = 5 * 60_000;
const mostTries = 20;

interface Row {
  no: number;
  journey_no: number;
  journey: string;
  name: string;
  version: number;
  node: string;
  pass_no: number;
  lap: number;
  tries: number;
  person_no: number;
  data: PassData | null;
}

/** Does what steps asked for outside: notices to the webhook, tasks for staff. Each has a key of its own, so one made again is known by it. */
export async function makeCalls(deps: Deps, plans: Plans, workspaceNo: number): Promise<number> {
  let made = 0;
  for (;;) {
    const now = deps.clock.now();
    const rows = await deps.pg.query<Row>(
      `WITH taken AS (
         UPDATE journey_calls c SET due_at = $3, tries = tries + 1 WHERE no IN (
           SELECT k.no FROM journey_calls k JOIN journeys j ON j.no = k.journey_no AND j.state <> 'paused'
           WHERE k.workspace_no = $1 AND k.due_at <= $2 ORDER BY k.due_at, k.no LIMIT $4 FOR UPDATE OF k SKIP LOCKED)
         RETURNING c.no, c.journey_no, c.version, c.node, c.pass_no, c.lap, c.tries)
       SELECT t.*, j.id AS journey, j.name, p.person_no, p.data FROM taken t JOIN journeys j ON j.no = t.journey_no JOIN journey_people p ON p.no = t.pass_no ORDER BY t.no`,
      [workspaceNo, now, new Date(now.getTime() + patienceMs), atOnce],
    );
    if (rows.length === 0) return made;
    for (const row of rows) {
      const done = await call(deps, plans, workspaceNo, row).catch((error: unknown) => {
        deps.log.warn({ err: error, journey: row.journey, node: row.node }, 'what a journey asked for outside could not be done yet');
        return false;
      });
      if (!done && row.tries >= mostTries)
        deps.log.error({ journey: row.journey, node: row.node }, 'what a journey asked for outside is given up');
      if (done || row.tries >= mostTries) await deps.pg.query('DELETE FROM journey_calls WHERE no = $1', [row.no]);
      else
        await deps.pg.query('UPDATE journey_calls SET due_at = $2 WHERE no = $1', [
          row.no,
          new Date(now.getTime() + Math.min(60, 2 ** row.tries) * 60_000),
        ]);
      if (done) made += 1;
    }
    await deps.boundary('journeys.called');
  }
}

async function call(deps: Deps, plans: Plans, workspaceNo: number, row: Row): Promise<boolean> {
  const node = (await plans.get(deps.pg, row.journey_no, row.version)).node(row.node);
  const key = `journey:${row.journey}:${row.version}:${row.node}:${row.pass_no}:${row.lap}`;
  if (node?.type === 'webhook') {
    const journey = { id: row.journey, name: row.name, version: row.version, node: node.id };
    const payload = {
      type: 'journey',
      topic: node.topic ?? null,
      journey,
      person: { id: personId(row.person_no) },
      entry: row.data?.entry ?? null,
    };
    return deps.notify!(workspaceNo, key, payload);
  }
  if (node?.type === 'task') {
    const cause = { journeyId: row.journey, nodeId: node.id };
    const ask = {
      personNo: row.person_no,
      staffId: node.staffId ?? undefined,
      text: node.text!,
      dueInDays: node.dueInDays ?? 0,
      key,
      cause,
    };
    if (!(await deps.tasks!.set(workspaceNo, ask)))
      deps.log.info({ journey: row.journey, node: node.id }, 'nobody looks after this person: no task');
  }
  return true;
}
