import { balances } from '../ledger.ts';
import type { Deps } from '../ports.ts';
import { bookOf, couponRow } from './definitions.ts';
import type { CouponReport } from './schema.ts';

const daysShown = 60;

interface Part {
  kind: 'journey' | 'touchpoint' | 'given' | 'claimed';
  key: string;
  issued: number;
  used: number;
  expired: number;
  discount: number;
  revenue: number;
}

/** What became of a coupon: from issue to use, what it cost and what it brought, by carrier and by what gave it. */
export async function reportOf(deps: Deps, workspaceNo: number, id: string): Promise<CouponReport> {
  const { pg, share } = deps;
  const coupon = await couponRow(pg, workspaceNo, id);
  const { timezone } = await deps.workspace(workspaceNo);
  const of = [workspaceNo, coupon.no];
  const [issues, uses, gone, causes, carriers, days, money] = await Promise.all([
    pg.query<{ state: string; how: string; n: number }>(
      'SELECT state, how, count(*) AS n FROM coupon_issues WHERE workspace_no = $1 AND coupon_no = $2 GROUP BY 1, 2',
      of,
    ),
    pg.query<{ state: string; n: number; against: number; discount: number; revenue: number }>(
      `SELECT state, count(*) AS n, count(against) AS against, sum(discount_fen)::bigint AS discount, sum(amount_fen)::bigint AS revenue FROM coupon_uses
       WHERE workspace_no = $1 AND coupon_no = $2 GROUP BY 1`,
      of,
    ),
    pg.query<{ state: string; issues: number; uses: number; amount_fen: number; discount_fen: number }>(
      'SELECT state, issues, uses, amount_fen, discount_fen FROM coupon_gone WHERE workspace_no = $1 AND coupon_no = $2',
      of,
    ),
    pg.query<Part>(
      `SELECT CASE WHEN i.journey_id IS NOT NULL THEN 'journey' WHEN i.touchpoint_id IS NOT NULL THEN 'touchpoint' ELSE i.how END AS kind,
         coalesce(i.journey_id, i.touchpoint_id, '') AS key, count(*) AS issued, count(*) FILTER (WHERE i.state = 'used') AS used,
         count(*) FILTER (WHERE i.state = 'expired') AS expired, coalesce(sum(u.discount_fen), 0)::bigint AS discount, coalesce(sum(u.amount_fen), 0)::bigint AS revenue
       FROM coupon_issues i LEFT JOIN coupon_uses u ON u.issue_no = i.no AND u.state = 'used'
       WHERE i.workspace_no = $1 AND i.coupon_no = $2 GROUP BY 1, 2 ORDER BY issued DESC LIMIT 50`,
      of,
    ),
    pg.query<{ key: string; used: number; discount: number; revenue: number }>(
      `SELECT carrier AS key, count(*) AS used, sum(discount_fen)::bigint AS discount, sum(amount_fen)::bigint AS revenue FROM coupon_uses
       WHERE workspace_no = $1 AND coupon_no = $2 AND state = 'used' GROUP BY 1 ORDER BY used DESC`,
      of,
    ),
    pg.query<{ day: string; issued: number; used: number }>(
      `SELECT d.day::date::text AS day, coalesce(i.issued, 0) AS issued, coalesce(u.n, 0) AS used
       FROM generate_series(greatest(($3::timestamptz AT TIME ZONE $4)::date - $5::int, ($6::timestamptz AT TIME ZONE $4)::date), ($3::timestamptz AT TIME ZONE $4)::date, '1 day') AS d (day)
       LEFT JOIN coupon_days i ON i.workspace_no = $1 AND i.coupon_no = $2 AND i.day = d.day::date
       LEFT JOIN (SELECT (at AT TIME ZONE $4)::date AS day, count(*) AS n FROM coupon_uses WHERE workspace_no = $1 AND coupon_no = $2 AND state = 'used' GROUP BY 1) u
         ON u.day = d.day::date ORDER BY 1`,
      [...of, deps.clock.now(), timezone, daysShown, coupon.launched_at ?? deps.clock.now()],
    ),
    balances(pg, workspaceNo, bookOf(coupon.no)),
  ]);
  const lost = (state: string) => gone.find((g) => g.state === state) ?? { issues: 0, uses: 0, amount_fen: 0, discount_fen: 0 };
  const count = (state: string) => issues.filter((i) => i.state === state).reduce((n, i) => n + i.n, 0) + lost(state).issues;
  const use = (state: string) => {
    const found = uses.find((u) => u.state === state);
    const erased = lost(`use:${state}`);
    return {
      n: (found?.n ?? 0) + erased.uses,
      against: found?.against ?? 0,
      discountFen: (found?.discount ?? 0) + erased.discount_fen,
      revenueFen: (found?.revenue ?? 0) + erased.amount_fen,
    };
  };
  const { discountFen, revenueFen, against } = use('used');
  const [used, expired, open] = [count('used'), count('expired'), count('issued')];
  const issued = used + expired + open;
  return {
    ...{ issued, used, expired, open, returned: use('returned').n, refused: use('refused').n, against, discountFen, revenueFen },
    claimed: issues.filter((i) => i.how === 'claimed').reduce((n, i) => n + i.n, 0),
    useRate: share(used, issued),
    money: { budgetFen: coupon.budget_fen, leftFen: money.budget, reservedFen: money.reserved, spentFen: money.spent },
    days: days.map(({ day, issued: given, used: then }) => ({ day, issued: given, used: then })),
    byCarrier: carriers.map((c) => ({ key: c.key, used: c.used, discountFen: c.discount, revenueFen: c.revenue })),
    byCause: causes.map(({ discount, revenue, ...cause }) => ({
      ...cause,
      discountFen: discount,
      revenueFen: revenue,
      rate: share(cause.used, cause.issued),
    })),
    erased: gone.reduce((n, g) => n + g.issues, 0),
  };
}
