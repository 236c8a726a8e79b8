import { boundary, type Pg } from '../../base/index.ts';
import type { WecomAccount } from './account.ts';
import type { Counted, Progress, ReconcileDeps, Sync } from './progress.ts';
import { reconcileFriends } from './reconcile.ts';
import { reconcileGroups } from './reconcile-groups.ts';

/**
 * A comparison with all lists of the platform. How far it has come is written after every page, so that a process that dies is followed by one
 * that goes on from there; every page may be compared twice, and says the same.
 */

export type { Sync } from './progress.ts';

export type Reconciled = Pick<Sync, 'friends' | 'added' | 'ended' | 'groups' | 'joined' | 'gone'>;

/** A comparison that stood still this long is begun anew: the lists are others now. */
const STALE_MS = 86_400_000;

const COLUMNS = `started_at AS "startedAt", done_at AS "doneAt", phase, members, at, cursor, friends, added, ended, groups, joined, gone`;

export async function readSync(pg: Pg, workspaceNo: number, accountId: string): Promise<Sync | undefined> {
  const [row] = await pg.query<Sync>(`SELECT ${COLUMNS} FROM wecom_syncs WHERE workspace_no = $1 AND account_id = $2`, [
    workspaceNo,
    accountId,
  ]);
  return row;
}

/** One at a time for an account, whatever the number of processes: the lock goes with the connection, and so with a process that dies. */
export async function reconcileAll(deps: ReconcileDeps, account: WecomAccount): Promise<Reconciled> {
  const held = await deps.pg.pool.connect();
  // It stands idle for as long as the lists are read. Where it breaks, the lock is gone, and the comparison, which says the same twice, goes on.
  const broken = () => deps.log.warn({ account: account.id }, 'the lock of a comparison is lost with its connection');
  held.on('error', broken);
  try {
    const { rows } = await held.query<{ mine: boolean }>('SELECT pg_try_advisory_lock(7123, hashtext($1)) AS mine', [account.id]);
    const waited = !rows[0]?.mine;
    const mine = !waited || (await patiently(held, account.id));
    try {
      // Another process has it in hand, or came to its end while this one waited; of one that died nothing but its place is left.
      const elsewhere = waited ? await readSync(deps.pg, account.workspaceNo, account.id) : undefined;
      if (!mine || elsewhere?.doneAt) return totalOf(elsewhere ?? nothing);
      return await compareAll(deps, account);
    } finally {
      if (mine) await held.query('SELECT pg_advisory_unlock(7123, hashtext($1))', [account.id]).catch(broken);
    }
  } finally {
    held.off('error', broken);
    held.release();
  }
}

/** The database notices in a moment that a process has died; a comparison that goes on is not waited for. */
async function patiently(held: { query(text: string, values?: unknown[]): Promise<unknown> }, accountId: string): Promise<boolean> {
  await held.query("SET lock_timeout = '3s'");
  try {
    await held.query('SELECT pg_advisory_lock(7123, hashtext($1))', [accountId]);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error;
    return false;
  } finally {
    await held.query('RESET lock_timeout');
  }
}

const nothing = { friends: 0, added: 0, ended: 0, groups: 0, joined: 0, gone: 0 };
const totalOf = ({ friends, added, ended, groups, joined, gone }: Reconciled): Reconciled => ({
  friends,
  added,
  ended,
  groups,
  joined,
  gone,
});

async function compareAll(deps: ReconcileDeps, account: WecomAccount): Promise<Reconciled> {
  const progress = await begin(deps, account);
  if (progress.now.phase === 'friends') await reconcileFriends(deps, account, progress);
  if (progress.now.phase === 'groups') await reconcileGroups(deps, account, progress);
  const total = totalOf(progress.now);
  deps.log.info({ account: account.id, ...total }, 'lists reconciled');
  return total;
}

async function begin({ pg, clock }: ReconcileDeps, account: WecomAccount): Promise<Progress> {
  const before = await readSync(pg, account.workspaceNo, account.id);
  const goesOn = before && before.doneAt === null && clock.ms() - before.startedAt.getTime() < STALE_MS;
  const now = goesOn ? before : await fresh(pg, account, clock.now());
  return {
    now,
    async step(to, counted = {}) {
      for (const [name, n] of Object.entries(counted)) now[name as keyof Counted] += n ?? 0;
      Object.assign(now, to, to.phase === 'done' ? { doneAt: clock.now() } : {});
      await pg.query(
        `UPDATE wecom_syncs SET phase = $2, at = $3, cursor = $4, friends = $5, added = $6, ended = $7, groups = $8, joined = $9, gone = $10,
           done_at = $11, updated_at = $12 WHERE account_id = $1`,
        [
          ...[account.id, now.phase, now.at, now.cursor, now.friends, now.added, now.ended, now.groups, now.joined, now.gone],
          ...[now.doneAt, clock.now()],
        ],
      );
      boundary('wecom.sync.stepped');
    },
  };
}

async function fresh(pg: Pg, account: WecomAccount, startedAt: Date): Promise<Sync> {
  const { follow_user: members } = await account.client.call('externalcontact.get_follow_user_list', {});
  await pg.query(
    `INSERT INTO wecom_syncs (workspace_no, account_id, started_at, phase, members, updated_at) VALUES ($1, $2, $3, 'friends', $4, $3)
     ON CONFLICT (account_id) DO UPDATE SET started_at = excluded.started_at, done_at = NULL, phase = 'friends', members = excluded.members, at = 0,
       cursor = '', friends = 0, added = 0, ended = 0, groups = 0, joined = 0, gone = 0, updated_at = excluded.updated_at`,
    [account.workspaceNo, account.id, startedAt, members],
  );
  return { startedAt, doneAt: null, phase: 'friends', members, at: 0, cursor: '', ...nothing };
}
