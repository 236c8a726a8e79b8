import { badInput, type Ch, type Clock, type Jobs, type Log, newId, type Pg, sqlString } from '../base/index.ts';
import type { Events } from '../events/index.ts';
import { createAsk } from './ask.ts';
import { createStore, type OrderedKind } from './definitions/store.ts';
import type { Names } from './expand.ts';
import { parseRule } from './parse.ts';
import { hidePersonal, type PersonalPort, personalWarnings } from './personal.ts';
import type { Rule } from './rule.ts';
import { sentenceOf } from './sentence.ts';
import { createEvaluate } from './state/evaluate.ts';
import { createStanding } from './state/standing.ts';
import { type Catalogue, warningsOf } from './warnings.ts';
import { createWhy } from './why/why.ts';

export interface AudienceDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  jobs: Pick<Jobs, 'define' | 'start'>;
  events: Pick<Events, 'source' | 'write' | 'consume' | 'onMerge' | 'onSplit'>;
  /** Names and types of what came in so far, for warnings. Rooms tested alone go without. */
  shapes?: (workspaceNo: number) => Promise<Catalogue>;
  /** Personal values in rules. Rooms tested alone go without. */
  personal?: PersonalPort;
}

export const RECOMPUTE = 'audience.recompute';
const catalogueKeptMs = 60_000;

export type Audience = ReturnType<typeof createAudience>;

