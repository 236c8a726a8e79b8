import type { Pg } from '../../base/index.ts';
import { post } from '../ledger.ts';
import type { Deps } from '../ports.ts';
import { bookOf } from './definitions.ts';

const setSize = 5_000;

interface Row {
  no: number;
  workspace_no: number;
  coupon_no: number;
  cost_fen: number;
}

/** Ends what has run out and reminds of what runs out within a day, set by set; returns how many, and when the next is due. */
export async function sweep(deps: Deps): Promise<{ moved: number; nextDueAt: Date | undefined }> {
  const { pg, clock } = deps;
  let moved = 0;
  for (let more = true; more; ) {
    const count = await pg.tx((tx) => expireSet(tx, clock.now()));
    await deps.boundary('rewards.expired');
    moved += count;
    more = count === setSize;
  }
  for (let more = true; more; ) {
    const [row] = await pg.query<{ n: number }>(
      `WITH due AS (SELECT no FROM coupon_issues WHERE state = 'issued' AND remind_at <= $1 ORDER BY remind_at LIMIT $2 FOR UPDATE SKIP LOCKED),
       said AS (UPDATE coupon_issues i SET remind_at = NULL FROM due WHERE i.no = due.no RETURNING i.workspace_no, i.person_no, i.no),
       acts AS (INSERT INTO coupon_acts (workspace_no, person_no, issue_no, event, at) SELECT workspace_no, person_no, no, 'Coupon Expiring', $1 FROM said)
       SELECT count(*) AS n FROM said`,
      [clock.now(), setSize],
    );
    await deps.boundary('rewards.reminded');
    moved += row!.n;
    more = row!.n === setSize;
  }
  const [next] = await pg.query<{ due: Date | null }>(
    `SELECT least((SELECT min(expires_at) FROM coupon_issues WHERE state = 'issued'),
       (SELECT min(remind_at) FROM coupon_issues WHERE state = 'issued' AND remind_at IS NOT NULL)) AS due`,
  );
  return { moved, nextDueAt: next?.due ?? undefined };
}

async function expireSet(tx: Pg, at: Date): Promise<number> {
  const rows = await tx.query<Row>(
    `WITH due AS (SELECT no FROM coupon_issues WHERE state = 'issued' AND expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED),
     ended AS (
       UPDATE coupon_issues i SET state = 'expired', remind_at = NULL FROM due WHERE i.no = due.no
       RETURNING i.no, i.workspace_no, i.coupon_no, i.person_no, i.cost_fen, i.expires_at),
     acts AS (
       INSERT INTO coupon_acts (workspace_no, person_no, issue_no, event, at) SELECT workspace_no, person_no, no, 'Coupon Expired', expires_at FROM ended)
     SELECT no, workspace_no, coupon_no, cost_fen FROM ended`,
    [at, setSize],
  );
  // In one order, so that two processes do not wait for each other in a circle.
  const books = [...Map.groupBy(rows, (r) => r.coupon_no)].sort(([a], [b]) => a - b);
  for (const [couponNo, list] of books)
    await post(tx, list[0]!.workspace_no, {
      ...{ book: bookOf(couponNo), kind: 'expire', ref: `${Math.max(...list.map((r) => r.no))}:${at.getTime()}` },
      ...{ source: 'reserved', target: 'budget', fen: list.reduce((fen, r) => fen + r.cost_fen, 0), at },
    });
  return rows.length;
}
