import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Actor } from '../../access/index.ts';
import { badInput, decodeCursor, encodeCursor, newId, notFound, type Pg, Problem, problem } from '../../base/index.ts';
import type { ApprovalDeps, ApprovalKind, Weighed } from './ports.ts';
import type { ApprovalAsk, ApprovalDetail, ApprovalList, ApprovalNeed, ApprovalQuery, ApprovalView } from './schema.ts';

/** What reaches more people than the policy lets one member decide alone waits here until another has looked at it; approving it does it. */

type Bag = Record<string, unknown>;
interface Row {
  id: string;
  kind: string;
  subject: string;
  name: string;
  ask: Bag;
  print: string;
  people: number;
  above: number;
  why: string | null;
  asked_by: Actor;
  asked_at: Date;
  state: ApprovalView['state'];
  decided_by: Actor | null;
  decided_at: Date | null;
  word: string | null;
}
const columns = 'id, kind, subject, name, ask, print, people, above, why, asked_by, asked_at, state, decided_by, decided_at, word';

/** So much more than was shown is still the same size: people come and go while somebody looks. */
const grown = (shown: number, now: number): boolean => now > shown * 1.1 && now > shown + 10;
const noneBut = (asker: Actor, approvers: readonly { id: string }[]): boolean =>
  approvers.every((one) => asker.kind === 'member' && one.id === asker.id);
const printOf = ({ print }: Weighed): string => createHash('sha256').update(JSON.stringify(print)).digest('base64url');

