import { badInput, type Ch, type Clock, sqlString } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import { compileRules } from '../compile/compile.ts';
import type { OrderedKind, Store } from '../definitions/store.ts';
import { createExpander, type Names } from '../expand.ts';
import type { Rule } from '../rule.ts';

export interface OrderedPreview {
  total: number;
  /** How many would stand elsewhere than now. */
  moved: number;
  /** From the definition of now to the new one; null is none of them. */
  links: { from: string | null; to: string | null; count: number }[];
  before: Record<string, number>;
  after: Record<string, number>;
}
const plural = { stage: 'stages', tier: 'tiers', level: 'levels' } as const;

/** What a new definition of stages, tiers or levels would do: both are asked of everyone in one scan. Nothing is saved. */
export async function previewOrdered(
  deps: { ch: Ch; clock: Clock; events: Pick<Events, 'source'>; store: Store },
  ws: number,
  kind: OrderedKind,
  items: readonly { key: string; name: Names; rule: Rule }[],
): Promise<OrderedPreview> {
  const { ch, clock, events, store } = deps;
  const defs = await store.load(ws);
  const old = defs[plural[kind]];
  const asOf = clock.ms() + 1;
  const expander = createExpander({ ...defs, [plural[kind]]: items.map((i) => ({ ...i, id: i.key })) });
  const fresh = items.map((i) => expander.raw(kind, i.key));
  if (expander.errors.length)
    throw badInput(
      expander.errors.map((e) => ({ ...e, field: 'items' })),
      'The definitions do not fit together',
    );
  const was = createExpander(defs);
  // The labels that make a reference computed once would otherwise stand for both meanings.
  const rules = [...old.map((d) => relabel(was.raw(kind, d.key), 'old ')), ...fresh.map((r) => relabel(r, 'new '))];
  const { sql } = compileRules(
    [...rules, { all: [] }].map((rule) => ({ rule, asOf })),
    { source: (columns) => events.source(ws, undefined, columns) },
  );
  const deepest = (keys: readonly string[], first: number) =>
    keys.length
      ? `multiIf(${keys
          .flatMap((key, i) => [[`r${first + i}`, sqlString(key)]])
          .reverse()
          .flat()
          .join(', ')}, '')`
      : "''";
  const rows = await ch.query<{ f: string; t: string; n: number }>(
    `SELECT ${deepest(
      old.map((d) => d.key),
      0,
    )} AS f, ${deepest(
      items.map((i) => i.key),
      old.length,
    )} AS t, count() AS n FROM (${sql}) GROUP BY f, t ORDER BY n DESC, f, t`,
  );
  const by = (side: 'f' | 't') => {
    const found: Record<string, number> = {};
    for (const r of rows) found[r[side]] = (found[r[side]] ?? 0) + r.n;
    return found;
  };
  const sum = (list: typeof rows) => list.reduce((n, r) => n + r.n, 0);
  return {
    total: sum(rows),
    moved: sum(rows.filter((r) => r.f !== r.t)),
    links: rows.map((r) => ({ from: r.f || null, to: r.t || null, count: r.n })),
    before: by('f'),
    after: by('t'),
  };
}

function relabel<T>(rule: T, prefix: string): T {
  return JSON.parse(JSON.stringify(rule), (key, value: unknown) =>
    key === 'ref' && typeof value === 'string' ? prefix + value : value,
  ) as T;
}
