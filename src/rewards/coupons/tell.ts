import type { Deps } from '../ports.ts';
import { issueId } from './ids.ts';
import type { Terms } from './terms.ts';

/** Told at once. */
const batchSize = 5_000;

interface Row {
  no: number;
  workspace_no: number;
  person_no: number;
  issue_no: number;
  use_no: number | null;
  event: string;
  at: Date;
  coupon_id: string;
  terms: Terms & { name: string };
  how: string;
  expires_at: Date;
  journey_id: string | null;
  node_id: string | null;
  touchpoint_id: string | null;
  by_name: string | null;
  order_id: string | null;
  amount_fen: number | null;
  discount_fen: number | null;
  carrier: string | null;
}

/** The words by which an event's id tells what it says; with them it is the same however often it is told. */
const kinds: Record<string, string> = {
  'Coupon Issued': 'issued',
  'Coupon Redeemed': 'redeemed',
  'Coupon Expired': 'expired',
  'Coupon Expiring': 'expiring',
  'Coupon Returned': 'returned',
};

/** Tells what happened to coupons as events, and takes off the list what is told; a stop in between says nothing twice. */
export async function tell(deps: Deps): Promise<number> {
  const { pg, events } = deps;
  let told = 0;
  for (;;) {
    const rows = await pg.query<Row>(
      `SELECT a.no, a.workspace_no, a.person_no, a.issue_no, a.use_no, a.event, a.at, c.id AS coupon_id, t.terms, i.how, i.expires_at, i.journey_id, i.node_id,
         i.touchpoint_id, i.by_name, u.order_id, u.amount_fen, u.discount_fen, u.carrier
       FROM (SELECT * FROM coupon_acts ORDER BY no LIMIT $1) a JOIN coupon_issues i ON i.no = a.issue_no JOIN coupons c ON c.no = i.coupon_no
       JOIN coupon_terms t ON t.coupon_no = i.coupon_no AND t.version = i.version LEFT JOIN coupon_uses u ON u.no = a.use_no ORDER BY a.no`,
      [batchSize],
    );
    if (rows.length === 0) return told;
    for (const [workspaceNo, list] of Map.groupBy(rows, (r) => r.workspace_no)) await events.write(workspaceNo, list.map(eventOf));
    await deps.boundary('rewards.told');
    await pg.query('DELETE FROM coupon_acts WHERE no = ANY($1)', [rows.map((r) => r.no)]);
    told += rows.length;
  }
}

function eventOf(row: Row) {
  const { terms } = row;
  // A coupon that came back may be used again, or run out again: each time is an event of its own.
  const once = row.event === 'Coupon Issued' ? '' : `:${row.no}`;
  const some = <T>(name: string, value: T | null): Record<string, T> => (value === null ? {} : { [name]: value });
  return {
    messageId: `coupon:${row.issue_no}:${kinds[row.event] ?? row.event}${once}`,
    event: row.event,
    timestamp: row.at,
    personNo: row.person_no,
    source: 'yutang',
    properties: {
      couponId: row.coupon_id,
      issueId: issueId(row.issue_no),
      name: terms.name,
      type: terms.type,
      expiresAt: row.expires_at.toISOString(),
      how: row.how,
      ...(terms.type === 'amount' ? { faceFen: terms.faceFen } : {}),
      ...some('percent', terms.percent),
      ...some('journeyId', row.journey_id),
      ...some('nodeId', row.node_id),
      ...some('touchpointId', row.touchpoint_id),
      ...some('by', row.by_name),
      ...some('orderId', row.order_id),
      ...some('amountFen', row.amount_fen),
      ...some('discountFen', row.discount_fen),
      ...(row.carrier ? { carrier: row.carrier } : {}),
    },
  };
}
