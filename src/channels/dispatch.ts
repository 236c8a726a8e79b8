import { newId } from '../base/index.ts';
import type { Accounts } from './accounts.ts';
import type { ChannelAccount, ChannelAdapter, OutboundMessage, SubmitOutcome } from './adapter.ts';
import { type Addressing, claimDue, type InHand, toOutbound } from './claim.ts';
import { readLimits } from './limits/limits.ts';
import { readPolicy } from './policy.ts';
import type { Deps, WorkspaceView } from './ports.ts';
import { record } from './record.ts';
import { priced } from './sending/cost.ts';

const batchSize = 4000;
/** Batches of one channel that are on their way at the same time: while one is with the platform the next is decided. */
const abreast = 3;
/** With several processes, a batch is given up for lost only after this: every adapter answers far sooner. */
const patienceMs = 10 * 60_000;
const firstPollMs = 3_000;

export function createDispatcher(deps: Deps, accounts: Accounts, addressing: Addressing) {
  const { pg, clock, log } = deps;
  /** This process's own mark on what it has in hand. */
  const run = newId('run');
  const inHand = new Set<string>();
  /** When a platform that turned a whole batch away is asked again. */
  const pausedUntil = new Map<string, number>();
  let batches = 0;

  const mark = (kind: 'first' | 'again'): string => {
    batches += 1;
    return `${run}:${kind}:${batches}`;
  };

  /** Calls the adapter for a batch that is marked as in hand, and writes down what came of it. */
  const deliver = async (
    account: ChannelAccount,
    workspaceNo: number,
    claim: string,
    messages: OutboundMessage[],
    inDoubt: boolean,
    call: (account: ChannelAccount, messages: OutboundMessage[]) => Promise<SubmitOutcome[]>,
  ): Promise<void> => {
    const outcomes = await call(account, messages);
    await deps.boundary('outbox.submitted');
    const now = clock.now();
    await record(
      pg,
      { workspaceNo, now, from: { state: 'submitting', claim, inDoubt }, nextPoll: new Date(now.getTime() + firstPollMs) },
      priced(account, outcomes),
    );
    await deps.boundary('outbox.recorded');
    const retries = outcomes.filter((o) => o.state === 'retry' && o.retryAt && !o.waitsAlone);
    if (retries.length > 0 && retries.length === outcomes.length) {
      pausedUntil.set(account.id, Math.min(...retries.map((o) => o.retryAt!.getTime())));
    }
  };

  const send = async (workspace: WorkspaceView, kind: string, account: ChannelAccount | undefined, adapter: ChannelAdapter) => {
    let decided = 0;
    const underWay = new Set<Promise<void>>();
    const failures: unknown[] = [];
    while (failures.length === 0) {
      if (account && (pausedUntil.get(account.id) ?? 0) > clock.ms()) break;
      // Asked for anew with each batch: whoever pauses while a long queue is on its way stops what is left of it.
      const [policy, limits] = await Promise.all([readPolicy(pg, workspace.no), readLimits(pg, workspace.no)]);
      if (policy.paused) break;
      const claim = mark('first');
      inHand.add(claim);
      const taken = await claimDue(deps, addressing, {
        workspaceNo: workspace.no,
        channel: kind,
        timezone: workspace.timezone,
        account,
        policy,
        limits,
        claim,
        limit: batchSize,
        patienceMs,
      }).catch((error: unknown) => {
        inHand.delete(claim);
        failures.push(error);
      });
      if (!taken || taken.decided === 0) {
        inHand.delete(claim);
        break;
      }
      decided += taken.decided;
      const work = (async () => {
        await deps.boundary('outbox.claimed');
        if (account && taken.messages.length > 0)
          await deliver(account, workspace.no, claim, taken.messages, false, (a, m) => adapter.submit(a, m));
      })()
        .catch((error: unknown) => {
          failures.push(error);
        })
        .finally(() => {
          inHand.delete(claim);
          underWay.delete(work);
        });
      underWay.add(work);
      if (underWay.size >= abreast) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    if (failures.length > 0) throw failures[0];
    return decided;
  };

  /**
   * Messages that some batch had in hand when its process stopped, or whose call ended in an error: whether they left is not known.
   * The adapter finds out, or sends again under the same key where the receiver knows it by that.
   */
  const recover = async (
    workspace: WorkspaceView,
    kind: string,
    account: ChannelAccount | undefined,
    adapter: ChannelAdapter,
  ): Promise<number> => {
    const claim = mark('again');
    inHand.add(claim);
    try {
      const now = clock.now();
      // Should this fail too, it is tried again after a while; another process waits longer before it believes this one dead.
      const pause = deps.alone ? 30_000 : patienceMs;
      // A whole batch at a time: whoever changes its mark has it.
      const [taken] = await pg.query<{ nos: string[] }>(
        `WITH lost AS (
           SELECT claim FROM outbox_hands WHERE workspace_no = $1 AND channel = $2 AND claim <> ALL($3)
             AND (due_at <= $4 OR ($5 AND claim NOT LIKE $6) OR claim LIKE $7) ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
         UPDATE outbox_hands h SET claim = $8, due_at = $9 FROM lost WHERE h.workspace_no = $1 AND h.claim = lost.claim RETURNING h.nos`,
        [workspace.no, kind, [...inHand], now, deps.alone, `${run}:%`, `${run}:first:%`, claim, new Date(now.getTime() + pause)],
      );
      if (!taken) return 0;
      const rows = await pg.query<InHand>(
        `SELECT o.no, o.person_no, o.idempotency_key, o.address, o.text, o.link_url, o.link_title, o.extra, o.purpose
         FROM (SELECT $1::int AS ws, unnest($2::bigint[]) AS no) t JOIN outbox o ON o.workspace_no = t.ws AND o.no = t.no WHERE o.state = 'submitting' ORDER BY o.no`,
        [workspace.no, taken.nos],
      );
      if (rows.length === 0) {
        // Its messages have been taken out of the house altogether.
        await pg.query('DELETE FROM outbox_hands WHERE workspace_no = $1 AND claim = $2', [workspace.no, claim]);
        return 0;
      }
      log.warn({ workspace: workspace.no, channel: kind, messages: rows.length }, 'messages in doubt are taken up again');
      await deps.boundary('outbox.recovering');
      const messages = rows.map((row) => toOutbound(deps, addressing, workspace.no, kind, row));
      if (!account) {
        const outcomes = messages.map((m): SubmitOutcome => ({ outboxId: m.outboxId, state: 'failed', reason: 'no_channel' }));
        await record(pg, { workspaceNo: workspace.no, now, from: { state: 'submitting', claim, inDoubt: true }, nextPoll: now }, outcomes);
      } else {
        const again = adapter.recover ?? adapter.submit;
        await deliver(account, workspace.no, claim, messages, true, (a, m) => again.call(adapter, a, m));
      }
      return rows.length;
    } finally {
      inHand.delete(claim);
    }
  };

  const adaptersOf = (channel: string | undefined) => deps.adapters.filter((a) => channel === undefined || a.kind === channel);

  /** One channel after the other: what a cap leaves goes to the same, of equal priorities, each time. A running system has a loop for each. */
  const one = async (workspace: WorkspaceView, channel: string | undefined): Promise<number> => {
    const have = await accounts.all(workspace.no);
    const errors: unknown[] = [];
    let count = 0;
    for (const adapter of adaptersOf(channel)) {
      const account = have.find((a) => a.kind === adapter.kind);
      try {
        // What is in doubt is settled whatever the hour: it may have left already.
        for (let n = 1; n > 0; count += n) n = await recover(workspace, adapter.kind, account, adapter);
        count += await send(workspace, adapter.kind, account, adapter);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
    return count;
  };

  return {
    /** Sends all that is due now and may go, on one channel or all; returns how many messages were decided or settled. */
    dispatch: async (channel?: string): Promise<number> => {
      let count = 0;
      const errors: unknown[] = [];
      for (const workspace of await deps.workspaces()) {
        try {
          count += await one(workspace, channel);
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
      return count;
    },
    /** When something falls due next (clock milliseconds). */
    next: async (channel?: string): Promise<number | undefined> => {
      let soonest: number | undefined;
      for (const workspace of await deps.workspaces()) {
        const policy = await readPolicy(pg, workspace.no);
        const rows = await pg.query<{ state: string; due: Date | null; channel: string }>(
          `SELECT c.channel, 'queued' AS state, (SELECT min(due_at) FROM outbox_waiting w WHERE w.workspace_no = $1 AND w.channel = c.channel AND w.what = 'queued'
             AND w.due_at < 'infinity') AS due FROM unnest($2::text[]) AS c (channel)
           UNION ALL SELECT channel, 'submitting', min(due_at) FROM outbox_hands WHERE workspace_no = $1 AND channel = ANY($2) GROUP BY channel`,
          [workspace.no, adaptersOf(channel).map((a) => a.kind)],
        );
        const have = await accounts.all(workspace.no);
        for (const row of rows) {
          if (!row.due || (row.state === 'queued' && policy.paused)) continue;
          let at = row.due.getTime();
          if (row.state === 'queued') {
            at = Math.max(at, clock.ms());
            const account = have.find((a) => a.kind === row.channel);
            at = Math.max(at, pausedUntil.get(account?.id ?? '') ?? 0);
          }
          soonest = Math.min(soonest ?? at, at);
        }
      }
      return soonest;
    },
  };
}
