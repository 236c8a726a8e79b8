import type { Pg } from '../base/index.ts';

/**
 * Where money of a reward stands. `funds`: what it comes from, below zero by as much as was given; `budget`: may be promised; `reserved`: promised and not
 * yet used; `spent`: used. An entry takes from one and gives to another, so the sum over all is zero.
 */
export const accounts = ['funds', 'budget', 'reserved', 'spent'] as const;
export type Account = (typeof accounts)[number];
export type Balances = Record<Account, number>;

export interface Entry {
  /** Whose money: `coupon:12`. */
  book: string;
  /** What happened, and to what: together they are written once. */
  kind: 'fund' | 'issue' | 'use' | 'return' | 'expire';
  ref: string;
  source: Account;
  target: Account;
  fen: number;
  at: Date;
}

/** Writes an entry, once by its kind and ref; false where it stood there. A reversal is an entry of its own, never a change. */
export async function post(tx: Pg, workspaceNo: number, entry: Entry): Promise<boolean> {
  if (!Number.isSafeInteger(entry.fen) || entry.fen < 0) throw new RangeError(`an entry of ${entry.fen} fen`);
  if (entry.fen === 0) return false;
  const { book, kind, ref, source, target, fen, at } = entry;
  // The accounts are held in one order, so that two entries do not wait for each other in a circle.
  const rows = await tx.query(
    `WITH entry AS (
       INSERT INTO reward_entries (workspace_no, book, kind, ref, source, target, fen, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (workspace_no, book, kind, ref) DO NOTHING RETURNING 1)
     INSERT INTO reward_accounts AS a (workspace_no, book, account)
     SELECT $1, $2, account FROM entry, unnest(ARRAY[$5, $6]::text[]) AS account ORDER BY account
     ON CONFLICT (workspace_no, book, account) DO UPDATE SET fen = a.fen RETURNING 1`,
    [workspaceNo, book, kind, ref, source, target, fen, at],
    'rewards.entry',
  );
  if (rows.length > 0)
    await tx.query(
      `UPDATE reward_accounts SET fen = fen + CASE account WHEN $3 THEN -$5::bigint ELSE $5 END
       WHERE workspace_no = $1 AND book = $2 AND account IN ($3, $4)`,
      [workspaceNo, book, source, target, fen],
      'rewards.accounts',
    );
  return rows.length > 0;
}

export async function balances(on: Pg, workspaceNo: number, book: string): Promise<Balances> {
  const rows = await on.query<{ account: Account; fen: number }>(
    'SELECT account, fen FROM reward_accounts WHERE workspace_no = $1 AND book = $2',
    [workspaceNo, book],
  );
  const found: Balances = { funds: 0, budget: 0, reserved: 0, spent: 0 };
  for (const { account, fen } of rows) found[account] = fen;
  return found;
}
