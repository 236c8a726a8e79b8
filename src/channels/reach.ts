import { z } from 'zod';
import type { Pg } from '../base/index.ts';
import type { Accounts } from './accounts.ts';
import { listLimits } from './limits/limits.ts';
import { allowance } from './limits/period.ts';
import { limitView } from './limits/schema.ts';
import type { Deps } from './ports.ts';
import { wecomConfig } from './wecom/index.ts';

/**
 * Who can still be reached by mass message in the platform's period, and by whom. A customer bears only so many, from all staff together, so
 * every plan uses up what later ones could.
 */

export const reachView = z.object({
  /** The rule that is counted by, where it comes from and since when it is known. */
  rule: limitView.extend({ messages: z.number(), from: z.string(), to: z.string() }),
  /** What people’s own deeds allow on the other channels now. */
  others: z.array(z.object({ channel: z.string(), people: z.number(), now: z.number(), way: z.string() })),
  customers: z.number(),
  /** Customers by how many more messages they may have. */
  left: z.array(z.object({ messages: z.number(), customers: z.number() })),
  /** Each customer counts with the member of staff who became a friend last: through whom a message goes. */
  staff: z.array(z.object({ userId: z.string(), customers: z.number(), reachable: z.number(), waiting: z.number() })),
});
export type ReachView = z.output<typeof reachView>;

/** Customers by the staff member through whom a message goes, and by how many they have had; of all, or of these alone. */
export function usage(
  pg: Pg,
  of: { workspaceNo: number; corpId: string; from: Date; messages: number; addresses?: readonly string[] },
): Promise<{ userid: string; used: number; customers: number; waiting: number }[]> {
  return pg.query(
    `WITH friends AS (
       SELECT DISTINCT ON (external_userid) external_userid, userid FROM wecom_friends
       WHERE workspace_no = $1 AND corp_id = $2 AND ended_at IS NULL AND ($5::text[] IS NULL OR external_userid = ANY($5))
       ORDER BY external_userid, since DESC),
     said AS (
       SELECT address, count(*) AS n, count(*) FILTER (WHERE state = 'submitted') AS waiting FROM outbox
       WHERE workspace_no = $1 AND channel = 'wecom' AND state IN ('submitting', 'submitted', 'sent') AND decided_at >= $3 GROUP BY address)
     SELECT f.userid, least(coalesce(s.n, 0), $4)::int AS used, count(*) AS customers, coalesce(sum(s.waiting), 0)::int AS waiting
     FROM friends f LEFT JOIN said s ON s.address = $2 || ':' || f.external_userid GROUP BY 1, 2`,
    [of.workspaceNo, of.corpId, of.from, of.messages, of.addresses?.map((address) => address.slice(of.corpId.length + 1)) ?? null],
  );
}

export async function readReach(
  deps: Pick<Deps, 'pg' | 'clock'>,
  accounts: Pick<Accounts, 'one'>,
  workspaceNo: number,
): Promise<ReachView> {
  const [account, limits] = await Promise.all([accounts.one(workspaceNo, 'wecom'), listLimits(deps.pg, workspaceNo)]);
  const parsed = wecomConfig.safeParse(account?.config);
  const corpId = parsed.success ? parsed.data.corpId : '';
  const limit = limits.find((one) => one.key === 'wecom.mass.perCustomer')!;
  const { most: messages, from, to } = allowance(limit, deps.clock.ms());
  const rows = await usage(deps.pg, { workspaceNo, corpId, from, messages });
  const left = new Map<number, number>();
  const staff = new Map<string, ReachView['staff'][number]>();
  for (const row of rows) {
    const more = messages - row.used;
    left.set(more, (left.get(more) ?? 0) + row.customers);
    const one = staff.get(row.userid) ?? { userId: row.userid, customers: 0, reachable: 0, waiting: 0 };
    one.customers += row.customers;
    one.reachable += more > 0 ? row.customers : 0;
    one.waiting += row.waiting;
    staff.set(row.userid, one);
  }
  return {
    rule: { ...limit, messages, from: from.toISOString(), to: to.toISOString() },
    others: await otherWays(deps, accounts, workspaceNo),
    customers: [...left.values()].reduce((sum, n) => sum + n, 0),
    left: [...left].map(([n, customers]) => ({ messages: n, customers })).sort((a, b) => b.messages - a.messages),
    staff: [...staff.values()].sort((a, b) => b.customers - a.customers),
  };
}

/** Official account: who may be replied to, and to whom a notice may go. Mini program: whose consent is not used up. */
async function otherWays(
  deps: Pick<Deps, 'pg' | 'clock'>,
  accounts: Pick<Accounts, 'one'>,
  workspaceNo: number,
): Promise<ReachView['others']> {
  const found: ReachView['others'] = [];
  for (const channel of ['official_account', 'mini_program'] as const) {
    const config = (await accounts.one(workspaceNo, channel))?.config as { appId?: string; subscribe?: { templateId: string } } | undefined;
    if (!config?.appId) continue;
    const [row] = await deps.pg.query<{ people: number; open: number; granted: number }>(
      `SELECT (SELECT count(*) FROM wechat_followers WHERE workspace_no = $1 AND app_id = $2 AND left_at IS NULL) AS people,
         (SELECT count(*) FROM wechat_followers WHERE workspace_no = $1 AND app_id = $2 AND left_at IS NULL
            AND ((talk_until > $3 AND talk_left > 0) OR (touch_until > $3 AND touch_left > 0))) AS open,
         (SELECT count(*) FROM wechat_grants WHERE workspace_no = $1 AND app_id = $2 AND template_id = $4 AND granted - used - lost > 0) AS granted`,
      [workspaceNo, config.appId, deps.clock.now(), config.subscribe?.templateId ?? ''],
    );
    const { people, open, granted } = row!;
    if (channel === 'official_account') found.push({ channel, people, now: open, way: 'official.reply.afterMessage' });
    if (config.subscribe) {
      const way = channel === 'official_account' ? 'official.subscribe.perConsent' : 'mini.subscribe.perConsent';
      found.push({ channel, people: Math.max(people, granted), now: granted, way });
    }
  }
  return found;
}
