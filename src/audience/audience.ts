import { badInput, type Ch, type Clock, type Jobs, type Log, type Pg, sqlString } from '../base/index.ts';
import type { Events } from '../events/index.ts';
import { createAsk } from './ask.ts';
import { createStore, type OrderedKind } from './definitions/store.ts';
import type { AudienceAbout, Names, TagAbout } from './expand.ts';
import { createFiles, type ExportPort } from './groups/files.ts';
import { createFreeze } from './groups/freeze.ts';
import { createOverlap } from './groups/overlap.ts';
import { trendOf } from './groups/trend.ts';
import { previewOrdered } from './ordered/preview.ts';
import { parseRule } from './parse.ts';
import { hidePersonal, type PersonalPort, personalWarnings } from './personal.ts';
import type { Rule } from './rule.ts';
import { createSaved } from './saved/saved.ts';
import { type Action, type By, canonical, ourselves } from './saved/versions.ts';
import { sentenceOf } from './sentence.ts';
import { createEvaluate } from './state/evaluate.ts';
import { createStanding } from './state/standing.ts';
import { unitsChanged } from './state/units.ts';
import { type BulkOf, createBulk } from './tags/bulk.ts';
import { createExpire } from './tags/expire.ts';
import { createTagFigures } from './tags/figures.ts';
import { createGive, type GiveOptions } from './tags/give.ts';
import { createInterest, type InterestSettings } from './tags/interest.ts';
import { type Catalogue, warningsOf } from './warnings.ts';
import { createWhy } from './why/why.ts';

export interface AudienceDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  jobs: Pick<Jobs, 'define' | 'start'>;
  events: Pick<Events, 'source' | 'write' | 'tell' | 'consume' | 'onMerge' | 'onSplit'>;
  /** Names and types of what came in so far, for warnings. Rooms tested alone go without. */
  shapes?: (workspaceNo: number) => Promise<Catalogue>;
  /** Personal values in rules. Rooms tested alone go without. */
  personal?: PersonalPort;
  /** Files of audiences. Rooms tested alone go without. */
  files?: ExportPort;
}

export const RECOMPUTE = 'audience.recompute';
/** Of more units than these everything is worked out at once: the pass costs the same. */
const onlyMost = 20;
const catalogueKeptMs = 60_000;

export type Audience = ReturnType<typeof createAudience>;

