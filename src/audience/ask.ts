import { badInput, type Ch, type Clock, sqlString } from '../base/index.ts';
import type { Events } from '../events/index.ts';
import { compileRules } from './compile/compile.ts';
import type { OrderedKind, Store } from './definitions/store.ts';
import { createExpander, type Expanded } from './expand.ts';
import { askNear, nearAtOnce } from './near/near.ts';
import { hidePersonal, type PersonalPort } from './personal.ts';
import type { Rule } from './rule.ts';

export interface AskOptions {
  /** Who was it true of at this instant; only events before it count. Default: now, with what happens at this very instant. */
  asOf?: Date | number;
  people?: readonly number[];
}

/** Questions that are answered straight from the events, for rules that are nobody's state: previews, branches, dates past. */
export function createAsk(deps: {
  ch: Ch;
  clock: Clock;
  events: Pick<Events, 'source'>;
  store: Store;
  personal?: PersonalPort | undefined;
}) {
  const { ch, clock, events, store } = deps;
  const instant = (asOf: Date | number | undefined): number => (asOf === undefined ? clock.ms() + 1 : Number(asOf));

  const expand = async (ws: number, rules: readonly Rule[]): Promise<Expanded[]> => {
    const expander = createExpander(await store.load(ws));
    const hidden = await hidePersonal(deps.personal, ws, rules, false);
    const expanded = hidden.map((r, i) => expander.expand(r, rules.length === 1 ? 'rule' : `rules[${i}]`));
    if (expander.errors.length) throw badInput(expander.errors, 'The rule does not fit');
    return expanded;
  };
  /** SQL with a row a person: `person_no` and `r0` … (0 or 1) for each rule. People of whom none holds may be left out. */
  const compile = async (ws: number, rules: readonly Rule[], options: AskOptions = {}): Promise<{ sql: string }> => {
    const asOf = instant(options.asOf);
    return compileRules(
      (await expand(ws, rules)).map((rule) => ({ rule, asOf })),
      { source: (columns) => events.source(ws, options.people, columns) },
    );
  };

  /** One rule as of several instants, in one scan: `r0` … in their order. */
  const compileAsOf = async (ws: number, rule: Rule, instants: readonly number[]): Promise<string> => {
    const [expanded] = await expand(ws, [rule]);
    const items = instants.map((asOf) => ({ rule: expanded!, asOf }));
    return compileRules(items, { source: (columns) => events.source(ws, undefined, columns) }).sql;
  };

  /** For few people the rules are run here, over their rows. */
  const whichNear = async (
    ws: number,
    rules: readonly Rule[],
    people: readonly number[],
    found: Map<number, boolean[]>,
  ): Promise<boolean> =>
    askNear(
      ch,
      { rules: await expand(ws, rules), asOf: instant(undefined), source: (columns) => events.source(ws, people, columns) },
      (person, holds) =>
        found.set(
          person,
          holds.map((h) => h()),
        ),
    );

  /** SQL of `person_no, standings`: the level (stage, tier) as of each instant, in one scan; '' is "not there yet". */
  const standingsSql = async (ws: number, kind: OrderedKind, instants: readonly number[]): Promise<{ sql: string; keys: string[] }> => {
    const defs = await store.load(ws);
    const expander = createExpander(defs);
    const keys = defs[`${kind}s`].map((d) => d.key);
    const rules = keys.map((key) => expander.raw(kind, key));
    const items = instants.flatMap((asOf) => rules.map((rule) => ({ rule, asOf })));
    const { sql } = compileRules(items, { source: (columns) => events.source(ws, undefined, columns) });
    if (keys.length === 0) return { sql: `SELECT person_no, emptyArrayString() AS standings FROM (${sql}) WHERE 0`, keys };
    // The deepest whose rule holds.
    const at = (first: number) =>
      `multiIf(${keys
        .map((key, i) => `r${first + i}, ${sqlString(key)}`)
        .reverse()
        .join(', ')}, '')`;
    return { sql: `SELECT person_no, [${instants.map((_, i) => at(i * keys.length)).join(', ')}] AS standings FROM (${sql})`, keys };
  };

  return {
    expand,
    compile,
    compileAsOf,
    count: async (ws: number, rule: Rule, options: AskOptions = {}): Promise<number> => {
      const { sql } = await compile(ws, [rule], options);
      const [row] = await ch.query<{ n: number }>(`SELECT count() AS n FROM (${sql}) WHERE r0`);
      return row?.n ?? 0;
    },
    /** How many, and the few with the highest numbers. */
    sample: async (ws: number, rule: Rule, some: number): Promise<{ count: number; people: number[] }> => {
      const { sql } = await compile(ws, [rule]);
      const [row] = await ch.query<{ n: number; s: number[] }>(
        `SELECT count() AS n, groupArraySorted(${some})(-toInt64(person_no)) AS s FROM (${sql}) WHERE r0`,
      );
      return { count: row?.n ?? 0, people: (row?.s ?? []).map((p) => -p) };
    },
    membersOf: async (ws: number, rule: Rule, options: AskOptions = {}): Promise<number[]> => {
      if (options.people?.length === 0) return [];
      const { sql } = await compile(ws, [rule], options);
      return (await ch.query<{ p: number }>(`SELECT person_no AS p FROM (${sql}) WHERE r0 ORDER BY p`)).map((r) => r.p);
    },
    /** Which of several rules hold, for each of these people: an array of truths in the order of the rules. One scan. */
    which: async (ws: number, rules: readonly Rule[], people: readonly number[]): Promise<Map<number, boolean[]>> => {
      const none = rules.map(() => false);
      const found = new Map(people.map((p) => [p, none]));
      if (people.length === 0 || rules.length === 0) return found;
      const near = people.length <= nearAtOnce && (await whichNear(ws, rules, people, found));
      if (near) return found;
      const { sql } = await compile(ws, rules, { people });
      const rows = await ch.query<{ p: number; r: number[] }>(
        `SELECT person_no AS p, [${rules.map((_, i) => `toUInt8(r${i})`).join(', ')}] AS r FROM (${sql})`,
      );
      for (const { p, r } of rows) found.set(p, r.map(Boolean));
      return found;
    },
    standingsSql,
    /** SQL of `person_no, from_level, to_level` as of two instants, in one scan; '' is "not there yet". */
    levelsSql: async (ws: number, from: Date | number, to: Date | number): Promise<{ sql: string; levels: string[] }> => {
      const { sql, keys } = await standingsSql(ws, 'level', [Number(from), Number(to)]);
      return { sql: `SELECT person_no, standings[1] AS from_level, standings[2] AS to_level FROM (${sql})`, levels: keys };
    },
  };
}
export type Ask = ReturnType<typeof createAsk>;
