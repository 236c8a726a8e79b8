import { badInput, newId, notFound, type Pg, problem, boundary as stopHere } from '../../../base/index.ts';
import { personNo } from '../../../people/index.ts';
import { wallIn } from '../../live/wall.ts';
import { handOut } from './hand-out.ts';
import type { HandOutAsk, TaskDeps, TaskKind } from './ports.ts';
import { noteAct, tellActs } from './tell.ts';
import { quietDays, readToday, type TaskRow, taskColumns, theirs } from './today.ts';

const DAY = 86_400_000;
/** Nobody plans further ahead by hand. */
const aheadDays = 400;

/** Done, or to be seen to on a later day. */
export type TaskAnswer = { act: 'done' } | { act: 'snooze'; until: string };

/** Whom a task that was found is about; undefined for one that is written down. */
export function aboutTask(taskId: string): { kind: 'greet' | 'act'; personNo: number } | undefined {
  const [, kind, id] = /^(greet|act):(.{1,60})$/.exec(taskId) ?? [];
  return kind && id ? { kind: kind as 'greet' | 'act', personNo: personNo(id) } : undefined;
}

/** What staff are to see to: set by hand with a day, or found in what happened; what was done with it is kept and told. */
export function createTasks(deps: TaskDeps) {
  const { pg, clock, boundary = stopHere } = deps;
  const today = (zone: string): string => wallIn(zone, clock.now()).date;
  const checkDay = (field: string, given: string, zone: string): void => {
    const now = Date.parse(today(zone));
    const at = Date.parse(given);
    if (at < now) throw badInput([{ field, reason: 'is over; name today or a later day' }]);
    if (at > now + aheadDays * DAY) throw badInput([{ field, reason: `must be within ${aheadDays} days` }]);
  };
  /** Nobody who is erased meanwhile gets a row: the erasure waits for this, or this finds nobody. */
  const hold = async (tx: Pg, ws: number, no: number): Promise<void> => {
    const found = await tx.query('SELECT 1 FROM people WHERE workspace_no = $1 AND person_no = $2 AND merged_into IS NULL FOR KEY SHARE', [
      ws,
      no,
    ]);
    if (found.length === 0) throw notFound('Customer');
  };
  const write = async (work: (tx: Pg) => Promise<void>): Promise<void> => {
    await pg.tx(work);
    await boundary('tasks.written');
    // It is written down: whoever were told that it failed would do it twice.
    await tellActs(deps).catch((error: unknown) => deps.log.warn({ err: error }, 'what was done with a task is told later'));
  };
  const insert = async (
    tx: Pg,
    ws: number,
    row: { id: string; staffId: string; personNo: number; kind: TaskKind; text: string; due: string; by: string; done: boolean },
  ): Promise<void> => {
    await tx.query(
      `INSERT INTO staff_tasks (workspace_no, id, staff_id, person_no, first_no, kind, text, due, state, made_at, made_by, ended_at)
       VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        ...[ws, row.id, row.staffId, row.personNo, row.kind, row.text, row.due, row.done ? 'done' : 'open', clock.now(), row.by],
        row.done ? clock.now() : null,
      ],
    );
  };

  return {
    today: (ws: number, zone: string, staffId: string) => readToday(deps, ws, zone, staffId),

    /** Open follow-ups about one customer, of everybody: colleagues see that somebody sees to it. */
    ofPerson: async (ws: number, no: number): Promise<{ id: string; text: string; due: string; staffId: string }[]> => {
      const rows = await pg.query<TaskRow & { staff_id: string }>(
        `SELECT ${taskColumns}, t.staff_id FROM staff_tasks t WHERE t.workspace_no = $1 AND t.person_no = $2 AND t.state = 'open' AND t.kind = 'follow_up'
         ORDER BY t.due, t.id LIMIT 20`,
        [ws, no],
        'tasks.person',
      );
      return rows.map(({ id, text, due, staff_id }) => ({ id, text, due, staffId: staff_id }));
    },

    set: async (
      ws: number,
      zone: string,
      /** `id`: the same task, however often it is set. */
      ask: { staffId: string; personNo: number; text: string; due: string; by: string; id?: string },
    ): Promise<{ id: string }> => {
      checkDay('due', ask.due, zone);
      const id = ask.id ?? newId('tsk', clock.ms());
      const text = await deps.hide(ws, ask.text);
      await write(async (tx) => {
        await hold(tx, ws, ask.personNo);
        const [known] = await tx.query('SELECT 1 FROM staff_tasks WHERE workspace_no = $1 AND id = $2', [ws, id]);
        if (known) return;
        await insert(tx, ws, { ...ask, id, text, kind: 'follow_up', done: false });
        const properties = { taskId: id, kind: 'follow_up', userId: ask.staffId, due: ask.due };
        await noteAct(tx, ws, clock.now(), { personNo: ask.personNo, event: 'Task Set', properties });
      });
      return { id };
    },

    /** Customers to be seen to now, to whom each is bound. */
    handOut: (ws: number, zone: string, ask: HandOutAsk) => handOut(deps, write, ws, zone, ask),

    /** Said twice it changes nothing. */
    answer: async (ws: number, zone: string, ask: { taskId: string; staffId: string; by: string }, answer: TaskAnswer): Promise<void> => {
      const done = answer.act === 'done';
      const due = done ? today(zone) : answer.until;
      if (!done) checkDay('until', due, zone);
      const found = aboutTask(ask.taskId);
      await write(async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock(7141, $1)', [ws]);
        let kind: TaskKind;
        let no: number;
        let id = ask.taskId;
        if (found) {
          ({ kind, personNo: no } = found);
          await hold(tx, ws, no);
          const [known] = await tx.query(
            `SELECT 1 FROM staff_tasks WHERE workspace_no = $1 AND staff_id = $2 AND person_no = $3 AND kind = $4 AND (state = 'open' OR ended_at > $5)`,
            [ws, ask.staffId, no, kind, new Date(clock.ms() - quietDays * DAY)],
          );
          if (known) return;
          id = newId('tsk', clock.ms());
          await insert(tx, ws, { ...ask, id, personNo: no, kind, text: '', due, done });
        } else {
          const [row] = await tx.query<TaskRow & { state: string }>(
            `SELECT ${taskColumns}, t.state FROM staff_tasks t WHERE t.workspace_no = $1 AND t.id = $3 AND ${theirs('$4')}`,
            [ws, ask.staffId, ask.taskId, clock.now()],
          );
          if (!row) throw notFound('Task');
          if (row.state === 'done' && done) return;
          if (row.state === 'done') throw problem(409, 'This task is done');
          ({ kind, person_no: no } = row);
          if (done)
            await tx.query("UPDATE staff_tasks SET state = 'done', ended_at = $3 WHERE workspace_no = $1 AND id = $2", [
              ws,
              id,
              clock.now(),
            ]);
          else await tx.query('UPDATE staff_tasks SET due = $3 WHERE workspace_no = $1 AND id = $2', [ws, id, due]);
        }
        const properties = { taskId: id, kind, userId: ask.staffId, ...(done ? {} : { due }) };
        await noteAct(tx, ws, clock.now(), { personNo: no, event: done ? 'Task Done' : 'Task Snoozed', properties });
      });
    },

    /** At a start, and now and then: tells what a stopped process had written and not told. */
    recover: () => tellActs(deps),

    onMerge: async (ws: number, moves: readonly { from: number; to: number }[]): Promise<void> => {
      for (const table of ['staff_tasks', 'staff_task_acts'])
        await pg.query(
          `UPDATE ${table} t SET person_no = m.to_no FROM unnest($2::bigint[], $3::bigint[]) AS m (from_no, to_no) WHERE t.workspace_no = $1 AND t.person_no = m.from_no`,
          [ws, moves.map((m) => m.from), moves.map((m) => m.to)],
        );
    },
    /** What was set about somebody before they were merged goes with them. */
    onSplit: async (ws: number, split: { from: number; to: number; former: readonly number[] }): Promise<void> => {
      await pg.query('UPDATE staff_tasks SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2 AND first_no = ANY($4)', [
        ...[ws, split.from, split.to, [...split.former]],
      ]);
    },
  };
}
export type Tasks = ReturnType<typeof createTasks>;
