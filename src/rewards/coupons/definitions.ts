import { z } from 'zod';
import type { Rule } from '../../audience/index.ts';
import { badInput, decodeCursor, encodeCursor, newId, notFound, type Pg, problem } from '../../base/index.ts';
import { balances, post } from '../ledger.ts';
import type { Deps } from '../ports.ts';
import type { Coupon, CouponChange, CouponList, NewCoupon } from './schema.ts';
import { sentenceOf } from './sentence.ts';
import type { Terms } from './terms.ts';

export interface CouponRow {
  no: number;
  id: string;
  name: string;
  state: Coupon['state'];
  version: number;
  terms: Terms;
  rule: Rule | null;
  word: string | null;
  ways: Coupon['ways'];
  codes: Coupon['codes'];
  stock: number;
  per_day: number | null;
  per_person: number;
  claim_from: Date | null;
  claim_to: Date | null;
  budget_fen: number | null;
  issued: number;
  created_at: Date;
  launched_at: Date | null;
  ended_at: Date | null;
}

const columns =
  'no, id, name, state, version, terms, rule, word, ways, codes, stock, per_day, per_person, claim_from, claim_to, budget_fen, issued, created_at, launched_at, ended_at';
/** What a person holds keeps these; a change of them is a new version for those to come. */
const promised = (row: Pick<CouponRow, 'name' | 'terms'>): Terms & { name: string } => ({ ...row.terms, name: row.name });

export const bookOf = (couponNo: number): string => `coupon:${couponNo}`;

/** By the clock: what may no longer be claimed is over, although nobody said so. */
export const standsAt = (row: Pick<CouponRow, 'state' | 'claim_to'>, now: Date): Coupon['state'] =>
  (row.state === 'live' || row.state === 'paused') && row.claim_to !== null && row.claim_to <= now ? 'over' : row.state;

export async function couponRow(on: Pg, workspaceNo: number, id: string, forUpdate = false): Promise<CouponRow> {
  const [row] = await on.query<CouponRow>(
    `SELECT ${columns} FROM coupons WHERE workspace_no = $1 AND id = $2${forUpdate ? ' FOR UPDATE' : ''}`,
    [workspaceNo, id],
    forUpdate ? 'coupons.lock' : 'coupons.one',
  );
  if (!row) throw notFound('Coupon');
  return row;
}

