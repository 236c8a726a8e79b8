import type { ChannelEvent } from '../platform/events.ts';
import { pages } from '../platform/paging.ts';
import type { WecomAccount } from '../wecom/account.ts';
import { WecomError, WecomUnreachable } from '../wecom/errors.ts';
import { identitiesOf } from '../wecom/events.ts';
import type { StaffDeps } from './ports.ts';

/** Follows moments: made at last, published by whom, seen, liked and commented on by which customers. Every look says the same twice. */

interface Open {
  workspace_no: number;
  id: string;
  account_id: string;
  content_id: string;
  text: string;
  state: 'calling' | 'making' | 'made' | 'cancelled';
  jobid: string | null;
  moment_id: string | null;
  made_at: Date;
}

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** A call without an answer that is not in the platform's list by then was not heard. */
const LOST_MS = 10 * MINUTE;
const FOLLOWED_MS = 14 * DAY;
const limit = 100;

/** Looks at all that is due; when the next one is. */
export async function followMoments(deps: StaffDeps): Promise<number | undefined> {
  const { pg, clock, log } = deps;
  const due = await pg.query<Open>(
    `SELECT workspace_no, id, account_id, content_id, text, state, jobid, moment_id, made_at FROM wecom_moments WHERE look_at <= $1 ORDER BY look_at LIMIT 50`,
    [clock.now()],
  );
  for (const moment of due) {
    const account = await deps.open(moment.workspace_no);
    let next: number | null = clock.ms() + 30 * MINUTE;
    try {
      if (account?.id === moment.account_id) next = await look(deps, account, moment);
    } catch (error) {
      if (!(error instanceof WecomError || error instanceof WecomUnreachable)) throw error;
      log.warn({ err: error, moment: moment.id }, 'a moment could not be followed');
      next = error instanceof WecomError && error.retryAt ? error.retryAt.getTime() : clock.ms() + 5 * MINUTE;
    }
    await pg.query('UPDATE wecom_moments SET look_at = $3 WHERE workspace_no = $1 AND id = $2', [
      moment.workspace_no,
      moment.id,
      next === null ? null : new Date(next),
    ]);
  }
  const [soonest] = await pg.query<{ at: Date | null }>('SELECT min(look_at) AS at FROM wecom_moments WHERE look_at IS NOT NULL');
  return soonest?.at?.getTime();
}

/** null: it is over. */
async function look(deps: StaffDeps, account: WecomAccount, moment: Open): Promise<number | null> {
  const { clock } = deps;
  const age = clock.ms() - moment.made_at.getTime();
  if (moment.state === 'calling') return findLost(deps, account, moment, age);
  if (moment.state === 'making') return askJob(deps, account, moment);
  await readMembers(deps, account, moment);
  if (age > FOLLOWED_MS) return null;
  return clock.ms() + (age < DAY ? 5 * MINUTE : age < 3 * DAY ? 60 * MINUTE : 360 * MINUTE);
}

const settle = ({ pg }: StaffDeps, { workspace_no, id }: Open, state: string, problem: string | null, momentId: string | null) =>
  pg.query('UPDATE wecom_moments SET state = $3, problem = $4, moment_id = $5 WHERE workspace_no = $1 AND id = $2', [
    workspace_no,
    id,
    state,
    problem,
    momentId,
  ]);

/** The platform takes no key of ours: a moment with the same words, made since, that no other line owns, is this one. */
async function findLost(deps: StaffDeps, account: WecomAccount, moment: Open, age: number): Promise<number | null> {
  const from = Math.floor(moment.made_at.getTime() / 1000) - 60;
  for await (const { moment_list } of pages((cursor) =>
    account.client.call('moment.get_moment_list', {
      ...{ start_time: from, end_time: Math.floor(deps.clock.ms() / 1000) + 60, limit: 20 },
      ...(cursor ? { cursor } : {}),
    }),
  )) {
    for (const one of moment_list) {
      if (one.text?.content !== moment.text) continue;
      const [owned] = await deps.pg.query('SELECT 1 FROM wecom_moments WHERE workspace_no = $1 AND moment_id = $2', [
        moment.workspace_no,
        one.moment_id,
      ]);
      if (owned) continue;
      await settle(deps, moment, 'made', null, one.moment_id);
      return deps.clock.ms();
    }
  }
  if (age < LOST_MS) return deps.clock.ms() + MINUTE;
  await settle(deps, moment, 'failed', 'WeCom did not hear of it', null);
  return null;
}

