import { z } from 'zod';
import { badInput, decodeCursor, encodeCursor, newId, notFound, problem } from '../../base/index.ts';
import { personScope, refuseObstacle } from '../../content/index.ts';
import { numberOf, ruleOf } from '../limits/limits.ts';
import { allowance } from '../limits/period.ts';
import { sayRule } from '../limits/say.ts';
import type { WecomAccount } from '../wecom/account.ts';
import { WecomUnreachable } from '../wecom/errors.ts';
import { accountOf, mayLeave, refusal, type StaffDeps } from './ports.ts';
import type { MomentCheck, MomentChoices, MomentDetail, MomentList, MomentMade, MomentView, NewMoment, Stopped } from './schema.ts';

/** Moments (朋友圈): made for staff to publish, within what the platform allows each of them and their customers. */

interface Row {
  id: string;
  content_id: string;
  text: string;
  link: { url: string; title: string } | null;
  state: MomentView['state'];
  problem: string | null;
  made_at: Date;
  made_by: string;
  tags: string[];
  moment_id: string | null;
  staff: number;
  published: number;
  customers: number;
  likes: number;
  comments: number;
}
const SELECT = `SELECT m.id, m.content_id, m.text, m.link, m.state, m.problem, m.made_at, m.made_by, m.tags, m.moment_id, s.*
  FROM wecom_moments m CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE NOT refused) AS staff, count(published_at) AS published, coalesce(sum(customers), 0)::int AS customers,
      coalesce(sum(likes), 0)::int AS likes, coalesce(sum(comments), 0)::int AS comments
    FROM wecom_moment_staff x WHERE x.workspace_no = m.workspace_no AND x.moment = m.id) s`;

const view = ({ content_id, made_at, made_by, moment_id: _, ...row }: Row): MomentView => ({
  ...row,
  contentId: content_id,
  madeAt: made_at.toISOString(),
  madeBy: made_by,
});

interface Asked {
  account: WecomAccount;
  text: string;
  link: { url: string; title: string } | null;
  /** A picture of the content, by its id. */
  picture: string | null;
  check: MomentCheck;
}

/** What would be published, by whom, and what the rules of the platform leave out. */
async function prepare(deps: StaffDeps, workspaceNo: number, ask: NewMoment): Promise<Asked> {
  const account = await accountOf(deps, workspaceNo);
  const content = (await deps.content.ready(workspaceNo, [ask.contentId])).get(ask.contentId);
  if (!content) throw badInput([{ field: 'contentId', reason: 'does not exist' }]);
  refuseObstacle(content.obstacle);
  const { link, card } = content.item;
  if (card?.kind === 'poster')
    throw badInput([
      { field: 'contentId', reason: 'has a poster of each person as its picture, and a moment shows all the same: choose a picture' },
    ]);
  const picture = card?.picture ?? null;
  const said = wordsOf(content.template, link?.url ?? '');
  // A link stands on a card of its own only with a picture as its cover.
  const text = link && !picture && !said.includes(link.url) ? `${said}\n${link.url}` : said;
  const limits = await deps.limits(workspaceNo);
  const now = deps.clock.now();
  const most = numberOf(limits, 'wecom.moment.text');
  if ([...text].length > most) throw badInput([{ field: 'contentId', reason: `has more than ${most} characters; shorten it` }]);
  const [perStaff, perCustomer] = [limits.get('wecom.moment.perStaff'), limits.get('wecom.moment.perCustomer')];
  const [day, month] = [allowance(perStaff, now.getTime()), allowance(perCustomer, now.getTime())];
  const rows = await deps.pg.query<{ userid: string; today: number; period: number }>(
    `SELECT f.userid, coalesce(x.today, 0) AS today, coalesce(x.period, 0) AS period
     FROM (SELECT DISTINCT userid FROM wecom_friends WHERE workspace_no = $1 AND corp_id = $2 AND ended_at IS NULL AND ($3::text[] IS NULL OR userid = ANY($3))) f
     LEFT JOIN LATERAL (
       SELECT count(*) FILTER (WHERE x.at >= $4) AS today, count(*) FILTER (WHERE x.at >= $5) AS period FROM wecom_moment_staff x
       JOIN wecom_moments m ON m.workspace_no = x.workspace_no AND m.id = x.moment
       WHERE x.workspace_no = $1 AND x.userid = f.userid AND x.at >= least($4::timestamptz, $5) AND NOT x.refused
         AND (m.state NOT IN ('failed', 'cancelled') OR x.published_at IS NOT NULL)) x ON true
     ORDER BY f.userid`,
    [workspaceNo, account.config.corpId, ask.staff ?? null, day.from, month.from],
  );
  const stopped: Stopped[] = [];
  const staff: string[] = [];
  for (const row of rows) {
    if (row.today >= day.most) stopped.push({ userId: row.userid, limit: perStaff.key, ...sayRule(limits, ruleOf(perStaff.key), now) });
    else staff.push(row.userid);
  }
  for (const userId of ask.staff ?? [])
    if (!rows.some((row) => row.userid === userId))
      stopped.push({ userId, limit: 'no_customers', zh: '没有客户，发表了也没有人看到', en: 'has no customers: nobody would see it' });
  const over = rows.filter((row) => staff.includes(row.userid) && row.period >= month.most);
  const warnings = over.map(
    (row): Stopped => ({ userId: row.userid, limit: perCustomer.key, ...sayRule(limits, ruleOf(perCustomer.key), now) }),
  );
  const customers = await customersOf(deps, workspaceNo, account.config.corpId, staff);
  return { account, text, link: link ?? null, picture, check: { text, staff, customers, stopped, warnings } };
}

