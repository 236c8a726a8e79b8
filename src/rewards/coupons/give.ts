import { notFound } from '../../base/index.ts';
import { personNo, survivingPeople } from '../../people/index.ts';
import type { Deps } from '../ports.ts';
import { couponRow } from './definitions.ts';
import { closedAt, type Issue, roomOf } from './issue.ts';
import type { Cause, Forecast, Refusal } from './schema.ts';

const KIND = 'coupons.issue';
const pageSize = 10_000;
/** Beyond so many the forecast looks at these and reckons. */
const lookedAt = 50_000;

interface Payload {
  couponId: string;
  audienceId: string;
  key: string;
  cause: Cause;
}
type Counts = Record<'given' | Refusal, number>;

/** Gives a coupon to an audience in the background, and says before what that comes to. */
export function createGive(deps: Deps, issue: Issue) {
  const { pg, jobs } = deps;

  const namedPeople = async (workspaceNo: number, ids: readonly string[]): Promise<number[]> => {
    const numbers = ids.map(personNo);
    const now = await survivingPeople(pg, workspaceNo, numbers);
    if (numbers.some((no) => !now.has(no))) throw notFound('Person');
    return [...new Set(now.values())];
  };
  const tally = (counts: Counts, answers: Iterable<object>): void => {
    for (const one of answers) counts['refused' in one ? (one.refused as Refusal) : 'given'] += 1;
  };
  const noCounts = (): Counts => ({ given: 0, sold_out: 0, limit: 0, over: 0, paused: 0, not_allowed: 0 });

  jobs.define<Payload>(KIND, async (job) => {
    const { couponId, audienceId, key, cause } = job.payload;
    const counts = noCounts();
    let done = 0;
    for (let below: number | undefined; ; ) {
      const people = await deps.audience.members(job.workspaceNo, audienceId, below, pageSize);
      if (people.length === 0) return counts;
      tally(counts, (await issue.issue(job.workspaceNo, { couponId, people, key, cause })).values());
      done += people.length;
      await job.progress({ done });
      below = people.at(-1);
    }
  });

  /** How many use it, from this coupon or else from all of its type; null where too few have been given to say. */
  const expectedRate = async (workspaceNo: number, no: number, type: string): Promise<(Forecast['cost']['rate'] & object) | null> => {
    const [row] = await pg.query<{ used: number; ended: number; used_type: number; ended_type: number }>(
      `SELECT count(*) FILTER (WHERE i.coupon_no = $2 AND i.state = 'used') AS used, count(*) FILTER (WHERE i.coupon_no = $2) AS ended,
         count(*) FILTER (WHERE i.state = 'used') AS used_type, count(*) AS ended_type
       FROM coupon_issues i JOIN coupons c ON c.no = i.coupon_no
       WHERE i.workspace_no = $1 AND c.workspace_no = $1 AND c.terms ->> 'type' = $3 AND i.state IN ('used', 'expired')`,
      [workspaceNo, no, type],
    );
    const own = deps.share(row!.used, row!.ended);
    return own.enough ? own : deps.share(row!.used_type, row!.ended_type);
  };

  return {
    /** To people named: at once. To an audience: in the background; `key` makes a repeat the same. */
    give: async (
      workspaceNo: number,
      id: string,
      ask: { audienceId?: string | undefined; personIds?: string[] | undefined; key?: string | undefined; cause: Cause },
    ): Promise<{ job: string } | { counts: Counts }> => {
      await couponRow(pg, workspaceNo, id);
      if (ask.audienceId !== undefined) {
        await deps.audience.name(workspaceNo, ask.audienceId);
        const key = ask.key ?? `audience:${ask.audienceId}:${deps.clock.now().toISOString()}`;
        const payload: Payload = { couponId: id, audienceId: ask.audienceId, key, cause: ask.cause };
        return { job: (await jobs.start(workspaceNo, KIND, payload, ask.key ? { key: `${id} ${key}` } : {})).id };
      }
      const people = await namedPeople(workspaceNo, ask.personIds ?? []);
      const counts = noCounts();
      const key = ask.key ?? `hand:${deps.clock.now().toISOString()}`;
      tally(counts, (await issue.issue(workspaceNo, { couponId: id, people, key, cause: ask.cause })).values());
      return { counts };
    },
    forecast: async (
      workspaceNo: number,
      id: string,
      ask: { audienceId?: string | undefined; personIds?: string[] | undefined },
    ): Promise<Forecast> => {
      const coupon = await couponRow(pg, workspaceNo, id);
      const now = deps.clock.now();
      const { timezone } = await deps.workspace(workspaceNo);
      const counts = noCounts();
      let people = 0;
      let looked = 0;
      const look = async (some: readonly number[]): Promise<void> => {
        const [may, held] = await Promise.all([
          issue.allowed(workspaceNo, coupon, some),
          pg.query<{ no: number }>(
            `SELECT person_no AS no FROM coupon_issues WHERE workspace_no = $1 AND coupon_no = $2 AND person_no = ANY($3) GROUP BY 1 HAVING count(*) >= $4`,
            [workspaceNo, coupon.no, some, coupon.per_person],
          ),
        ]);
        const full = new Set(held.map((h) => h.no));
        for (const no of some) counts[may && !may.has(no) ? 'not_allowed' : full.has(no) ? 'limit' : 'given'] += 1;
        looked += some.length;
      };
      if (ask.audienceId === undefined) {
        const named = await namedPeople(workspaceNo, ask.personIds ?? []);
        people = named.length;
        await look(named);
      } else {
        await deps.audience.name(workspaceNo, ask.audienceId);
        for (let below: number | undefined; ; ) {
          const page = await deps.audience.members(workspaceNo, ask.audienceId, below, pageSize);
          people += page.length;
          if (looked < lookedAt && page.length > 0) await look(page);
          if (page.length < pageSize) break;
          below = page.at(-1);
        }
      }
      const sampled = looked < people;
      const whole = (n: number): number => (sampled ? Math.round((n * people) / looked) : n);
      // A draft is looked at as if it were launched.
      const state = closedAt(coupon.state === 'draft' ? { ...coupon, state: 'live' } : coupon, now);
      const { room } = await roomOf(pg, workspaceNo, coupon, timezone, now);
      const budgeted =
        coupon.state === 'draft' && coupon.budget_fen !== null && coupon.terms.costFen > 0
          ? Math.min(coupon.stock, coupon.per_day ?? coupon.stock, Math.floor(coupon.budget_fen / coupon.terms.costFen))
          : room;
      const fit = whole(counts.given);
      const willGet = state ? 0 : Math.min(fit, budgeted);
      const refused = [
        { reason: 'not_allowed' as const, people: whole(counts.not_allowed) },
        { reason: 'limit' as const, people: whole(counts.limit) },
        { reason: state ?? ('sold_out' as const), people: fit - willGet },
      ].filter((r) => r.people > 0);
      const rate = await expectedRate(workspaceNo, coupon.no, coupon.terms.type);
      const mostFen = willGet * coupon.terms.costFen;
      const expectedFen = rate?.enough && rate.share !== null ? Math.round(mostFen * rate.share) : null;
      return { people, willGet, refused, cost: { mostFen, expectedFen, rate: rate?.enough ? rate : null }, sampled };
    },
  };
}
