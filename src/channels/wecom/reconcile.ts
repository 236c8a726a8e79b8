import type { WecomAccount } from './account.ts';
import type { ResponseOf } from './endpoints.ts';
import { WecomError } from './errors.ts';
import { type ChannelEvent, identitiesOf, traitsOf } from './events.ts';
import type { Corp } from './friends.ts';
import type { Progress, ReconcileDeps } from './progress.ts';

/**
 * Compares what is known with the platform's own lists, because callbacks can be lost: friendships never heard of are told now, and those that
 * are on no list any more have ended.
 */

type Row = ResponseOf<'externalcontact.batch.get_by_user'>['external_contact_list'][number];

const MEMBERS = 100;
const PAGES = 10;
const NO_RELATION = 84061;
const BAD_CURSOR = 50100;

export async function reconcileFriends(deps: ReconcileDeps, account: WecomAccount, progress: Progress): Promise<void> {
  const { members, startedAt } = progress.now;
  while (progress.now.at < members.length) {
    const some = members.slice(progress.now.at, progress.now.at + MEMBERS);
    await readLists(deps, account, some, progress, progress.now.cursor);
    const ended = await tellEnded(deps, account, some, startedAt);
    await progress.step({ at: progress.now.at + MEMBERS, cursor: '' }, { ended });
  }
  await progress.step({ phase: 'groups', at: 0, cursor: '' });
}

/**
 * The customers of these members from where it stood. Some pages are told together, because small batches are dear, while the next are already
 * being read: so much and no more is in memory, however long the lists are.
 */
async function readLists(deps: ReconcileDeps, account: WecomAccount, members: string[], progress: Progress, from = ''): Promise<void> {
  let next = readPages(account, members, from);
  for (;;) {
    const read = await next;
    if (read === 'nobody') {
      // Of several members it is not said which has no customers, so each is asked.
      if (members.length > 1)
        for (const member of members) await readLists(deps, account, [member], { ...progress, step: counting(progress) });
      return;
    }
    if (read.cursor) {
      next = readPages(account, members, read.cursor);
      // Where telling fails, nobody waits for this any more.
      next.catch(() => {});
    }
    const added = await tellNew(deps, account, read.rows, progress.now.startedAt);
    await progress.step(read.cursor ? { cursor: read.cursor } : {}, { friends: read.rows.length, added });
    if (!read.cursor) return;
  }
}

async function readPages(account: WecomAccount, members: string[], from: string): Promise<{ rows: Row[]; cursor: string } | 'nobody'> {
  let [rows, cursor]: [Row[], string] = [[], from];
  let begunAnew = false;
  for (let read = 0; read < PAGES; ) {
    try {
      const ask = { userid_list: members, limit: 100, ...(cursor ? { cursor } : {}) };
      const page = await account.client.call('externalcontact.batch.get_by_user', ask);
      rows.push(...page.external_contact_list);
      cursor = page.next_cursor;
      read += 1;
      if (!cursor) break;
    } catch (error) {
      if (!(error instanceof WecomError)) throw error;
      // Nobody at all is told as an error.
      if (error.errcode === NO_RELATION) return 'nobody';
      if (error.errcode !== BAD_CURSOR || cursor === '' || begunAnew) throw error;
      // The whole list again: without a page of it, no cursor would look like its end, and all who were not read yet like gone.
      begunAnew = true;
      [rows, cursor, read] = [[], '', 0];
    }
  }
  return { rows, cursor };
}

/** Counts, but notes no place: that of one member's list says nothing about the list of all. */
const counting =
  (progress: Progress): Progress['step'] =>
  (_to, counted) =>
    progress.step({}, counted);

interface Known {
  external_userid: string;
  userid: string;
  ended_at: Date | null;
  told: boolean;
}

