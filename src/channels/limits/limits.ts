import { badInput, type Clock, notFound, type Pg } from '../../base/index.ts';
import type { Period, PlatformRule } from './rule.ts';
import type { LimitChange, LimitView } from './schema.ts';
import { payRules } from './table-pay.ts';
import { smsRules } from './table-sms.ts';
import { wechatRules } from './table-wechat.ts';
import { wecomRules } from './table-wecom.ts';

/** The rules of the platforms, as published and as a workspace has set them: what its own account is allowed may differ. */

export const published: readonly PlatformRule[] = [...wecomRules, ...wechatRules, ...smsRules, ...payRules];
const byKey = new Map(published.map((rule) => [rule.key, rule]));

/** What nobody here obeys, or obeys as published alone, cannot be set otherwise: that would be a promise without effect. */
const settable = (rule: PlatformRule): boolean => rule.held.length > 0 && !rule.fixed;
const settableKeys = published.filter(settable).map((rule) => rule.key);

export interface Limit {
  key: string;
  value: number | null;
  period: Period | null;
}
export interface Limits {
  get(key: string): Limit;
}

export const ruleOf = (key: string): PlatformRule => {
  const rule = byKey.get(key);
  if (!rule) throw new Error(`there is no rule ${key}`);
  return rule;
};

/** What holds of a rule where nothing is set. */
const begin = (rule: PlatformRule): Limit => ({ key: rule.key, value: rule.begins ?? rule.value, period: rule.period });

/** As they are where a workspace has set nothing. */
export const publishedLimits: Limits = { get: (key) => begin(ruleOf(key)) };

/** A number that must be there: of a rule that is not "as many as the period has days". */
export const numberOf = (limits: Limits, key: string): number => limits.get(key).value ?? 0;

interface Row {
  key: string;
  value: number | null;
  period: Period | null;
  note: string;
  updated_at: Date;
  updated_by: string;
}

const rowsOf = (pg: Pg, workspaceNo: number): Promise<Row[]> =>
  pg.query<Row>('SELECT key, value, period, note, updated_at, updated_by FROM channel_limits WHERE workspace_no = $1 AND key = ANY($2)', [
    workspaceNo,
    settableKeys,
  ]);

export async function readLimits(pg: Pg, workspaceNo: number): Promise<Limits> {
  const rows = await rowsOf(pg, workspaceNo);
  if (rows.length === 0) return publishedLimits;
  const own = new Map(rows.map((row) => [row.key, row]));
  return { get: (key) => own.get(key) ?? publishedLimits.get(key) };
}

export async function listLimits(pg: Pg, workspaceNo: number): Promise<LimitView[]> {
  const own = new Map((await rowsOf(pg, workspaceNo)).map((row) => [row.key, row]));
  return published.map((rule) => limitView(rule, own.get(rule.key)));
}

function limitView(rule: PlatformRule, own: Row | undefined): LimitView {
  const { value, period, choices, held, reasons, begins: _, atMost: __, fixed: ___, ...rest } = rule;
  return {
    ...rest,
    settable: settable(rule),
    held: [...held],
    reasons: [...(reasons ?? [])],
    choices: [...(choices ?? [])],
    published: { value, period },
    value: own ? own.value : begin(rule).value,
    period: own ? own.period : period,
    own: own ? { note: own.note, at: own.updated_at.toISOString(), by: own.updated_by } : null,
  };
}

/** What is left out stays as the platform publishes it. */
export async function setLimit(
  pg: Pg,
  clock: Clock,
  workspaceNo: number,
  key: string,
  change: LimitChange,
  by: string,
): Promise<LimitView> {
  const rule = byKey.get(key);
  if (!rule) throw notFound('Limit');
  if (!settable(rule)) throw badInput([{ field: 'key', reason: 'always holds as the platform publishes it; it cannot be set here' }]);
  const period = change.period === undefined ? rule.period : change.period;
  const value = change.value === undefined ? begin(rule).value : change.value;
  const wrong = problemOf(rule, value, period) ?? passes(await readLimits(pg, workspaceNo), rule, value);
  if (wrong) throw badInput([wrong], 'The limit does not fit');
  const [row] = await pg.query<Row>(
    `INSERT INTO channel_limits (workspace_no, key, value, period, note, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (workspace_no, key) DO UPDATE SET value = EXCLUDED.value, period = EXCLUDED.period, note = EXCLUDED.note,
       updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by RETURNING key, value, period, note, updated_at, updated_by`,
    [workspaceNo, key, value, period === null ? null : JSON.stringify(period), change.note ?? '', clock.now(), by],
  );
  return limitView(rule, row);
}

function problemOf(rule: PlatformRule, value: number | null, period: Period | null): { field: string; reason: string } | undefined {
  const kind = (one: Period | null) => (one === null ? 'none' : 'calendar' in one ? 'calendar' : 'minutes');
  if (kind(period) !== kind(rule.period)) return { field: 'period', reason: 'is of another kind than the rule has' };
  const calendar = period !== null && 'calendar' in period ? period.calendar : undefined;
  if (value === null && calendar === undefined)
    return { field: 'value', reason: 'is missing; only a limit by day, week or month can be as many as that has days' };
  if (value === null && rule.value !== null) return { field: 'value', reason: 'must be a number' };
  if (calendar && rule.period && 'calendar' in rule.period && calendar !== rule.period.calendar && !rule.choices?.includes(calendar))
    return { field: 'period', reason: `must be ${(rule.choices ?? [rule.period.calendar]).join(' or ')}` };
  return undefined;
}

/** Some rules lie within others: least and most. */
function passes(limits: Limits, rule: PlatformRule, value: number | null): { field: string; reason: string } | undefined {
  const over = rule.atMost === undefined ? undefined : limits.get(rule.atMost);
  if (over && (value ?? 0) > (over.value ?? 0)) return { field: 'value', reason: `must not be above ${over.value} (${over.key})` };
  const under = published.find((one) => one.atMost === rule.key && (limits.get(one.key).value ?? 0) > (value ?? 0));
  return under && { field: 'value', reason: `must not be below ${limits.get(under.key).value} (${under.key})` };
}

/** Back to what holds where nothing is set. */
export async function resetLimit(pg: Pg, workspaceNo: number, key: string): Promise<LimitView> {
  const rule = byKey.get(key);
  if (!rule) throw notFound('Limit');
  const wrong = passes(await readLimits(pg, workspaceNo), rule, begin(rule).value);
  if (wrong) throw badInput([wrong], 'The limit does not fit');
  await pg.query('DELETE FROM channel_limits WHERE workspace_no = $1 AND key = $2', [workspaceNo, key]);
  return limitView(rule, undefined);
}
