import type { Clock, Pg } from '../../base/index.ts';
import type { ChannelAccount, SubmitOutcome } from '../adapter.ts';

/**
 * What was asked of a provider whose calls bear no key of ours: written down before the call, and how it ended after. A message without a line here was
 * never called; one that is still `calling` may have left.
 */

export interface Send {
  outboxId: string;
  state: 'calling' | 'taken' | 'ended';
  ref: string | null;
  reason: string | null;
  units: number | null;
  at: Date;
}

export type Journal = ReturnType<typeof createJournal>;

export function createJournal({ pg, clock }: { pg: Pg; clock: Clock }) {
  const columns = 'outbox_id AS "outboxId", state, ref, reason, units, at';
  return {
    /** What is known of these. */
    read: async (workspaceNo: number, outboxIds: readonly string[]): Promise<Map<string, Send>> => {
      const rows = await pg.query<Send>(`SELECT ${columns} FROM channel_sends WHERE workspace_no = $1 AND outbox_id = ANY ($2)`, [
        workspaceNo,
        [...outboxIds],
      ]);
      return new Map(rows.map((row) => [row.outboxId, row]));
    },
    begin: async (account: ChannelAccount, outboxIds: readonly string[], refs?: readonly (string | null)[]): Promise<void> => {
      await pg.query(
        `INSERT INTO channel_sends (workspace_no, channel, account_id, outbox_id, ref, state, at)
         SELECT $1, $2, $3, t.id, t.ref, 'calling', $6 FROM unnest($4::text[], $5::text[]) AS t (id, ref)
         ON CONFLICT (workspace_no, outbox_id) DO UPDATE SET state = 'calling', ref = excluded.ref, reason = NULL, at = excluded.at`,
        [account.workspaceNo, account.kind, account.id, [...outboxIds], refs ? [...refs] : null, clock.now()],
      );
    },
    end: async (workspaceNo: number, { outboxId, state, providerRef, reason, units }: SubmitOutcome): Promise<void> => {
      // What certainly did not leave, and goes again, is as if it had never been called.
      if (state === 'retry') {
        await pg.query('DELETE FROM channel_sends WHERE workspace_no = $1 AND outbox_id = $2', [workspaceNo, outboxId]);
        return;
      }
      await pg.query(
        `UPDATE channel_sends SET state = $3, ref = coalesce($4, ref), reason = $5, units = coalesce($6, units)
         WHERE workspace_no = $1 AND outbox_id = $2 AND state <> 'ended'`,
        [workspaceNo, outboxId, state === 'submitted' ? 'taken' : 'ended', providerRef ?? null, reason ?? null, units ?? null],
      );
    },
    /** Whose message bears this mark of the provider. */
    byRef: async (workspaceNo: number, channel: string, ref: string): Promise<Send | undefined> =>
      (
        await pg.query<Send>(`SELECT ${columns} FROM channel_sends WHERE workspace_no = $1 AND channel = $2 AND ref = $3 LIMIT 1`, [
          workspaceNo,
          channel,
          ref,
        ])
      )[0],
  };
}

/** The outcome of a message that the journal knows to have ended or been taken; undefined: it never was, or is in doubt. */
export function outcomeOf(send: Send): SubmitOutcome | undefined {
  const { outboxId, state, ref, reason, units } = send;
  const more = { ...(ref ? { providerRef: ref } : {}), ...(units === null ? {} : { units }) };
  if (state === 'taken') return { outboxId, state: 'submitted', ...more };
  if (state === 'calling') return undefined;
  return reason === null ? { outboxId, state: 'sent', ...more } : { outboxId, state: 'failed', reason, ...more };
}
