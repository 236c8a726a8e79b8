import type { Accounts } from './accounts.ts';
import { outboxId } from './ids.ts';
import type { Deps } from './ports.ts';
import { record } from './record.ts';

const most = 5000;
const soonestMs = 3_000;
const latestMs = 15 * 60_000;

/** Asks platforms how submitted messages ended. The older a message, the rarer the question: the time since it was submitted, over four. */
export function createPoller(deps: Deps, accounts: Accounts) {
  const { pg, clock } = deps;
  const able = deps.adapters.filter((a) => a.poll);

  const one = async (workspaceNo: number): Promise<number> => {
    const have = await accounts.all(workspaceNo);
    let count = 0;
    for (const adapter of able) {
      const account = have.find((a) => a.kind === adapter.kind);
      if (!account) continue;
      const now = clock.now();
      // The next question is put down before this one is asked: an answer that never comes delays nothing else.
      const rows = await pg.query<{ no: number; provider_ref: string | null; address: string | null }>(
        `WITH due AS (
           DELETE FROM outbox_waiting w USING (
             SELECT workspace_no, channel, what, due_at, no FROM outbox_waiting
             WHERE workspace_no = $1 AND channel = $2 AND what = 'submitted' AND due_at <= $3 ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED) d
           WHERE (w.workspace_no, w.channel, w.what, w.due_at, w.no) = (d.workspace_no, d.channel, d.what, d.due_at, d.no) RETURNING w.workspace_no AS ws, w.no),
         open AS (
           SELECT o.no, o.provider_ref, o.address, o.decided_at FROM (SELECT ws, no FROM due OFFSET 0) due
           JOIN outbox o ON o.workspace_no = due.ws AND o.no = due.no WHERE o.state = 'submitted'),
         again AS (
           INSERT INTO outbox_waiting (workspace_no, channel, what, due_at, no)
           SELECT $1, $2, 'submitted', $3::timestamptz + least($6::interval, greatest($5::interval, ($3::timestamptz - decided_at) / 4)), no FROM open)
         SELECT no, provider_ref, address FROM open`,
        [workspaceNo, adapter.kind, now, most, `${soonestMs} milliseconds`, `${latestMs} milliseconds`],
      );
      if (rows.length === 0) continue;
      const outcomes = await adapter.poll!(
        account,
        rows.map((r) => ({ outboxId: outboxId(r.no), providerRef: r.provider_ref ?? '', address: r.address ?? '' })),
      );
      const ended = outcomes.filter((o) => o.state === 'sent' || o.state === 'failed');
      await record(pg, { workspaceNo, now: clock.now(), from: { state: 'submitted' }, nextPoll: now }, ended);
      await deps.boundary('outbox.polled');
      count += ended.length;
    }
    return count;
  };

  return {
    /** Returns how many messages have ended. */
    poll: async (): Promise<number> => {
      let count = 0;
      for (const workspace of able.length > 0 ? await deps.workspaces() : []) count += await one(workspace.no);
      return count;
    },
    next: async (): Promise<number | undefined> => {
      if (able.length === 0) return undefined;
      const rows = await pg.query<{ due: Date | null }>(
        `SELECT (SELECT min(due_at) FROM outbox_waiting o WHERE o.workspace_no = w.no AND o.channel = c.channel AND o.what = 'submitted') AS due
         FROM unnest($1::int[]) AS w (no) CROSS JOIN unnest($2::text[]) AS c (channel)`,
        [(await deps.workspaces()).map((w) => w.no), able.map((a) => a.kind)],
      );
      const due = rows.flatMap((r) => (r.due ? [r.due.getTime()] : []));
      return due.length > 0 ? Math.min(...due) : undefined;
    },
  };
}