export function createApprovals(deps: ApprovalDeps) {
  const { pg, clock } = deps;
  const kinds = new Map<string, ApprovalKind>();
  const kindOf = (kind: string): ApprovalKind => {
    const found = kinds.get(kind);
    if (!found) throw badInput([{ field: 'kind', reason: `must be one of ${[...kinds.keys()].join(', ')}` }]);
    return found;
  };
  const row = async (workspaceNo: number, id: string): Promise<Row> => {
    const [found] = await pg.query<Row>(`SELECT ${columns} FROM approvals WHERE workspace_no = $1 AND id = $2`, [workspaceNo, id]);
    if (!found) throw notFound('Approval');
    return found;
  };
  const same = (a: Actor, b: Actor | undefined): boolean => a.kind === b?.kind && a.id === b.id;
  const alone = async (workspaceNo: number, asker: Actor): Promise<boolean> => noneBut(asker, await deps.approvers(workspaceNo));
  const view = (one: Row, lonely: boolean, caller?: Actor): ApprovalView => ({
    ...{ id: one.id, kind: one.kind, subject: one.subject, name: one.name, state: one.state, people: one.people, above: one.above },
    ...{ why: one.why, by: one.asked_by, askedAt: one.asked_at.toISOString(), decidedBy: one.decided_by, word: one.word },
    ...{ decidedAt: one.decided_at?.toISOString() ?? null, mine: same(one.asked_by, caller), alone: lonely },
  });
  const viewOf = async (workspaceNo: number, one: Row, caller?: Actor) => view(one, await alone(workspaceNo, one.asked_by), caller);
  const tell = async (workspaceNo: number, one: Row): Promise<void> => {
    await deps
      .notify(workspaceNo, `${one.id}:${one.state}`, await viewOf(workspaceNo, one))
      .catch((error: unknown) => deps.log.warn({ err: error }, 'nobody could be told of an approval'));
  };
  const audit = (workspaceNo: number, actor: Actor, one: Row) =>
    deps.audit({
      ...{ workspaceNo, actor, action: `approval.${one.state === 'waiting' ? 'asked' : one.state}`, target: one.id },
      details: {
        ...{ kind: one.kind, subject: one.subject, people: one.people, above: one.above, why: one.why, word: one.word },
        ...{ askedBy: one.asked_by, own: one.decided_by !== null && same(one.asked_by, one.decided_by) },
      },
    });
  /** Ends what waits; nothing where somebody was first. */
  const end = async (workspaceNo: number, id: string, state: Row['state'], by: Actor | null, word: string | null) => {
    const [ended] = await pg.query<Row>(
      `UPDATE approvals SET state = $3, decided_by = $4, decided_at = $5, word = $6 WHERE workspace_no = $1 AND id = $2 AND state = 'waiting' RETURNING ${columns}`,
      [workspaceNo, id, state, by && JSON.stringify(by), clock.now(), word],
    );
    if (!ended) throw decided((await row(workspaceNo, id)).state);
    return ended;
  };
  const lapse = async (on: Pg, workspaceNo: number, kind: string, subject: string): Promise<void> => {
    await on.query(
      `UPDATE approvals SET state = 'lapsed', decided_at = $4 WHERE workspace_no = $1 AND kind = $2 AND subject = $3 AND state = 'waiting'`,
      [workspaceNo, kind, subject, clock.now()],
    );
  };
  const decide = async (workspaceNo: number, id: string, state: 'refused' | 'withdrawn', by: Actor, word: string | null) => {
    const ended = await end(workspaceNo, id, state, by, word);
    await audit(workspaceNo, by, ended);
    await tell(workspaceNo, ended);
    return viewOf(workspaceNo, ended, by);
  };
  /** What it is now; undefined where it is no more. */
  const now = (workspaceNo: number, one: Row): Promise<Weighed | undefined> =>
    kindOf(one.kind)
      .weigh(workspaceNo, one.subject, one.ask)
      .catch((error: unknown) => {
        if (error instanceof Problem && error.status < 500) return undefined;
        throw error;
      });
  const need = async (workspaceNo: number, kind: string, subject: string, ask: Bag, actor?: Actor): Promise<ApprovalNeed> => {
    const above = await deps.above(workspaceNo);
    if (above === null) return null;
    const { people } = await kindOf(kind).weigh(workspaceNo, subject, ask);
    const [one] = await pg.query<{ id: string }>(
      `SELECT id FROM approvals WHERE workspace_no = $1 AND kind = $2 AND subject = $3 AND subject <> '' AND state = 'waiting'`,
      [workspaceNo, kind, subject],
    );
    return {
      ...{ needed: people > above, people, above, waiting: one?.id ?? null },
      alone: actor !== undefined && (await alone(workspaceNo, actor)),
    };
  };

  return {
    /** A way in which many people get messages, as the room that has it knows it. */
    define: <Ask extends Bag>(kind: string, of: ApprovalKind<Ask>): void => {
      kinds.set(kind, of as unknown as ApprovalKind);
    },
    permissionOf: (kind: string) => kindOf(kind).permission,
    need,
    /**
     * Goes on only with what may go without approval. The refusal carries what is to be asked for; `given`: that as the caller sent it, where it was
     * changed to be weighed.
     */
    pass: async (workspaceNo: number, kind: string, subject: string, ask: Bag, given: Bag = ask): Promise<void> => {
      const one = await need(workspaceNo, kind, subject, ask);
      if (!one?.needed) return;
      throw problem(409, 'This needs approval', {
        code: 'approval_needed',
        detail: `It reaches ${one.people} people, more than ${one.above}. Ask for approval; another member decides.`,
        more: { approval: { kind, subject, ask: given } },
      });
    },
    /** What was asked for is not so any more: a changed graph needs a new approval. */
    lapse,
    /** Asks; a request for the same thing that still waits is void by it. */
    ask: async (workspaceNo: number, { kind, subject, ask: given, why }: ApprovalAsk, by: Actor): Promise<ApprovalView> => {
      const of = kindOf(kind);
      const parsed = of.ask.safeParse(given);
      if (!parsed.success)
        throw badInput(parsed.error.issues.map((issue) => ({ field: ['ask', ...issue.path].join('.'), reason: issue.message })));
      const ask = (await of.keep?.(workspaceNo, subject, parsed.data)) ?? parsed.data;
      const [weighed, above] = [await of.weigh(workspaceNo, subject, ask), await deps.above(workspaceNo)];
      if (above === null || weighed.people <= above)
        throw problem(409, 'This needs no approval', { code: 'approval_not_needed', detail: 'It can be done at once.' });
      const made = await pg.tx(async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock(7128, $1)', [workspaceNo]);
        if (subject !== '') await lapse(tx, workspaceNo, kind, subject);
        const [one] = await tx.query<Row>(
          `INSERT INTO approvals (workspace_no, id, kind, subject, name, ask, print, people, above, why, asked_by, asked_at, state)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting') RETURNING ${columns}`,
          [
            ...[workspaceNo, newId('apr', clock.ms()), kind, subject, weighed.name, JSON.stringify(ask), printOf(weighed), weighed.people],
            ...[above, why || null, JSON.stringify(by), clock.now()],
          ],
        );
        return one!;
      });
      await audit(workspaceNo, by, made);
      await tell(workspaceNo, made);
      return viewOf(workspaceNo, made, by);
    },
    list: async (workspaceNo: number, query: ApprovalQuery, caller?: Actor): Promise<ApprovalList> => {
      const before = decodeCursor(query.cursor, z.string());
      const [rows, approvers, [count]] = await Promise.all([
        pg.query<Row>(
          `SELECT ${columns} FROM approvals WHERE workspace_no = $1 AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR id < $3)
           ORDER BY id DESC LIMIT $4`,
          [workspaceNo, query.state ?? null, before ?? null, query.limit + 1],
        ),
        deps.approvers(workspaceNo),
        pg.query<{ n: number }>("SELECT count(*) AS n FROM approvals WHERE workspace_no = $1 AND state = 'waiting'", [workspaceNo]),
      ]);
      const page = rows.slice(0, query.limit);
      return {
        items: page.map((one) => view(one, noneBut(one.asked_by, approvers), caller)),
        nextCursor: rows.length > query.limit ? encodeCursor(page.at(-1)!.id) : null,
        waiting: count!.n,
      };
    },
    /** With what it would come to now, where it still waits. */
    get: async (workspaceNo: number, id: string, caller: Actor): Promise<ApprovalDetail> => {
      const one = await row(workspaceNo, id);
      if (one.state !== 'waiting') return { ...(await viewOf(workspaceNo, one, caller)), changed: false, ask: one.ask, steps: [] };
      const of = kindOf(one.kind);
      const weighed = await now(workspaceNo, one);
      return {
        ...(await viewOf(workspaceNo, { ...one, people: weighed?.people ?? one.people }, caller)),
        ...{ changed: !weighed || printOf(weighed) !== one.print, ask: one.ask },
        steps: weighed ? ((await of.foresee?.(workspaceNo, one.subject, one.ask)) ?? []) : [],
      };
    },
    /** Does it, if it is still what was asked for and no more people than the approver was shown. */
    approve: async (workspaceNo: number, id: string, { people, word }: { people: number; word?: string | undefined }, by: Actor) => {
      const one = await row(workspaceNo, id);
      if (one.state !== 'waiting') throw decided(one.state);
      const own = same(one.asked_by, by);
      if (own && !(await alone(workspaceNo, by)))
        throw problem(403, 'Somebody else decides about this', {
          code: 'approval_own',
          detail: 'Whoever asks for approval does not give it while another member can.',
        });
      const weighed = await now(workspaceNo, one);
      if (!weighed || printOf(weighed) !== one.print) {
        await end(workspaceNo, id, 'lapsed', null, null);
        throw problem(409, 'It was changed since it was asked for', { code: 'approval_changed', detail: 'Ask for approval anew.' });
      }
      if (grown(people, weighed.people))
        throw problem(409, 'It reaches more people than you were shown', {
          code: 'approval_grown',
          detail: `There are ${weighed.people} now. Look again.`,
        });
      await pg.query("UPDATE approvals SET people = $3 WHERE workspace_no = $1 AND id = $2 AND state = 'waiting'", [
        ...[workspaceNo, id, weighed.people],
      ]);
      const ended = await end(workspaceNo, id, 'approved', by, word || null);
      try {
        await kindOf(one.kind).act(workspaceNo, one.subject, one.ask, one.asked_by);
      } catch (error) {
        await pg.query(
          "UPDATE approvals SET state = 'waiting', decided_by = NULL, decided_at = NULL, word = NULL WHERE workspace_no = $1 AND id = $2",
          [workspaceNo, id],
        );
        throw error;
      }
      await audit(workspaceNo, by, ended);
      await tell(workspaceNo, ended);
      return viewOf(workspaceNo, ended, by);
    },
    refuse: (workspaceNo: number, id: string, word: string, by: Actor) => decide(workspaceNo, id, 'refused', by, word),
    withdraw: async (workspaceNo: number, id: string, by: Actor) => {
      if (!same((await row(workspaceNo, id)).asked_by, by))
        throw problem(403, 'Only whoever asked takes it back', { code: 'not_allowed', detail: 'Who may decide can refuse it.' });
      return decide(workspaceNo, id, 'withdrawn', by, null);
    },
  };
}
export type Approvals = ReturnType<typeof createApprovals>;

const decided = (state: string) => problem(409, 'This is decided already', { code: 'approval_state', detail: `It is ${state}.` });
