import { newId, problem } from '../../base/index.ts';
import type { Limits } from '../limits/limits.ts';
import { ruleOf } from '../limits/limits.ts';
import { sayRule } from '../limits/say.ts';
import { WecomError, WecomUnreachable } from '../wecom/errors.ts';
import { accountOf, mayLeave, refusal, type StaffDeps } from './ports.ts';
import { type NewStaffMessage, newStaffMessage, type StaffMessage, type StaffMessageSent, type Stopped } from './schema.ts';

/** App messages to staff: what they should know or do now. What goes over the platform's limits it drops without a word, so it is held to here. */

interface Row {
  id: string;
  staff: string[];
  refused: string[];
  title: string;
  text: string;
  url: string | null;
  state: StaffMessage['state'];
  reason: string | null;
  at: Date;
  by_name: string;
}
const COLUMNS = 'id, staff, refused, title, text, url, state, reason, at, by_name';
const view = ({ by_name: by, at, ...row }: Row): StaffMessage => ({ ...row, at: at.toISOString(), by });

export async function tellStaff(deps: StaffDeps, workspaceNo: number, given: NewStaffMessage, by: string): Promise<StaffMessageSent> {
  const { pg, clock } = deps;
  const { staff, title, text, url, key } = newStaffMessage.parse(given);
  const account = await accountOf(deps, workspaceNo);
  const { agentId } = account.config;
  if (agentId === undefined)
    throw problem(409, 'The app has no AgentId', { detail: 'Enter it in the settings of WeCom: app messages are sent in its name.' });
  await mayLeave(deps, workspaceNo);
  const limits = await deps.limits(workspaceNo);
  const id = newId('sm', clock.ms());
  const row = await pg.tx(async (tx) => {
    // One after the other: what is counted here must not be counted twice at once.
    await tx.query('SELECT pg_advisory_xact_lock(7152, $1)', [workspaceNo]);
    const [before] = await tx.query<Row>(`SELECT ${COLUMNS} FROM wecom_staff_messages WHERE workspace_no = $1 AND key = $2`, [
      workspaceNo,
      key ?? id,
    ]);
    if (before) return { before };
    const stopped = await overLimit({ ...deps, pg: tx }, workspaceNo, limits, [...new Set(staff)]);
    const out = new Set(stopped.map((one) => one.userId));
    const going = [...new Set(staff)].filter((one) => !out.has(one));
    if (going.length === 0)
      throw problem(409, 'All of them have had as many as the platform allows', { code: stopped[0]!.limit, detail: stopped[0]! });
    await tx.query(
      `INSERT INTO wecom_staff_messages (workspace_no, id, key, staff, title, text, url, state, at, by_name)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'calling', $8, $9)`,
      [workspaceNo, id, key ?? id, going, title, text, url ?? null, clock.now(), by],
    );
    return { stopped, going };
  });
  if (row.before) return { ...view(row.before), stopped: [] };
  const end = async (state: StaffMessage['state'], reason: string | null, refused: string[] = [], msgid: string | null = null) => {
    const [after] = await pg.query<Row>(
      `UPDATE wecom_staff_messages SET state = $3, reason = $4, refused = $5, msgid = $6 WHERE workspace_no = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [workspaceNo, id, state, reason, refused, msgid],
    );
    return { ...view(after!), stopped: row.stopped };
  };
  const body = url
    ? { msgtype: 'textcard', textcard: { title: title || [...text].slice(0, 40).join(''), description: text, url, btntxt: '打开' } }
    : { msgtype: 'text', text: { content: title ? `${title}\n${text}` : text } };
  try {
    const answer = await account.client.call('message.send', { touser: row.going.join('|'), agentid: agentId, ...body });
    return await end('sent', null, (answer.invaliduser ?? '').split('|').filter(Boolean), answer.msgid ?? null);
  } catch (error) {
    // It may have arrived: it is not said again.
    if (error instanceof WecomUnreachable && error.inDoubt) return end('in_doubt', 'in_doubt');
    if (error instanceof WecomError && error.errcode === 81013) return end('failed', 'wecom_81013', row.going);
    await end('failed', error instanceof WecomError ? `wecom_${error.errcode}` : 'unreachable');
    throw refusal(error) ?? error;
  }
}

async function overLimit(
  { pg, clock }: Pick<StaffDeps, 'pg' | 'clock'>,
  workspaceNo: number,
  limits: Limits,
  staff: string[],
): Promise<Stopped[]> {
  const rules = ['wecom.app.perMinute', 'wecom.app.perHour'].map((key) => limits.get(key));
  const since = rules.map(({ period }) => new Date(clock.ms() - (period && 'minutes' in period ? period.minutes : 0) * 60_000));
  const rows = await pg.query<{ userid: string; minute: number; hour: number }>(
    `SELECT u AS userid, count(*) FILTER (WHERE m.at > $3) AS minute, count(*) FILTER (WHERE m.at > $4) AS hour
     FROM wecom_staff_messages m CROSS JOIN unnest(m.staff) AS u
     WHERE m.workspace_no = $1 AND m.at > least($3::timestamptz, $4) AND m.state <> 'failed' AND u = ANY($2) GROUP BY u`,
    [workspaceNo, staff, since[0], since[1]],
  );
  return rows.flatMap(({ userid, minute, hour }) => {
    const at = [minute, hour].findIndex((n, i) => n >= (rules[i]!.value ?? Number.POSITIVE_INFINITY));
    const rule = rules[at];
    return rule ? [{ userId: userid, limit: rule.key, ...sayRule(limits, ruleOf(rule.key), clock.now()) }] : [];
  });
}

export async function staffMessages({ pg }: Pick<StaffDeps, 'pg'>, workspaceNo: number): Promise<StaffMessage[]> {
  const rows = await pg.query<Row>(`SELECT ${COLUMNS} FROM wecom_staff_messages WHERE workspace_no = $1 ORDER BY id DESC LIMIT 100`, [
    workspaceNo,
  ]);
  return rows.map(view);
}
