import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../base/index.ts';
import { personNo } from '../../people/index.ts';
import type { Deps } from '../ports.ts';
import { showCode } from './codes.ts';
import { couponRow } from './definitions.ts';
import { issueId } from './ids.ts';
import type { CouponPeople, Holding, PeopleQuery } from './schema.ts';
import { sentenceOf } from './sentence.ts';
import type { Terms } from './terms.ts';

interface Row {
  no: number;
  coupon_id: string;
  person_no: number;
  code: string;
  state: Holding['state'];
  how: Holding['how'];
  terms: Terms & { name: string };
  issued_at: Date;
  valid_from: Date;
  expires_at: Date;
  use: { order_id: string; at: string; amount_fen: number; discount_fen: number; carrier: string } | null;
}

const columns = `i.no, c.id AS coupon_id, i.person_no, i.code, i.state, i.how, t.terms, i.issued_at, i.valid_from, i.expires_at,
  (SELECT to_json(u) FROM (SELECT order_id, at, amount_fen, discount_fen, carrier FROM coupon_uses WHERE issue_no = i.no AND state = 'used') u) AS use`;
const from =
  'coupon_issues i JOIN coupons c ON c.no = i.coupon_no JOIN coupon_terms t ON t.coupon_no = i.coupon_no AND t.version = i.version';

/** What people hold and held. */
export function createHoldings(deps: Deps) {
  const { pg, clock } = deps;
  const view = (row: Row, timezone: string): Holding => ({
    id: issueId(row.no),
    couponId: row.coupon_id,
    name: row.terms.name,
    code: showCode(row.code),
    // Between the instant at which it runs out and the next look at the clock nobody is told that it is still good.
    state: row.state === 'issued' && row.expires_at <= clock.now() ? 'expired' : row.state,
    type: row.terms.type,
    terms: row.terms,
    sentence: sentenceOf(row.terms, timezone),
    issuedAt: row.issued_at.toISOString(),
    validFrom: row.valid_from.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    how: row.how,
    use: row.use && {
      orderId: row.use.order_id,
      at: new Date(row.use.at).toISOString(),
      amountFen: row.use.amount_fen,
      discountFen: row.use.discount_fen,
      carrier: row.use.carrier,
    },
  });

  return {
    /** Of one person, those that are still good first, the first to run out before the others. */
    ofPerson: async (workspaceNo: number, personNo: number, most = 100): Promise<Holding[]> => {
      const [rows, { timezone }] = await Promise.all([
        pg.query<Row>(
          `SELECT ${columns} FROM ${from} WHERE i.workspace_no = $1 AND i.person_no = $2
           ORDER BY i.state = 'issued' DESC, CASE WHEN i.state = 'issued' THEN i.expires_at END, i.no DESC LIMIT $3`,
          [workspaceNo, personNo, most],
          'coupons.ofPerson',
        ),
        deps.workspace(workspaceNo),
      ]);
      return rows.map((row) => view(row, timezone));
    },
    /** Of one code, for whoever looks at it at the till. */
    byCode: async (workspaceNo: number, code: string): Promise<{ personNo: number; holding: Holding } | undefined> => {
      const [[row], { timezone }] = await Promise.all([
        pg.query<Row>(`SELECT ${columns} FROM ${from} WHERE i.workspace_no = $1 AND i.code = $2`, [workspaceNo, code]),
        deps.workspace(workspaceNo),
      ]);
      return row && { personNo: row.person_no, holding: view(row, timezone) };
    },
    /** The people behind a number of a coupon, newest first. */
    people: async (workspaceNo: number, id: string, query: PeopleQuery): Promise<CouponPeople> => {
      const coupon = await couponRow(pg, workspaceNo, id);
      const below = decodeCursor(query.cursor, z.int());
      const byUse = query.state === 'refused' || query.state === 'returned' ? query.state : 'used';
      const [rows, { timezone }] = await Promise.all([
        pg.query<Row>(
          `SELECT ${columns} FROM ${from} WHERE i.workspace_no = $1 AND i.coupon_no = $2 AND ($3::bigint IS NULL OR i.no < $3)
             AND ($4::text IS NULL OR CASE WHEN $4 IN ('refused', 'returned') THEN true ELSE i.state = $4 END)
             AND ($5::text IS NULL OR i.journey_id = $5) AND ($6::text IS NULL OR i.touchpoint_id = $6) AND ($7::text IS NULL OR i.how = $7)
             AND (($8::text IS NULL AND coalesce($4, '') NOT IN ('refused', 'returned'))
               OR EXISTS (SELECT FROM coupon_uses u WHERE u.issue_no = i.no AND u.state = $9 AND ($8::text IS NULL OR u.carrier = $8)))
           ORDER BY i.no DESC LIMIT $10`,
          [
            ...[workspaceNo, coupon.no, below ?? null, query.state ?? null, query.journeyId ?? null, query.touchpointId ?? null],
            ...[query.how ?? null, query.carrier ?? null, byUse, query.limit + 1],
          ],
        ),
        deps.workspace(workspaceNo),
      ]);
      const page = rows.slice(0, query.limit);
      const read = await deps.people.read(workspaceNo, [...new Set(page.map((r) => r.person_no))]);
      const people = new Map(read.map((person) => [personNo(person.id), person]));
      return {
        items: page.flatMap((row) => {
          const person = people.get(row.person_no);
          return person ? [{ person, holding: view(row, timezone) }] : [];
        }),
        nextCursor: rows.length > query.limit ? encodeCursor(page.at(-1)!.no) : null,
      };
    },
  };
}