export function createDefinitions(deps: Deps) {
  const { pg, clock } = deps;

  const codesLeft = async (rows: readonly CouponRow[]): Promise<Map<number, number>> => {
    const pools = rows.filter((r) => r.codes === 'pool').map((r) => r.no);
    if (pools.length === 0) return new Map();
    const left = await pg.query<{ no: number; n: number }>(
      'SELECT coupon_no AS no, count(*) AS n FROM coupon_codes WHERE coupon_no = ANY($1) AND taken_at IS NULL GROUP BY coupon_no',
      [pools],
    );
    const found = new Map(left.map((l) => [l.no, l.n]));
    return new Map(pools.map((no) => [no, found.get(no) ?? 0]));
  };
  const view = (row: CouponRow, left: Map<number, number>, timezone: string): Coupon => ({
    id: row.id,
    name: row.name,
    state: standsAt(row, clock.now()),
    version: row.version,
    terms: row.terms,
    rule: row.rule,
    word: row.word,
    ways: row.ways,
    codes: row.codes,
    stock: row.stock,
    perDay: row.per_day,
    perPerson: row.per_person,
    claimFrom: row.claim_from?.toISOString() ?? null,
    claimTo: row.claim_to?.toISOString() ?? null,
    budgetFen: row.budget_fen,
    issued: row.issued,
    codesLeft: left.get(row.no) ?? null,
    sentence: sentenceOf(row.terms, timezone),
    createdAt: row.created_at.toISOString(),
    launchedAt: row.launched_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
  });
  const show = async (workspaceNo: number, id: string): Promise<Coupon> => {
    const row = await couponRow(pg, workspaceNo, id);
    return view(row, await codesLeft([row]), (await deps.workspace(workspaceNo)).timezone);
  };

  const readRule = async (workspaceNo: number, rule: unknown, before: Rule | null): Promise<Rule | null> => {
    if (rule === null || rule === undefined) return null;
    const errors = deps.audience.checkRule(rule, 'rule');
    if (errors.length > 0) throw badInput(errors, 'The rule does not fit');
    await deps.audience.check(workspaceNo, [rule as Rule]);
    return deps.audience.hidden(workspaceNo, rule as Rule, before);
  };
  const checkWindow = (from: Date | null, to: Date | null): void => {
    if (from && to && from >= to) throw badInput([{ field: 'claimTo', reason: 'must be after the beginning' }]);
  };
  const wordIsFree = async (tx: Pg, workspaceNo: number, word: string | null, no: number): Promise<void> => {
    if (word === null) return;
    const taken = await tx.query(
      "SELECT 1 FROM coupons WHERE workspace_no = $1 AND lower(word) = lower($2) AND state <> 'over' AND no <> $3",
      [workspaceNo, word, no],
    );
    if (taken.length > 0) throw badInput([{ field: 'word', reason: 'another coupon has this word; take another' }]);
  };
  /** The budget's account follows what the definition says: more is put in, less is taken back as far as it is not promised. */
  const fund = async (tx: Pg, workspaceNo: number, row: CouponRow): Promise<void> => {
    const book = bookOf(row.no);
    const { funds, budget } = await balances(tx, workspaceNo, book);
    if (row.budget_fen === null) return;
    const more = row.budget_fen + funds;
    if (more < 0 && budget + more < 0)
      throw badInput([{ field: 'budgetFen', reason: 'less than what is promised already; end the coupon, or let some run out' }]);
    await post(tx, workspaceNo, {
      ...{ book, kind: 'fund', ref: newId('fund', clock.ms()), fen: Math.abs(more), at: clock.now() },
      ...(more > 0 ? { source: 'funds', target: 'budget' } : { source: 'budget', target: 'funds' }),
    });
  };
  const writeTerms = (tx: Pg, workspaceNo: number, row: CouponRow) =>
    tx.query('INSERT INTO coupon_terms (workspace_no, coupon_no, version, terms, created_at) VALUES ($1, $2, $3, $4, $5)', [
      ...[workspaceNo, row.no, row.version, JSON.stringify(promised(row)), clock.now()],
    ]);
  const write = (tx: Pg, row: CouponRow) =>
    tx.query(
      `UPDATE coupons SET name = $2, state = $3, version = $4, terms = $5, rule = $6, word = $7, ways = $8, codes = $9, stock = $10, per_day = $11,
         per_person = $12, claim_from = $13, claim_to = $14, budget_fen = $15, launched_at = $16, ended_at = $17, updated_at = $18 WHERE no = $1`,
      [
        ...[
          row.no,
          row.name,
          row.state,
          row.version,
          JSON.stringify(row.terms),
          row.rule === null ? null : JSON.stringify(row.rule),
          row.word,
        ],
        ...[row.ways, row.codes, row.stock, row.per_day, row.per_person, row.claim_from, row.claim_to, row.budget_fen],
        ...[row.launched_at, row.ended_at, clock.now()],
      ],
    );
  const turn = async (
    workspaceNo: number,
    id: string,
    from: readonly Coupon['state'][],
    change: (tx: Pg, row: CouponRow) => Promise<CouponRow>,
  ): Promise<Coupon> => {
    await pg.tx(async (tx) => {
      const row = await couponRow(tx, workspaceNo, id, true);
      const state = standsAt(row, clock.now());
      if (!from.includes(state))
        throw problem(409, 'The coupon cannot be changed like that', {
          code: 'coupon_state',
          detail: `It is ${state}; it must be ${from.join(' or ')}.`,
        });
      await write(tx, await change(tx, row));
    });
    await deps.boundary('rewards.turned');
    return show(workspaceNo, id);
  };

  return {
    get: show,
    create: async (workspaceNo: number, given: NewCoupon): Promise<Coupon> => {
      const id = newId('cpn', clock.ms());
      const [from, to] = [dateOf(given.claimFrom), dateOf(given.claimTo)];
      checkWindow(from, to);
      const rule = await readRule(workspaceNo, given.rule, null);
      await wordIsFree(pg, workspaceNo, given.word ?? null, 0);
      await pg.query(
        `INSERT INTO coupons (id, workspace_no, name, terms, rule, word, ways, codes, stock, per_day, per_person, claim_from, claim_to, budget_fen, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)`,
        [
          ...[
            id,
            workspaceNo,
            given.name,
            JSON.stringify(given.terms),
            rule && JSON.stringify(rule),
            given.word ?? null,
            given.ways,
            given.codes,
          ],
          ...[given.stock, given.perDay ?? null, given.perPerson, from, to, given.budgetFen ?? null, clock.now()],
        ],
      );
      return show(workspaceNo, id);
    },
    /** Of a launched coupon too: what people hold keeps its terms. */
    change: async (workspaceNo: number, id: string, change: CouponChange): Promise<Coupon> =>
      turn(workspaceNo, id, ['draft', 'live', 'paused'], async (tx, row) => {
        const pick = <T>(value: T | undefined, was: T): T => (value === undefined ? was : value);
        const next: CouponRow = {
          ...row,
          name: pick(change.name, row.name),
          terms: pick(change.terms, row.terms),
          rule: change.rule === undefined ? row.rule : await readRule(workspaceNo, change.rule, row.rule),
          word: pick(change.word, row.word),
          ways: pick(change.ways, row.ways),
          codes: pick(change.codes, row.codes),
          stock: pick(change.stock, row.stock),
          per_day: pick(change.perDay, row.per_day),
          per_person: pick(change.perPerson, row.per_person),
          claim_from: change.claimFrom === undefined ? row.claim_from : dateOf(change.claimFrom),
          claim_to: change.claimTo === undefined ? row.claim_to : dateOf(change.claimTo),
          budget_fen: pick(change.budgetFen, row.budget_fen),
        };
        checkWindow(next.claim_from, next.claim_to);
        await wordIsFree(tx, workspaceNo, next.word, next.no);
        if (next.stock < row.issued) throw badInput([{ field: 'stock', reason: `must be at least ${row.issued}: so many are given out` }]);
        if (row.state === 'draft') return next;
        if (next.codes !== row.codes) throw badInput([{ field: 'codes', reason: 'cannot be changed after the launch' }]);
        if (JSON.stringify(promised(next)) !== JSON.stringify(promised(row))) {
          next.version += 1;
          await writeTerms(tx, workspaceNo, next);
        }
        await fund(tx, workspaceNo, next);
        return next;
      }),
    launch: (workspaceNo: number, id: string): Promise<Coupon> =>
      turn(workspaceNo, id, ['draft'], async (tx, row) => {
        const { validity } = row.terms;
        if ('to' in validity && Date.parse(validity.to) <= clock.ms())
          throw badInput([{ field: 'terms.validity.to', reason: 'is over; nobody could use it' }]);
        const next: CouponRow = { ...row, state: 'live', version: 1, launched_at: clock.now() };
        await writeTerms(tx, workspaceNo, next);
        await fund(tx, workspaceNo, next);
        return next;
      }),
    pause: (workspaceNo: number, id: string) => turn(workspaceNo, id, ['live'], async (_tx, row) => ({ ...row, state: 'paused' })),
    resume: (workspaceNo: number, id: string) => turn(workspaceNo, id, ['paused'], async (_tx, row) => ({ ...row, state: 'live' })),
    /** Nobody gets it any more; what people hold stays good. */
    end: (workspaceNo: number, id: string) =>
      turn(workspaceNo, id, ['live', 'paused'], async (_tx, row) => ({ ...row, state: 'over', ended_at: clock.now() })),
    remove: async (workspaceNo: number, id: string): Promise<void> => {
      await pg.tx(async (tx) => {
        const row = await couponRow(tx, workspaceNo, id, true);
        if (row.state !== 'draft')
          throw problem(409, 'A coupon that was launched cannot be removed', { code: 'coupon_state', detail: 'End it instead.' });
        await tx.query('DELETE FROM coupon_codes WHERE workspace_no = $1 AND coupon_no = $2', [workspaceNo, row.no]);
        await tx.query('DELETE FROM coupons WHERE workspace_no = $1 AND no = $2', [workspaceNo, row.no]);
      });
    },
    list: async (
      workspaceNo: number,
      query: { cursor?: string | undefined; limit: number; state?: Coupon['state'] | undefined },
    ): Promise<CouponList> => {
      const below = decodeCursor(query.cursor, z.int());
      const rows = await pg.query<CouponRow>(
        `SELECT ${columns} FROM coupons WHERE workspace_no = $1 AND ($2::int IS NULL OR no < $2)
           AND ($3::text IS NULL OR CASE WHEN state IN ('live', 'paused') AND claim_to <= $4 THEN 'over' ELSE state END = $3) ORDER BY no DESC LIMIT $5`,
        [workspaceNo, below ?? null, query.state ?? null, clock.now(), query.limit + 1],
      );
      const page = rows.slice(0, query.limit);
      const [left, counts, { timezone }] = await Promise.all([
        codesLeft(page),
        pg.query<{ no: number; used: number; open: number }>(
          `SELECT n.no, coalesce(sum(c.n) FILTER (WHERE c.state = 'used'), 0)::bigint AS used, coalesce(sum(c.n) FILTER (WHERE c.state = 'issued'), 0)::bigint AS open
           FROM unnest($2::int[]) AS n (no), LATERAL (
             SELECT state, count(*) AS n FROM coupon_issues i WHERE i.workspace_no = $1 AND i.coupon_no = n.no GROUP BY state
             UNION ALL SELECT state, issues FROM coupon_gone g WHERE g.workspace_no = $1 AND g.coupon_no = n.no) c GROUP BY n.no`,
          [workspaceNo, page.map((r) => r.no)],
        ),
        deps.workspace(workspaceNo),
      ]);
      const of = new Map(counts.map((c) => [c.no, c]));
      return {
        items: page.map((row) => ({ ...view(row, left, timezone), used: of.get(row.no)?.used ?? 0, open: of.get(row.no)?.open ?? 0 })),
        nextCursor: rows.length > query.limit ? encodeCursor(page.at(-1)!.no) : null,
      };
    },
    /** Coupons that keep people out by a rule, for whoever asks what hangs on an audience. */
    withRules: (workspaceNo: number) =>
      pg.query<{ id: string; name: string; rule: Rule }>(
        "SELECT id, name, rule FROM coupons WHERE workspace_no = $1 AND rule IS NOT NULL AND state <> 'over' ORDER BY no",
        [workspaceNo],
      ),
  };
}

const dateOf = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);