/** Customers of these staff, or of all, each once: who may see what they publish. */
export async function customersOf(
  { pg }: Pick<StaffDeps, 'pg'>,
  workspaceNo: number,
  corpId: string,
  staff?: readonly string[],
): Promise<number> {
  const [seen] = await pg.query<{ n: number }>(
    `SELECT count(DISTINCT external_userid) AS n FROM wecom_friends WHERE workspace_no = $1 AND corp_id = $2 AND ended_at IS NULL
       AND ($3::text[] IS NULL OR userid = ANY($3))`,
    [workspaceNo, corpId, staff ?? null],
  );
  return seen!.n;
}

function wordsOf(template: { render(scope: object): string }, link: string): string {
  let text: string;
  try {
    text = template.render({ person: personScope({}), link }).trim();
  } catch {
    text = '';
  }
  if (text === '') throw badInput([{ field: 'contentId', reason: 'makes no words when nobody in particular reads it' }]);
  return text;
}

export const checkMoment = async (deps: StaffDeps, workspaceNo: number, ask: NewMoment): Promise<MomentCheck> =>
  (await prepare(deps, workspaceNo, ask)).check;

/**
 * Makes the task. The line is written before the platform is asked; a call without an answer is looked for in the platform's list. Asked for again under
 * the same id, it is what it has become.
 */
export async function makeMoment(deps: StaffDeps, workspaceNo: number, ask: NewMoment, by: string, asId?: string): Promise<MomentMade> {
  const { pg, clock } = deps;
  if (asId !== undefined) {
    const [there] = await pg.query<Row>(`${SELECT} WHERE m.workspace_no = $1 AND m.id = $2`, [workspaceNo, asId]);
    if (there) return { ...view(there), stopped: [], warnings: [] };
  }
  await mayLeave(deps, workspaceNo);
  const id = asId ?? newId('mo', clock.ms());
  const asked = await pg.tx(async (tx) => {
    // Two at once must not each count without the other.
    await tx.query('SELECT pg_advisory_xact_lock(7153, $1)', [workspaceNo]);
    const one = await prepare({ ...deps, pg: tx }, workspaceNo, ask);
    const { text, link, account, check } = one;
    if (check.staff.length === 0)
      throw problem(409, 'Nobody may publish it now', {
        code: check.stopped[0]?.limit ?? 'no_customers',
        detail: check.stopped[0]?.en ?? 'No member of staff has customers.',
      });
    await tx.query(
      `INSERT INTO wecom_moments (workspace_no, id, account_id, content_id, text, link, staff, tags, state, made_at, made_by, look_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'calling', $9, $10, $9)`,
      [workspaceNo, id, account.id, ask.contentId, text, link && JSON.stringify(link), check.staff, ask.tags ?? [], clock.now(), by],
    );
    await tx.query('INSERT INTO wecom_moment_staff (workspace_no, moment, userid, at) SELECT $1, $2, u, $3 FROM unnest($4::text[]) AS u', [
      workspaceNo,
      id,
      clock.now(),
      check.staff,
    ]);
    return one;
  });
  const { account, text, check } = asked;
  try {
    const attachments = await attachmentsOf(deps, asked);
    const { jobid } = await account.client.call('moment.add_moment_task', {
      text: { content: text },
      ...(attachments.length > 0 ? { attachments } : {}),
      visible_range: {
        sender_list: { user_list: check.staff },
        ...(ask.tags?.length ? { external_contact_list: { tag_list: ask.tags } } : {}),
      },
    });
    await pg.query("UPDATE wecom_moments SET state = 'making', jobid = $3 WHERE workspace_no = $1 AND id = $2", [workspaceNo, id, jobid]);
  } catch (error) {
    if (!(error instanceof WecomUnreachable && error.inDoubt)) {
      const said = refusal(error);
      await pg.query("UPDATE wecom_moments SET state = 'failed', problem = $3, look_at = NULL WHERE workspace_no = $1 AND id = $2", [
        workspaceNo,
        id,
        said?.detail ?? 'error',
      ]);
      throw said ?? error;
    }
  }
  return { ...view(await rowOf(deps, workspaceNo, id)), stopped: check.stopped, warnings: check.warnings };
}

