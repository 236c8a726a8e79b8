import { type Pg, boundary as stopHere } from '../../../base/index.ts';
import type { TaskDeps } from './ports.ts';

export interface TaskAct {
  personNo: number;
  event: 'Task Set' | 'Task Done' | 'Task Snoozed';
  properties: Record<string, unknown>;
}

/** Written with what it tells of, in one transaction. */
export async function noteAct(tx: Pg, workspaceNo: number, at: Date, act: TaskAct): Promise<void> {
  await tx.query('INSERT INTO staff_task_acts (workspace_no, person_no, event, at, properties) VALUES ($1, $2, $3, $4, $5)', [
    ...[workspaceNo, act.personNo, act.event, at, JSON.stringify(act.properties)],
  ]);
}

/** What was done becomes events, under ids that are its own: telling again after a stop says nothing twice. */
export async function tellActs({ pg, events, boundary = stopHere }: Pick<TaskDeps, 'pg' | 'events' | 'boundary'>): Promise<number> {
  let told = 0;
  for (;;) {
    const rows = await pg.query<{ workspace_no: number; no: number; person_no: number; event: string; at: Date; properties: object }>(
      'SELECT workspace_no, no, person_no, event, at, properties FROM staff_task_acts ORDER BY no LIMIT 500',
    );
    if (rows.length === 0) return told;
    for (const [ws, list] of Map.groupBy(rows, (r) => r.workspace_no)) {
      const own = list.map(({ no, event, at, person_no, properties }) => ({
        ...{ messageId: `task:${ws}:${no}`, event, timestamp: at, personNo: person_no, source: 'yutang' },
        properties: properties as Record<string, unknown>,
      }));
      await events.write(ws, own);
    }
    await boundary('tasks.told');
    await pg.query('DELETE FROM staff_task_acts WHERE no = ANY($1)', [rows.map((r) => r.no)]);
    told += rows.length;
  }
}
