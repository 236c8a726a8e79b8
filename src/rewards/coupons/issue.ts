import type { Rule } from '../../audience/index.ts';
import type { Pg } from '../../base/index.ts';
import { survivingPeople } from '../../people/index.ts';
import { balances, post } from '../ledger.ts';
import { type Deps, givingLock } from '../ports.ts';
import { newCode } from './codes.ts';
import { bookOf, type CouponRow, couponRow, standsAt } from './definitions.ts';
import { issueId } from './ids.ts';
import type { Cause, Refusal } from './schema.ts';

export type Given = { issueId: string; code: string } | { refused: Refusal };

export interface IssueAsk {
  couponId: string;
  people: number[];
  /** What makes a repeat the same: who has had one under it is given no other. */
  key: string;
  cause: Cause;
}

export interface Wanted {
  personNo: number;
  key: string;
}

export interface SetAsk {
  couponId: string;
  wanted: readonly Wanted[];
  cause: Cause;
  how: 'given' | 'claimed';
  /** A code of the pool that was typed: this one and no other. */
  code?: string;
}

/** In one transaction: more would hold the coupon's row for long. */
const setSize = 20_000;
const DAY = 86_400_000;

/** Gives a coupon to many at once. Never more than there are, nobody twice under one key, and the same answer to the same question. */
export function createIssue(deps: Deps, told: () => void) {
  const { pg } = deps;

  /** Which of these the coupon's rule lets have it. */
  const allowed = async (workspaceNo: number, rule: Rule | null, people: readonly number[]): Promise<ReadonlySet<number> | undefined> => {
    if (rule === null || people.length === 0) return undefined;
    const which = await deps.audience.which(workspaceNo, [rule], people);
    return new Set(people.filter((no) => which.get(no)?.[0] === true));
  };

  const issueSet = async (workspaceNo: number, ask: SetAsk): Promise<Given[]> => {
    const { timezone } = await deps.workspace(workspaceNo);
    const coupon = await couponRow(pg, workspaceNo, ask.couponId);
    const now = await survivingPeople(pg, workspaceNo, [...new Set(ask.wanted.map((w) => w.personNo))]);
    // Asked before anything is locked: it looks through events.
    const may = await allowed(workspaceNo, coupon.rule, [...new Set(now.values())]);
    for (let tries = 1; ; tries++) {
      try {
        const given = await pg.tx((tx) => giveSet(deps, tx, workspaceNo, timezone, ask, may));
        await deps.boundary('rewards.issued');
        told();
        return given;
      } catch (error) {
        // Two codes that are the same by chance: others are made.
        if ((error as { constraint?: string }).constraint !== 'coupon_issues_workspace_no_code_key' || tries === 3) throw error;
      }
    }
  };

  return {
    issueSet,
    issue: async (workspaceNo: number, { couponId, people, key, cause }: IssueAsk): Promise<Map<number, Given>> => {
      const given = new Map<number, Given>();
      const all = [...new Set(people)];
      if (all.length === 0) await couponRow(pg, workspaceNo, couponId);
      for (let at = 0; at < all.length; at += setSize) {
        const set = all.slice(at, at + setSize);
        const answers = await issueSet(workspaceNo, { couponId, wanted: set.map((personNo) => ({ personNo, key })), cause, how: 'given' });
        set.forEach((no, i) => {
          given.set(no, answers[i]!);
        });
      }
      return given;
    },
    /** Of these, whom the coupon's rule lets have it; undefined: everybody. */
    allowed: (workspaceNo: number, coupon: CouponRow, people: readonly number[]) => allowed(workspaceNo, coupon.rule, people),
  };
}
export type Issue = ReturnType<typeof createIssue>;

/** How many more there are: of the stock, of today's, of what the budget pays for. */
export async function roomOf(
  on: Pg,
  workspaceNo: number,
  coupon: CouponRow,
  timezone: string,
  now: Date,
): Promise<{ room: number; day: string }> {
  const [today] = await on.query<{ day: string; issued: number }>(
    `SELECT d.day::text AS day, coalesce((SELECT issued FROM coupon_days c WHERE c.coupon_no = $1 AND c.workspace_no = $4 AND c.day = d.day), 0) AS issued
     FROM (SELECT ($2::timestamptz AT TIME ZONE $3)::date AS day) d`,
    [coupon.no, now, timezone, workspaceNo],
    'coupons.today',
  );
  const rooms = [coupon.stock - coupon.issued];
  if (coupon.per_day !== null) rooms.push(coupon.per_day - today!.issued);
  if (coupon.budget_fen !== null && coupon.terms.costFen > 0)
    rooms.push(Math.floor((await balances(on, workspaceNo, bookOf(coupon.no))).budget / coupon.terms.costFen));
  return { room: Math.max(0, Math.min(...rooms)), day: today!.day };
}