/** Opens the room: connects to landing events, merges and jobs. Nothing runs before the events room is started. */
export function createAudience(deps: AudienceDeps) {
  const { ch, clock, jobs, events } = deps;
  const store = createStore(deps);
  const ask = createAsk({ ...deps, store });
  const standing = createStanding({ ...deps, store });
  const evaluate = createEvaluate({ ...deps, store });
  const give = createGive({ clock, events, store, ask });
  const expire = createExpire({ ch, events, store, give });
  const interest = createInterest({ ...deps, store, give });
  const figures = createTagFigures(deps);
  const overlap = createOverlap({ ch, ask, store });
  const files = createFiles({ ...deps, store, ask, standing, port: deps.files });
  const saved = createSaved({ store, changes: () => changes });
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
  /** Changes definitions, and has worked out in the background what that changes: of hundreds mostly one. */
  const changing = async <T>(ws: number, change: () => Promise<T>): Promise<{ made: T; recompute: { id: string } | undefined }> => {
    const before = await store.load(ws);
    const made = await change();
    const ids = unitsChanged(before, await store.load(ws));
    return { made, recompute: ids.length === 0 ? undefined : await recompute(ws, ids.length > onlyMost ? undefined : ids) };
  };

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
  const hide = async (ws: number, rule: Rule, before?: Rule | null): Promise<Rule> => {
    const meant = (await deps.personal?.restore?.(ws, rule, before ?? null)) ?? rule;
    return (await hidePersonal(deps.personal, ws, [meant], true))[0]!;
  };
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

  const hideAll = async <T extends { key: string; rule: Rule }>(ws: number, kind: OrderedKind, items: readonly T[]): Promise<T[]> => {
    const defs = await store.load(ws);
    const before = { stage: defs.stages, tier: defs.tiers, level: defs.levels }[kind];
    return Promise.all(
      items.map(async (item) => ({ ...item, rule: await hide(ws, item.rule, before.find((b) => b.key === item.key)?.rule) })),
    );
  };
  /** Definitions as they are made and changed; each change is a version, and works itself out in the background. */
  const changes = {
    setOrdered: async (
      ws: number,
      kind: OrderedKind,
      items: { key: string; name: Names; rule: Rule }[],
      by: By = ourselves,
      action: Action = 'changed',
    ) => {
      const hidden = await hideAll(ws, kind, items);
      const changed = await changing(ws, () => store.setOrdered(ws, kind, hidden, by, action));
      return changed.recompute ?? recompute(ws, [kind]);
    },
    addTag: async (ws: number, tag: { key: string; name: Names; rule: Rule | null; about?: TagAbout }, by: By = ourselves) => {
      const rule = tag.rule && (await hide(ws, tag.rule));
      const { made } = await changing(ws, () => store.addTag(ws, { ...tag, rule }, by));
      if (made.about?.model) await bulk.refreshSoon(ws);
      return made;
    },
    changeTag: async (
      ws: number,
      id: string,
      change: { name?: Names | undefined; rule?: Rule | null | undefined; about?: TagAbout | undefined },
      by: By = ourselves,
      action: Action = 'changed',
    ) => {
      const rule = change.rule && (await hide(ws, change.rule, (await store.tag(ws, id)).rule));
      const { made } = await changing(ws, () => store.changeTag(ws, id, { ...change, ...(rule ? { rule } : {}) }, by, action));
      expire.changed(ws);
      if (made.about?.model) await bulk.refreshSoon(ws);
      return made;
    },
    addAudience: async (ws: number, audience: { name: string; rule: Rule; live: boolean; about?: AudienceAbout }, by: By = ourselves) => {
      const rule = await hide(ws, audience.rule);
      return (await changing(ws, () => store.addAudience(ws, { ...audience, rule }, by))).made;
    },
    changeAudience: async (
      ws: number,
      id: string,
      change: { name?: string | undefined; rule?: Rule | undefined; live?: boolean | undefined; about?: AudienceAbout | undefined },
      by: By = ourselves,
      action: Action = 'changed',
    ) => {
      const { about, rule: was } = await store.audience(ws, id);
      const frozen = about.frozen;
      const rule = change.rule && (await hide(ws, change.rule, was));
      const another = rule && canonical(rule) !== canonical(was);
      if (frozen && (another || change.live === false))
        throw badInput([{ field: another ? 'rule' : 'live', reason: 'this audience is frozen: who is in it stays; make another one' }]);
      const next = change.about && frozen ? { ...change.about, frozen } : change.about;
      const whole = { ...change, ...(change.about ? { about: next } : {}), ...(rule ? { rule } : {}) };
      return (await changing(ws, () => store.changeAudience(ws, id, whole, by, action))).made;
    },
  };
  /** A page of those of whom a rule holds now, highest numbers first. */
  const peopleOf = async (ws: number, rule: Rule, before: number | undefined, limit: number): Promise<number[]> => {
    const { sql } = await ask.compile(ws, [rule]);
    const rows = await ch.query<{ p: number }>(
      `SELECT person_no AS p FROM (${sql}) WHERE r0${before === undefined ? '' : ` AND person_no < ${before}`} ORDER BY p DESC LIMIT ${limit}`,
    );
    return rows.map((r) => r.p);
  };
  const bulk = createBulk({ jobs, ask, give, interest, store });
  const freeze = createFreeze({ ch, clock, jobs, store, ask, give, recompute });

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
    why: createWhy({ ...deps, store, ask, interest }),
    /** SQL of `person_no, from_level, to_level` as of two instants; '' is "not there yet". */
    levelsSql: ask.levelsSql,
    standingsSql: ask.standingsSql,
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
    ...changes,
    /** What a new definition of stages, tiers or levels would move. */
    previewOrdered: async (ws: number, kind: OrderedKind, items: { key: string; name: Names; rule: Rule }[]) =>
      previewOrdered({ ...deps, store }, ws, kind, await hideAll(ws, kind, items)),
    saved,
    removeTag: async (ws: number, id: string, by: By = ourselves) => {
      const tag = await store.tag(ws, id);
      await saved.refuseIfUsed(ws, 'tag', tag.key);
      await store.removeTag(ws, id, by);
      await recompute(ws, [`tag:${tag.key}`]);
    },
    audience: store.audience,
    audienceCounts: standing.audienceCounts,
    removeAudience: async (ws: number, id: string, by: By = ourselves) => {
      await store.audience(ws, id);
      await saved.refuseIfUsed(ws, 'audience', id);
      await store.removeAudience(ws, id, by);
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
      return (await peopleOf(ws, rule, before, limit)).map((personNo) => ({ personNo, since: null }));
    },

    /** A tag by hand or import is an event; what follows from it is worked out when it lands. Unknown keys become tags. */
    tagByHand: async (ws: number, people: readonly number[], key: string, options: GiveOptions = {}): Promise<void> => {
      await give.give(ws, people, key, options);
      expire.changed(ws);
    },
    /** The same for an audience or whoever a rule holds of, in the background. */
    tagMany: (ws: number, key: string, of: BulkOf, options: GiveOptions) => bulk.start(ws, key, of, options),
    tag: store.tag,
    tagFigures: figures,
    interest: {
      ...interest,
      set: async (ws: number, settings: InterestSettings) => {
        await interest.set(ws, settings);
        await bulk.refreshSoon(ws);
      },
    },
    tagHistory: (ws: number, tag: Parameters<typeof figures.history>[1], days: number, zone: string) =>
      figures.history(ws, tag, days, zone, clock.ms()),
    peopleOf,
    freeze,
    overlap: overlap.overlap,
    compare: overlap.compare,
    combination: overlap.ruleOf,
    trend: (ws: number, rule: Rule, days: number, zone: string) => trendOf({ ch, clock, ask }, ws, rule, days, zone),
    files,

    stateOf: standing.of,
    listPeople: standing.list,
    facets: standing.facets,
    /** What the people room shows of a person. */
    standing: { column: standing.column, of: standing.of, list: standing.list, facets: standing.facets },

    evaluate: evaluate.evaluate,
    /** Whom time alone has changed: windows that passed, tags whose time is over, interest that faded. */
    sweepDue: async (now: number = clock.ms()): Promise<number> => {
      const swept = await evaluate.sweepDue(now);
      await expire.sweep(now);
      await interest.sweep(now);
      return swept;
    },
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
