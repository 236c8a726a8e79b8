import { badInput, newId, notFound } from '../../base/index.ts';
import type { BindingDeps } from './ports.ts';
import { tell } from './tell.ts';
import type { Transfers } from './transfers.ts';
import { present } from './views.ts';
import { workOut } from './work-out.ts';

export const SUCCEED = 'binding.succeed';

/** A staff member leaves, and others take over: their customers, as they stand, and whoever would have been theirs. */
export function createSuccessions(deps: BindingDeps, transfers: Pick<Transfers, 'ask'>) {
  const { pg, clock, jobs, platform } = deps;

  /** Friends of the leaver at the platform go to whoever has the customer now. Asked twice, it is one hand-over: who is on the way is passed over. */
  const handOver = async (ws: number, leaver: string, people: readonly number[], ask: { reason: string; actor: string }): Promise<void> => {
    const friends = await platform?.friendsOf(ws, people, leaver);
    if (!friends || friends.size === 0) return;
    const [giver] = await pg.query<{ state: string }>('SELECT state FROM staff WHERE workspace_no = $1 AND id = $2', [ws, leaver]);
    const holders = await present(deps, ws, [...friends.keys()]);
    const heirs = Map.groupBy(friends, ([no]) => holders.get(no)?.staffId ?? leaver);
    for (const [heir, theirs] of heirs)
      if (heir !== leaver)
        await transfers.ask(ws, { from: leaver, to: heir, friends: new Map(theirs), resigned: giver?.state === 'left', ...ask });
  };

  jobs.define<{ leaver: string; handOver?: { reason: string; actor: string } }>(SUCCEED, async (job) => {
    // Those who were theirs at any time: a late event may have made somebody theirs meanwhile.
    const rows = await pg.query<{ no: number }>(
      `SELECT person_no AS no FROM bindings WHERE workspace_no = $1 AND staff_id = $2
       UNION SELECT person_no FROM binding_history WHERE workspace_no = $1 AND staff_id = $2 ORDER BY 1`,
      [job.workspaceNo, job.payload.leaver],
    );
    const step = 2_000;
    for (let i = 0; i < rows.length; i += step) {
      const people = rows.slice(i, i + step).map((r) => r.no);
      await workOut(deps, job.workspaceNo, people);
      await tell(deps, job.workspaceNo);
      if (job.payload.handOver) await handOver(job.workspaceNo, job.payload.leaver, people, job.payload.handOver);
      await job.progress({ done: Math.min(rows.length, i + step), total: rows.length });
    }
    return { looked: rows.length };
  });

  return {
    /** From now on. Returns the work that moves the customers. */
    begin: async (
      workspaceNo: number,
      ask: { from: string; to: readonly string[]; reason: string; actor: string; handOver?: boolean },
    ): Promise<{ id: string; jobId: string }> => {
      const id = newId('suc', clock.ms());
      const heirs = [...new Set(ask.to)].sort();
      await pg.tx(async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock(7140, $1)', [workspaceNo]);
        if (heirs.includes(ask.from)) throw badInput([{ field: 'to', reason: 'is the one who leaves; name somebody else' }]);
        const known = await tx.query<{ id: string; state: string }>(
          'SELECT id, state FROM staff WHERE workspace_no = $1 AND id = ANY($2)',
          [workspaceNo, heirs],
        );
        const nobody = heirs.find((id) => !known.some((k) => k.id === id));
        if (nobody !== undefined) throw badInput([{ field: 'to', reason: `"${nobody}" is nobody of the staff; write them down first` }]);
        const gone = known.find((k) => k.state === 'left');
        if (gone) throw badInput([{ field: 'to', reason: `"${gone.id}" has left; name somebody who is there` }]);
        const at = clock.now();
        await tx.query('UPDATE staff_successions SET until_at = $3 WHERE workspace_no = $1 AND leaver_id = $2 AND until_at IS NULL', [
          ...[workspaceNo, ask.from, at],
        ]);
        await tx.query(
          'INSERT INTO staff_successions (workspace_no, id, leaver_id, heirs, at, actor, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)',
          [workspaceNo, id, ask.from, heirs, at, ask.actor, ask.reason],
        );
      });
      const { reason, actor } = ask;
      const payload = { leaver: ask.from, ...(ask.handOver ? { handOver: { reason, actor } } : {}) };
      const job = await jobs.start(workspaceNo, SUCCEED, payload, { key: `${SUCCEED}:${workspaceNo}:${ask.from}` });
      return { id, jobId: job.id };
    },

    /** Who left is back: from now on they have customers of their own again. Those who passed on stay where they are. */
    end: async (workspaceNo: number, from: string): Promise<void> => {
      const ended = await pg.query(
        'UPDATE staff_successions SET until_at = $3 WHERE workspace_no = $1 AND leaver_id = $2 AND until_at IS NULL RETURNING 1',
        [...[workspaceNo, from, clock.now()]],
      );
      if (ended.length === 0) throw notFound('Succession');
    },
  };
}