/** What keeps everybody from having it at this moment. */
export function closedAt(coupon: CouponRow, now: Date): Refusal | undefined {
  const state = standsAt(coupon, now);
  const { validity } = coupon.terms;
  if (state === 'over' || ('to' in validity && Date.parse(validity.to) <= now.getTime())) return 'over';
  if (state !== 'live' || (coupon.claim_from !== null && coupon.claim_from > now)) return 'paused';
  return undefined;
}

async function giveSet(
  deps: Deps,
  tx: Pg,
  workspaceNo: number,
  timezone: string,
  ask: SetAsk,
  may: ReadonlySet<number> | undefined,
): Promise<Given[]> {
  const at = deps.clock.now();
  await tx.query('SELECT pg_advisory_xact_lock_shared($1, $2)', [givingLock, workspaceNo], 'coupons.giving');
  const coupon = await couponRow(tx, workspaceNo, ask.couponId, true);
  const now = await survivingPeople(tx, workspaceNo, [...new Set(ask.wanted.map((w) => w.personNo))]);
  const wanted = ask.wanted.map(({ personNo, key }) => ({ key, no: now.get(personNo) }));
  const people = [...new Set(wanted.flatMap((w) => (w.no === undefined ? [] : [w.no])))].sort((a, b) => a - b);
  // Nobody who is erased meanwhile is given one: the erasure waits for this, or this finds nobody.
  const here = new Set(
    (
      await tx.query<{ no: number }>(
        'SELECT person_no AS no FROM people WHERE workspace_no = $1 AND person_no = ANY($2) ORDER BY person_no FOR KEY SHARE',
        [workspaceNo, people],
        'coupons.here',
      )
    ).map((r) => r.no),
  );
  const keys = [...new Set(wanted.map((w) => w.key))];
  const had = await tx.query<{ no: number; person_no: number; key: string; code: string }>(
    `SELECT DISTINCT ON (key, person_no) no, person_no, key, code FROM coupon_issues
     WHERE workspace_no = $1 AND coupon_no = $2 AND key = ANY($3) AND person_no = ANY($4) ORDER BY key, person_no, no`,
    [workspaceNo, coupon.no, keys, people],
    'coupons.had',
  );
  const before = new Map(had.map((h) => [`${h.person_no} ${h.key}`, h]));
  const answers = wanted.map(({ key, no }): Given | undefined => {
    const one = no === undefined ? undefined : before.get(`${no} ${key}`);
    return one && { issueId: issueId(one.no), code: one.code };
  });
  const closed = closedAt(coupon, at);
  const open: { place: number; no: number; key: string }[] = [];
  // Two numbers of one person are asked for together: one coupon answers both.
  const asked = new Map<string, number>();
  const same: [place: number, as: number][] = [];
  wanted.forEach(({ key, no }, place) => {
    if (answers[place]) return;
    const first = asked.get(`${no} ${key}`);
    if (first !== undefined) {
      same.push([place, first]);
      return;
    }
    asked.set(`${no} ${key}`, place);
    if (no === undefined || !here.has(no)) answers[place] = { refused: 'not_allowed' };
    else if (closed) answers[place] = { refused: closed };
    else if (may && !may.has(no)) answers[place] = { refused: 'not_allowed' };
    else open.push({ place, no, key });
  });
  const whole = (): Given[] => {
    for (const [place, as] of same) answers[place] = answers[as];
    return answers as Given[];
  };
  if (open.length === 0) return whole();

  const { room, day } = await roomOf(tx, workspaceNo, coupon, timezone, at);
  const most = Math.min(room, open.length);
  const codes =
    coupon.codes === 'own' && ask.code === undefined
      ? Array.from({ length: most }, newCode)
      : await pooled(tx, workspaceNo, coupon.no, most, ask.code);
  const { from, to } = await validity(tx, coupon, timezone, at);
  const remindAt = to.getTime() - DAY > at.getTime() ? new Date(to.getTime() - DAY) : null;
  const { terms } = coupon;
  // Planned anew each time: a plan made for a few at once would go through a large set row by row.
  const rows = await tx.query<{ place: number; no: number | null; code: string | null; limited: boolean }>(
    `WITH want AS (SELECT place, person_no, key FROM unnest($3::int[], $4::bigint[], $5::text[]) AS w (place, person_no, key)),
     held AS (SELECT person_no, count(*) AS n FROM coupon_issues WHERE workspace_no = $1 AND coupon_no = $2 AND person_no = ANY($4) GROUP BY person_no),
     turn AS (
       SELECT w.*, coalesce(h.n, 0) + row_number() OVER (PARTITION BY w.person_no ORDER BY w.place) > $6 AS limited
       FROM want w LEFT JOIN held h USING (person_no)),
     fit AS (SELECT t.*, row_number() OVER (ORDER BY t.place) AS rank FROM turn t WHERE NOT t.limited),
     given AS (
       INSERT INTO coupon_issues (workspace_no, coupon_no, version, person_no, first_no, key, code, how, cost_fen, issued_at, valid_from, expires_at, remind_at,
         journey_id, node_id, touchpoint_id, by_name)
       SELECT $1, $2, $7, f.person_no, f.person_no, f.key, c.code, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
       FROM fit f JOIN unnest($18::text[]) WITH ORDINALITY AS c (code, rank) ON c.rank = f.rank ORDER BY f.rank
       RETURNING no, person_no, key, code),
     counted AS (UPDATE coupons SET issued = issued + (SELECT count(*) FROM given) WHERE workspace_no = $1 AND no = $2),
     daily AS (
       INSERT INTO coupon_days AS d (workspace_no, coupon_no, day, issued) SELECT $1, $2, $19::date, count(*) FROM given HAVING count(*) > 0
       ON CONFLICT (coupon_no, day) DO UPDATE SET issued = d.issued + EXCLUDED.issued),
     taken AS (UPDATE coupon_codes p SET taken_at = $10 FROM given g WHERE p.workspace_no = $1 AND p.code = g.code AND p.coupon_no = $2),
     acts AS (INSERT INTO coupon_acts (workspace_no, person_no, issue_no, event, at) SELECT $1, person_no, no, 'Coupon Issued', $10 FROM given)
     SELECT t.place, g.no, g.code, t.limited FROM turn t LEFT JOIN given g ON g.person_no = t.person_no AND g.key = t.key`,
    [
      ...[
        workspaceNo,
        coupon.no,
        open.map((o) => o.place),
        open.map((o) => o.no),
        open.map((o) => o.key),
        coupon.per_person,
        coupon.version,
      ],
      ...[ask.how, terms.costFen, at, from, to, remindAt],
      ...[ask.cause.journeyId ?? null, ask.cause.nodeId ?? null, ask.cause.touchpointId ?? null, ask.cause.by ?? null, codes, day],
    ],
  );
  let issued = 0;
  let last = 0;
  for (const { place, no, code, limited } of rows) {
    answers[place] = no === null ? { refused: limited ? 'limit' : 'sold_out' } : { issueId: issueId(no), code: code! };
    if (no === null) continue;
    issued += 1;
    last = Math.max(last, no);
  }
  // One entry for all who were given one at this moment; the last of them names it.
  await post(tx, workspaceNo, {
    ...{ book: bookOf(coupon.no), kind: 'issue', ref: String(last), source: 'budget', target: 'reserved' },
    ...{ fen: issued * terms.costFen, at },
  });
  return whole();
}

/** Codes of the shop's, in their order. The coupon's row is held: nobody else takes them. */
async function pooled(tx: Pg, workspaceNo: number, couponNo: number, most: number, wanted: string | undefined): Promise<string[]> {
  const rows = await tx.query<{ code: string }>(
    `SELECT code FROM coupon_codes WHERE workspace_no = $1 AND coupon_no = $2 AND taken_at IS NULL AND ($4::text IS NULL OR code = $4) ORDER BY no LIMIT $3`,
    [workspaceNo, couponNo, most, wanted ?? null],
  );
  return rows.map((r) => r.code);
}

/** From when and until when it is good: n days end with the n-th day after today, where the workspace is. */
async function validity(tx: Pg, { terms }: CouponRow, timezone: string, at: Date): Promise<{ from: Date; to: Date }> {
  if ('from' in terms.validity) return { from: new Date(terms.validity.from), to: new Date(terms.validity.to) };
  const [row] = await tx.query<{ to: Date }>(
    'SELECT ((($1::timestamptz AT TIME ZONE $2)::date + $3::int + 1)::timestamp AT TIME ZONE $2) AS to',
    [at, timezone, terms.validity.days],
    'coupons.validity',
  );
  return { from: at, to: row!.to };
}