async function askJob(deps: StaffDeps, account: WecomAccount, moment: Open): Promise<number | null> {
  const { status, result } = await account.client.call('moment.get_moment_task_result', { jobid: moment.jobid! });
  if (status !== 3) return deps.clock.ms() + 5_000;
  if (!result?.moment_id) {
    await settle(deps, moment, 'failed', `${result?.errcode ?? ''} ${result?.errmsg ?? 'the platform made none'}`.trim(), null);
    return null;
  }
  const refused = result.invalid_sender_list?.user_list ?? [];
  await deps.pg.query('UPDATE wecom_moment_staff SET refused = userid = ANY($3) WHERE workspace_no = $1 AND moment = $2', [
    moment.workspace_no,
    moment.id,
    refused,
  ]);
  await settle(deps, moment, 'made', null, result.moment_id);
  return deps.clock.ms();
}

async function readMembers(deps: StaffDeps, account: WecomAccount, moment: Open): Promise<void> {
  const { pg } = deps;
  const momentId = moment.moment_id!;
  const known = new Map(
    (
      await pg.query<{ userid: string; published_at: Date | null; likes: number; comments: number }>(
        'SELECT userid, published_at, likes, comments FROM wecom_moment_staff WHERE workspace_no = $1 AND moment = $2',
        [moment.workspace_no, moment.id],
      )
    ).map((row) => [row.userid, row]),
  );
  for await (const { task_list } of pages((cursor) =>
    account.client.call('moment.get_moment_task', { moment_id: momentId, limit, ...(cursor ? { cursor } : {}) }),
  )) {
    for (const { userid, publish_status } of task_list) {
      const before = known.get(userid);
      if (publish_status !== 1 || !before) continue;
      await readMember(deps, account, moment, momentId, before);
    }
  }
}

async function readMember(
  deps: StaffDeps,
  account: WecomAccount,
  moment: Open,
  momentId: string,
  before: { userid: string; published_at: Date | null; likes: number; comments: number },
): Promise<void> {
  const { pg, clock } = deps;
  const { userid } = before;
  const publishedAt = before.published_at ?? clock.now();
  const says = (what: string, externalUserId: string, at: Date, mark: string): ChannelEvent => ({
    messageId: `wecom:moment:${momentId}:${userid}:${mark}:${externalUserId}`,
    event: what,
    timestamp: at,
    externalIds: identitiesOf(account.config.corpId, externalUserId),
    properties: { momentId: moment.id, userId: userid, contentId: moment.content_id },
    context: { carrier: 'wecom' },
    source: 'wecom',
  });
  const told: ChannelEvent[] = [];
  let customers = 0;
  if (before.published_at === null)
    for await (const { customer_list } of pages((cursor) =>
      account.client.call('moment.get_moment_send_result', { moment_id: momentId, userid, limit, ...(cursor ? { cursor } : {}) }),
    )) {
      customers += customer_list.length;
      for (const one of customer_list) told.push(says('Moment Received', one.external_userid, publishedAt, 'seen'));
    }
  const { like_list, comment_list } = await account.client.call('moment.get_moment_comments', { moment_id: momentId, userid });
  for (const [what, mark, list, had] of [
    ['Moment Liked', 'like', like_list, before.likes],
    ['Moment Commented', 'comment', comment_list, before.comments],
  ] as const) {
    if (list.length === had) continue;
    for (const one of list) {
      const at = one.create_time ? new Date(one.create_time * 1000) : clock.now();
      // Staff comment too; they are nobody's customer.
      if (one.external_userid) told.push(says(what, one.external_userid, at, `${mark}:${one.create_time ?? ''}`));
    }
  }
  for (let i = 0; i < told.length; i += 1_000) await deps.events.write(moment.workspace_no, told.slice(i, i + 1_000));
  await pg.query(
    `UPDATE wecom_moment_staff SET published_at = $4, customers = CASE WHEN published_at IS NULL THEN $5 ELSE customers END, likes = $6, comments = $7
     WHERE workspace_no = $1 AND moment = $2 AND userid = $3`,
    [moment.workspace_no, moment.id, userid, publishedAt, customers, like_list.length, comment_list.length],
  );
}