async function tellNew(deps: ReconcileDeps, account: WecomAccount, rows: Row[], at: Date): Promise<number> {
  const corp = corpOf(account);
  const listed = rows.map((row) => ({
    row,
    externalUserId: row.external_contact.external_userid,
    userId: row.follow_info.userid,
    since: row.follow_info.createtime ? new Date(row.follow_info.createtime * 1000) : at,
  }));
  const keys = [corp.workspaceNo, corp.corpId, listed.map((one) => one.externalUserId), listed.map((one) => one.userId)];
  // The rows stay locked until the events are durable: a callback of the same friendship waits, and then sees that it is told.
  return deps.pg.tx(async (tx) => {
    await tx.query(
      `INSERT INTO wecom_friends (workspace_no, corp_id, external_userid, userid, since)
       SELECT $1, $2, e, u, s FROM unnest($3::text[], $4::text[], $5::timestamptz[]) AS t (e, u, s) ON CONFLICT DO NOTHING`,
      [...keys, listed.map((one) => one.since)],
    );
    const known = await tx.query<Known>(
      `SELECT external_userid, userid, ended_at, told FROM wecom_friends
       WHERE workspace_no = $1 AND corp_id = $2 AND (external_userid, userid) IN (SELECT * FROM unnest($3::text[], $4::text[]))
       ORDER BY external_userid, userid FOR UPDATE`,
      keys,
    );
    const byPair = new Map(known.map((row) => [`${row.external_userid}\n${row.userid}`, row]));
    const fresh = listed.filter(({ externalUserId, userId, since }) => {
      const before = byPair.get(`${externalUserId}\n${userId}`);
      return !before?.told || (before.ended_at !== null && before.ended_at < since);
    });
    if (fresh.length > 0)
      await write(
        deps,
        account,
        fresh.flatMap((one) => added(corp.corpId, one)),
      );
    await tx.query(
      `UPDATE wecom_friends SET listed_at = $5 WHERE workspace_no = $1 AND corp_id = $2
       AND (external_userid, userid) IN (SELECT * FROM unnest($3::text[], $4::text[]))`,
      [...keys, at],
    );
    await tx.query(
      `UPDATE wecom_friends f SET since = t.s, ended_at = NULL, told = true, from_list = true, half = false
       FROM unnest($3::text[], $4::text[], $5::timestamptz[]) AS t (e, u, s)
       WHERE f.workspace_no = $1 AND f.corp_id = $2 AND f.external_userid = t.e AND f.userid = t.u`,
      [
        corp.workspaceNo,
        corp.corpId,
        fresh.map((one) => one.externalUserId),
        fresh.map((one) => one.userId),
        fresh.map((one) => one.since),
      ],
    );
    return fresh.length;
  });
}

function added(corpId: string, one: { row: Row; externalUserId: string; userId: string; since: Date }): ChannelEvent[] {
  const { external_contact: person, follow_info: follow } = one.row;
  const key = `${corpId}:${one.userId}:${one.externalUserId}:${one.since.getTime() / 1000}`;
  const common = {
    timestamp: one.since,
    externalIds: identitiesOf(corpId, one.externalUserId, person.unionid),
    context: { carrier: 'wecom' as const },
    source: 'wecom' as const,
  };
  const properties = {
    corpId,
    userId: one.userId,
    ...(follow.state ? { state: follow.state } : {}),
    ...(typeof follow.add_way === 'number' ? { addWay: follow.add_way } : {}),
  };
  return [
    { ...common, messageId: `wecom:listed-identify:${key}`, type: 'identify', event: '', traits: traitsOf(person) },
    { ...common, messageId: `wecom:listed:${key}`, event: 'Friend Added', properties },
  ];
}

async function tellEnded(deps: ReconcileDeps, account: WecomAccount, members: string[], startedAt: Date): Promise<number> {
  const corp = corpOf(account);
  return deps.pg.tx(async (tx) => {
    const gone = await tx.query<{ external_userid: string; userid: string; since: Date; told: boolean }>(
      `SELECT external_userid, userid, since, told FROM wecom_friends
       WHERE workspace_no = $1 AND corp_id = $2 AND userid = ANY ($3) AND ended_at IS NULL AND since < $4 AND (listed_at IS NULL OR listed_at < $4)
       ORDER BY external_userid, userid FOR UPDATE`,
      [corp.workspaceNo, corp.corpId, members, startedAt],
    );
    if (gone.length === 0) return 0;
    const told = gone.filter((one) => one.told);
    // Who ended it the list does not say.
    const events = told.map(
      (one): ChannelEvent => ({
        messageId: `wecom:unlisted:${corp.corpId}:${one.userid}:${one.external_userid}:${one.since.getTime() / 1000}`,
        event: 'Friend Removed',
        timestamp: startedAt,
        externalIds: identitiesOf(corp.corpId, one.external_userid),
        properties: { corpId: corp.corpId, userId: one.userid, by: 'unknown' },
        context: { carrier: 'wecom' },
        source: 'wecom',
      }),
    );
    await write(deps, account, events);
    await tx.query(
      `UPDATE wecom_friends SET ended_at = $5 WHERE workspace_no = $1 AND corp_id = $2
       AND (external_userid, userid) IN (SELECT * FROM unnest($3::text[], $4::text[]))`,
      [corp.workspaceNo, corp.corpId, gone.map((one) => one.external_userid), gone.map((one) => one.userid), startedAt],
    );
    return told.length;
  });
}

export async function write(deps: ReconcileDeps, account: WecomAccount, events: ChannelEvent[]): Promise<void> {
  if (events.length === 0) return;
  const { rejected } = await deps.events.write(account.workspaceNo, events);
  if (rejected.length > 0) deps.log.warn({ account: account.id, rejected: rejected.length }, 'events of a reconciliation were rejected');
}

const corpOf = (account: WecomAccount): Corp => ({ workspaceNo: account.workspaceNo, corpId: account.config.corpId });