/** Media live for three days at the platform: the picture is sent there each time. */
async function attachmentsOf(deps: StaffDeps, { account, link, picture }: Asked) {
  if (!picture) return [];
  const { mime, bytes } = await deps.content.picture(picture);
  const { media_id } = await account.client.call('media.upload_attachment', {
    ...{ media_type: 'image', attachment_type: 1, filename: `picture.${mime === 'image/png' ? 'png' : 'jpg'}` },
    data: new Uint8Array(bytes),
  });
  return link
    ? [{ msgtype: 'link' as const, link: { title: link.title || link.url, url: link.url, media_id } }]
    : [{ msgtype: 'image' as const, image: { media_id } }];
}

async function rowOf({ pg }: Pick<StaffDeps, 'pg'>, workspaceNo: number, id: string): Promise<Row> {
  const [row] = await pg.query<Row>(`${SELECT} WHERE m.workspace_no = $1 AND m.id = $2`, [workspaceNo, id]);
  if (!row) throw notFound('Moment');
  return row;
}

export async function listMoments({ pg }: Pick<StaffDeps, 'pg'>, workspaceNo: number, cursor: string | undefined): Promise<MomentList> {
  const before = decodeCursor(cursor, z.string());
  const rows = await pg.query<Row>(`${SELECT} WHERE m.workspace_no = $1 AND ($2::text IS NULL OR m.id < $2) ORDER BY m.id DESC LIMIT 51`, [
    workspaceNo,
    before ?? null,
  ]);
  const items = rows.slice(0, 50).map(view);
  return { items, nextCursor: rows.length > 50 ? encodeCursor(items.at(-1)!.id) : null };
}

/** Those that were made in a time, oldest first. */
export async function momentsBetween({ pg }: Pick<StaffDeps, 'pg'>, workspaceNo: number, from: Date, to: Date): Promise<MomentView[]> {
  const rows = await pg.query<Row>(
    `${SELECT} WHERE m.workspace_no = $1 AND m.made_at >= $2 AND m.made_at < $3 ORDER BY m.made_at, m.id LIMIT 500`,
    [...[workspaceNo, from, to]],
  );
  return rows.map(view);
}

export async function readMoment(deps: Pick<StaffDeps, 'pg'>, workspaceNo: number, id: string): Promise<MomentDetail> {
  const row = await rowOf(deps, workspaceNo, id);
  const members = await deps.pg.query<{
    userId: string;
    refused: boolean;
    published_at: Date | null;
    customers: number;
    likes: number;
    comments: number;
  }>(
    `SELECT userid AS "userId", refused, published_at, customers, likes, comments FROM wecom_moment_staff
     WHERE workspace_no = $1 AND moment = $2 ORDER BY published_at NULLS LAST, userid`,
    [workspaceNo, id],
  );
  return {
    ...view(row),
    members: members.map(({ published_at, ...member }) => ({ ...member, publishedAt: published_at?.toISOString() ?? null })),
  };
}

/** Takes it back from those who have not published it. */
export async function cancelMoment(deps: StaffDeps, workspaceNo: number, id: string): Promise<MomentDetail> {
  const row = await rowOf(deps, workspaceNo, id);
  if (row.state !== 'made' || row.moment_id === null)
    throw problem(409, 'It cannot be taken back now', { code: 'moment_state', detail: `It is ${row.state}.` });
  const account = await accountOf(deps, workspaceNo);
  try {
    await account.client.call('moment.cancel_moment_task', { moment_id: row.moment_id });
  } catch (error) {
    throw refusal(error) ?? error;
  }
  await deps.pg.query("UPDATE wecom_moments SET state = 'cancelled' WHERE workspace_no = $1 AND id = $2", [workspaceNo, id]);
  return readMoment(deps, workspaceNo, id);
}

export async function momentChoices(deps: StaffDeps, workspaceNo: number): Promise<MomentChoices> {
  const account = await accountOf(deps, workspaceNo);
  const staff = await deps.pg.query<{ userId: string; customers: number }>(
    `SELECT userid AS "userId", count(*) AS customers FROM wecom_friends
     WHERE workspace_no = $1 AND corp_id = $2 AND ended_at IS NULL GROUP BY userid ORDER BY customers DESC, userid LIMIT 1000`,
    [workspaceNo, account.config.corpId],
  );
  const groups = await account.client.call('corptag.list', {}).then(
    (answer) => answer.tag_group,
    (error: unknown) => {
      if (!refusal(error)) throw error;
      return null;
    },
  );
  const tags = groups?.flatMap((group) => (group.tag ?? []).map((tag) => ({ id: tag.id, name: tag.name, group: group.group_name ?? '' })));
  return { staff, tags: tags ?? null };
}
