import type { Deps } from '../ports.ts';
import type { CouponRow } from './definitions.ts';
import { closedAt, type Issue, roomOf } from './issue.ts';
import type { Coupon } from './schema.ts';
import { sentenceOf } from './sentence.ts';

export interface Offer {
  id: string;
  name: string;
  sentence: { zh: string; en: string };
  /** How many there are still. */
  left: number;
}

/** What somebody may claim in a way now: live, in its time, not sold out, not had as often as may be, and theirs by its rule. */
export async function offersOf(
  deps: Deps,
  issue: Issue,
  workspaceNo: number,
  personNo: number,
  way: Coupon['ways'][number],
  most: number,
  only?: string,
): Promise<Offer[]> {
  const now = deps.clock.now();
  const [rows, { timezone }] = await Promise.all([
    deps.pg.query<CouponRow>(
      `SELECT c.* FROM coupons c WHERE c.workspace_no = $1 AND c.state = 'live' AND $2 = ANY(c.ways) AND c.issued < c.stock AND ($3::text IS NULL OR c.id = $3)
         AND (SELECT count(*) FROM coupon_issues i WHERE i.workspace_no = $1 AND i.coupon_no = c.no AND i.person_no = $4) < c.per_person
       ORDER BY c.no DESC LIMIT $5`,
      [workspaceNo, way, only ?? null, personNo, most],
      'coupons.offers',
    ),
    deps.workspace(workspaceNo),
  ]);
  const offers: Offer[] = [];
  for (const row of rows.filter((r) => closedAt(r, now) === undefined)) {
    const { room } = await roomOf(deps.pg, workspaceNo, row, timezone, now);
    if (room === 0 || (await issue.allowed(workspaceNo, row, [personNo]))?.has(personNo) === false) continue;
    offers.push({ id: row.id, name: row.name, sentence: sentenceOf(row.terms, timezone), left: room });
  }
  return offers;
}