/** Opens the room: connects to landing events, merges and jobs. Nothing runs before the events room is started. */
export function createAudience(deps: AudienceDeps) {
  const { ch, clock, jobs, events } = deps;
  const store = createStore(deps);
  const ask = createAsk({ ...deps, store });
  const standing = createStanding({ ...deps, store });
  const evaluate = createEvaluate({ ...deps, store });
  const catalogues = new Map<number, { at: number; catalogue: Promise<Catalogue> }>();

  events.consume('audience', ({ workspaceNo, people, names, fromBatch, toBatch }) =>
    evaluate.slice(workspaceNo, Array.from(people), names, { from: fromBatch, to: toBatch }),
  );
  events.onMerge((ws, moves) => onMerge(ws, moves), { derives: true });
  events.onSplit((ws, { from, to }) => onSplit(ws, [from, to]), { derives: true });
  jobs.define<{ only?: string[] }>(RECOMPUTE, async (job) => {
    const { only } = job.payload;
    const written = await evaluate.evaluate(job.workspaceNo, 'all', clock.ms(), {
      ...(only ? { only } : {}),
      progress: (done, total) => job.progress({ done, total }),
    });
    return { written };
  });

  const onMerge = async (ws: number, moves: readonly { from: number; to: number }[]): Promise<void> => {
    await evaluate.forget(
      ws,
      moves.map((m) => m.from),
    );
    const losers = new Set(moves.map((m) => m.from));
    await evaluate.evaluate(ws, [...new Set(moves.map((m) => m.to).filter((no) => !losers.has(no)))]);
  };
  /** Both are worked out from the events that are theirs now; of whom none are left nothing is known. */
  const onSplit = async (ws: number, people: readonly number[]): Promise<void> => {
    const rows = await ch.query<{ p: number }>(`SELECT DISTINCT person_no AS p FROM ${events.source(ws, people)}`);
    const known = new Set(rows.map((r) => r.p));
    await evaluate.giveAgain(ws, people);
    await evaluate.forget(
      ws,
      people.filter((no) => !known.has(no)),
    );
    await evaluate.evaluate(ws, [...known]);
  };
  /** All units, or those with these ids, for everyone, in the background. */
  const recompute = (ws: number, only?: readonly string[]): Promise<{ id: string }> =>
    jobs.start(ws, RECOMPUTE, only ? { only } : {}, { key: only ? only.join(' ') : 'all' });

  const catalogue = async (ws: number): Promise<Catalogue | undefined> => {
    if (!deps.shapes) return undefined;
    const known = catalogues.get(ws);
    if (known && clock.ms() - known.at < catalogueKeptMs) return known.catalogue;
    const fresh = deps.shapes(ws);
    catalogues.set(ws, { at: clock.ms(), catalogue: fresh });
    fresh.catch(() => catalogues.delete(ws));
    return fresh;
  };
  /** A rule as it is kept: without personal values. */
  const hide = async (ws: number, rule: Rule): Promise<Rule> => (await hidePersonal(deps.personal, ws, [rule], true))[0]!;
  /** What a rule that passed the schema means here: its references resolved, in words, with warnings. */
  const explain = async (ws: number, rule: Rule) => {
    await ask.expand(ws, [rule]);
    const defs = await store.load(ws);
    const seen = await catalogue(ws);
    return {
      sentence: sentenceOf(rule, defs),
      warnings: [...(seen ? warningsOf(rule, seen) : []), ...(await personalWarnings(deps.personal, ws, rule))],
    };
  };

  return {
    /** Reads anything as a rule; throws 400 with the bad fields named under `field`. */
    parse: (input: unknown, field = 'rule'): Rule => {
      const { rule, errors } = parseRule(input, field);
      if (!rule) throw badInput(errors, 'The rule does not fit');
      return rule;
    },
    /** Rules with personal values replaced by what stands for them in the events. `keep`: the rules are kept, so the values must be shown again. */
    hidden: (ws: number, rules: readonly Rule[], keep: boolean): Promise<Rule[]> => hidePersonal(deps.personal, ws, rules, keep),
    compile: ask.compile,
    count: ask.count,
    membersOf: ask.membersOf,
    which: ask.which,
    /** Why somebody has a tag, stage, tier or level or is in an audience, or why not. */
    why: createWhy({ ...deps, store, ask }),
    /** SQL of `person_no, from_level, to_level` as of two instants; '' is "not there yet". */
    levelsSql: ask.levelsSql,
    /** Throws 400 if a rule refers to what is not there. */
    check: async (ws: number, rules: readonly Rule[]): Promise<void> => {
      await ask.expand(ws, rules);
    },
    explain,
    preview: async (ws: number, rule: Rule) => {
      const [meaning, total] = await Promise.all([explain(ws, rule), standing.total(ws)]);
      const began = performance.now();
      const { count, people } = await ask.sample(ws, rule, 5);
      return { count, elapsedMs: Math.round(performance.now() - began), total: Math.max(total, count), people, ...meaning };
    },

    definitions: store.load,
    definitionCounts: async (ws: number) => standing.facets(ws, {}),
    setOrdered: async (ws: number, kind: OrderedKind, items: { key: string; name: Names; rule: Rule }[]) => {
      await store.setOrdered(ws, kind, await Promise.all(items.map(async (item) => ({ ...item, rule: await hide(ws, item.rule) }))));
      // Anything may refer to a stage, tier or level.
      return recompute(ws);
    },
    addTag: async (ws: number, tag: { key: string; name: Names; rule: Rule | null }) => {
      const made = await store.addTag(ws, { ...tag, rule: tag.rule && (await hide(ws, tag.rule)) });
      await recompute(ws, [`tag:${made.key}`]);
      return made;
    },
    changeTag: async (ws: number, id: string, change: { name?: Names | undefined; rule?: Rule | null | undefined }) => {
      const made = await store.changeTag(ws, id, { ...change, ...(change.rule ? { rule: await hide(ws, change.rule) } : {}) });
      if (change.rule !== undefined) await recompute(ws);
      return made;
    },
    removeTag: async (ws: number, id: string) => {
      const tag = await store.tag(ws, id);
      await store.removeTag(ws, id);
      await recompute(ws, [`tag:${tag.key}`]);
    },
    audience: store.audience,
    audienceCounts: standing.audienceCounts,
    addAudience: async (ws: number, audience: { name: string; rule: Rule; live: boolean }) => {
      const made = await store.addAudience(ws, { ...audience, rule: await hide(ws, audience.rule) });
      if (made.live) await recompute(ws, [`audience:${made.id}`]);
      return made;
    },
    changeAudience: async (
      ws: number,
      id: string,
      change: { name?: string | undefined; rule?: Rule | undefined; live?: boolean | undefined },
    ) => {
      const made = await store.changeAudience(ws, id, { ...change, ...(change.rule ? { rule: await hide(ws, change.rule) } : {}) });
      if (change.rule !== undefined) await recompute(ws);
      else if (change.live !== undefined) await recompute(ws, [`audience:${id}`]);
      return made;
    },
    removeAudience: async (ws: number, id: string) => {
      await store.removeAudience(ws, id);
      await recompute(ws, [`audience:${id}`]);
    },
    /** A page of members, highest numbers first: of a live audience from the state, of another from the events. */
    members: async (
      ws: number,
      id: string,
      before: number | undefined,
      limit: number,
    ): Promise<{ personNo: number; since: number | null }[]> => {
      const { live, rule } = await store.audience(ws, id);
      if (live) return standing.members(ws, id, before, limit);
      const { sql } = await ask.compile(ws, [rule]);
      return ch.query(
        `SELECT person_no AS personNo, NULL AS since FROM (${sql}) WHERE r0${before === undefined ? '' : ` AND person_no < ${before}`} ORDER BY personNo DESC LIMIT ${limit}`,
      );
    },

    /** A tag by hand or import is an event; what follows from it is worked out when it lands. Unknown keys become tags. */
    tagByHand: async (
      ws: number,
      people: readonly number[],
      key: string,
      options: { remove?: boolean; value?: string | number | boolean | undefined; by?: 'hand' | 'import'; messageId?: string } = {},
    ): Promise<void> => {
      const tag = (await store.load(ws)).tags.find((t) => t.key === key);
      if (tag?.rule)
        throw badInput([{ field: 'key', reason: `the tag "${key}" follows from a rule; change the rule, or choose a tag given by hand` }]);
      if (!tag && options.remove) throw badInput([{ field: 'key', reason: `there is no tag "${key}"` }]);
      if (!tag) await store.addTag(ws, { key, name: { zh: key, en: key }, rule: null });
      const act = options.messageId ?? newId('tagging', clock.ms());
      const { rejected } = await events.write(
        ws,
        people.map((personNo) => ({
          messageId: `${act}-${personNo}`,
          event: options.remove ? 'Tag Removed' : 'Tag Added',
          timestamp: clock.now(),
          personNo,
          properties: { key, ...(options.value === undefined ? {} : { value: options.value }), by: options.by ?? 'hand' },
        })),
      );
      if (rejected.length) throw badInput([{ field: 'personIds', reason: rejected[0]!.reason }]);
    },

    stateOf: standing.of,
    listPeople: standing.list,
    facets: standing.facets,
    /** What the people room shows of a person. */
    standing: { of: standing.of, list: standing.list, facets: standing.facets },

    evaluate: evaluate.evaluate,
    sweepDue: evaluate.sweepDue,
    /** Takes up what a stop has cut short; until then look-ups may say what was true before it. */
    mend: evaluate.mend,
    recompute,
    onMerge,
    /** Takes away what was worked out of people who are erased. */
    forget: evaluate.forget,
    /** How many went from which level to which between two instants; null is "not there yet". One scan. */
    ladderFlow: async (ws: number, from: Date | number, to: Date | number) => {
      const { sql, levels } = await ask.levelsSql(ws, from, to);
      const links = await ch.query<{ from: string; to: string; count: number }>(
        `SELECT from_level AS \`from\`, to_level AS \`to\`, count() AS count FROM (${sql}) GROUP BY from_level, to_level ORDER BY from_level, to_level`,
      );
      return { levels, links: links.map((l) => ({ from: l.from || null, to: l.to || null, count: l.count })) };
    },
    /** Who is behind a cell of the flow; a page, highest numbers first. */
    ladderPeople: async (
      ws: number,
      from: Date | number,
      to: Date | number,
      cell: { from: string | null; to: string | null },
      before: number | undefined,
      limit: number,
    ) => {
      const { sql } = await ask.levelsSql(ws, from, to);
      const rows = await ch.query<{ p: number }>(
        `SELECT person_no AS p FROM (${sql}) WHERE from_level = ${sqlString(cell.from ?? '')} AND to_level = ${sqlString(cell.to ?? '')}${before === undefined ? '' : ` AND person_no < ${before}`} ORDER BY p DESC LIMIT ${limit}`,
      );
      return rows.map((r) => r.p);
    },
  };
}
