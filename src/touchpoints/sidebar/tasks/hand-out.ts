import type { Pg } from '../../../base/index.ts';
import { newId, Problem } from '../../../base/index.ts';
import { personId } from '../../../people/index.ts';
import { wallIn } from '../../live/wall.ts';
import type { HandedOut, HandOutAsk, TaskDeps } from './ports.ts';
import { noteAct } from './tell.ts';
import { holds } from './today.ts';

/**
 * Customers to be seen to now, each a task of the member of staff whom they are bound to, who is told once for all of theirs. Asked again on the same day it
 * changes nothing, and nobody is told twice.
 */
export async function handOut(
  deps: TaskDeps,
  write: (work: (tx: Pg) => Promise<void>) => Promise<void>,
  ws: number,
  zone: string,
  ask: HandOutAsk,
): Promise<HandedOut> {
  const { clock } = deps;
  const { date: day } = wallIn(zone, clock.now());
  const wanted = new Map(ask.people.map((one) => [one.personNo, one.text]));
  const answer: HandedOut = { set: [], already: [], unbound: [], told: [], untold: [] };
  const hidden = new Map<number, string>();
  for (const [no, text] of wanted) hidden.set(no, text === '' ? '' : await deps.hide(ws, text));
  let first: string | undefined;
  await write(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7141, $1)', [ws]);
    const bound = await tx.query<{ no: number; staff: string; known: boolean }>(
      `SELECT p.person_no AS no, b.staff_id AS staff, EXISTS (
         SELECT FROM staff_tasks t WHERE t.workspace_no = $1 AND t.staff_id = b.staff_id AND t.person_no = p.person_no AND t.kind = 'act'
           AND (t.state = 'open' OR t.due >= $3)) AS known
       FROM people p JOIN bindings b ON b.workspace_no = $1 AND b.person_no = p.person_no AND ${holds('b', '$4')}
       LEFT JOIN staff s ON s.workspace_no = $1 AND s.id = b.staff_id
       WHERE p.workspace_no = $1 AND p.person_no = ANY($2) AND p.merged_into IS NULL AND s.state IS DISTINCT FROM 'left' ORDER BY p.person_no FOR KEY SHARE OF p`,
      [ws, [...wanted.keys()], day, clock.now()],
    );
    for (const { no, staff, known } of bound) {
      const line = { personId: personId(no), staffId: staff };
      (known ? answer.already : answer.set).push(line);
      if (known) continue;
      const id = newId('tsk', clock.ms());
      first ??= id;
      await tx.query(
        `INSERT INTO staff_tasks (workspace_no, id, staff_id, person_no, first_no, kind, text, due, state, made_at, made_by)
         VALUES ($1, $2, $3, $4, $4, 'act', $5, $6, 'open', $7, $8)`,
        [ws, id, staff, no, hidden.get(no) ?? '', day, clock.now(), ask.by],
      );
      const properties = { taskId: id, kind: 'act', userId: staff, due: day };
      await noteAct(tx, ws, clock.now(), { personNo: no, event: 'Task Set', properties });
    }
    const found = new Set(bound.map((one) => one.no));
    answer.unbound = [...wanted.keys()].filter((no) => !found.has(no)).map(personId);
  });
  const staff = [...new Set(answer.set.map((one) => one.staffId))];
  if (!ask.message || first === undefined) return answer;
  try {
    const sent = await deps.sources.tell(ws, { staff, ...ask.message, key: `act:${first}` }, ask.by);
    answer.told = sent.told;
    answer.untold = staff.filter((one) => !sent.told.includes(one)).map((one) => ({ staffId: one, reason: sent.why }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // The tasks are there all the same, and are seen in the sidebar.
    answer.untold = staff.map((one) => ({ staffId: one, reason: error.detail ?? error.title }));
  }
  return answer;
}
