import { z } from 'zod';
import { type Clock, decodeCursor, encodeCursor, type Pg, pageQuery } from '../../base/index.ts';
import { kinds } from '../kinds.ts';
import { type ItemRow, itemColumns } from '../rows.ts';
import { answers, authorKinds, purposes, reviewStates } from '../schema.ts';
import { variantChannels } from '../variants.ts';
import { querySql } from './vector.ts';

/** One value, or several after commas. */
const listOf = <T extends z.ZodType<string, string>>(one: T) =>
  z
    .string()
    .max(2000)
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(one).max(50))
    .optional();
const word = z.string().max(60);

export const facetKeys = [
  'kind',
  'review',
  'purpose',
  'scene',
  'answer',
  'topic',
  'audience',
  'product',
  'author',
  'channel',
  'rights',
] as const;
export type FacetKey = (typeof facetKeys)[number];

const filters = {
  query: z.string().max(200).optional(),
  kind: listOf(z.enum(kinds)),
  purpose: listOf(z.enum(purposes)),
  review: listOf(z.enum(reviewStates)),
  author: listOf(z.enum(authorKinds)),
  scene: listOf(word),
  product: listOf(word),
  audience: listOf(word),
  topic: listOf(word),
  answer: listOf(z.enum(answers)),
  channel: listOf(z.enum(variantChannels)),
  rights: listOf(z.enum(['valid', 'soon', 'expired'])),
  /** Those that a channel would take now: rights in force, and approved where only that is sent. */
  usable: z.stringbool().optional(),
};
export const facetQuery = z.object(filters);
export const findQuery = pageQuery.extend({ ...filters, sort: z.enum(['best', 'newest', 'changed', 'name']).optional() });
export type FindQuery = Partial<z.output<typeof findQuery>> & { limit: number };
type Filters = z.output<typeof facetQuery>;

/** Rights that end within so many days are to be looked after. */
export const soonDays = 7;

/** What a facet counts: a column, or each value of a list. */
const columnsOf: Record<FacetKey, string> = {
  kind: 'kind',
  review: 'review',
  purpose: 'purpose',
  author: "author->>'kind'",
  scene: 'unnest(scenes)',
  topic: 'unnest(topics)',
  audience: 'unnest(audiences)',
  product: 'unnest(products)',
  answer: 'unnest(answers)',
  channel: '(SELECT jsonb_object_keys(variants))',
  rights: `CASE WHEN rights_until IS NULL THEN NULL WHEN rights_until <= $2 THEN 'expired' WHEN rights_until <= $2 + interval '${soonDays} days' THEN 'soon' ELSE 'valid' END`,
};
const lists: Partial<Record<FacetKey, string>> = {
  scene: 'scenes',
  topic: 'topics',
  audience: 'audiences',
  product: 'products',
  answer: 'answers',
};

interface Asked {
  where: string;
  params: unknown[];
  /** How well a row answers the question, as SQL. */
  rank: string;
}

/** The condition of a question; `but`: a facet whose own choice is left out, so that its other values are counted too. */
function conditionOf(workspaceNo: number, now: Date, asked: Filters, onlyApproved: boolean, but?: FacetKey): Asked {
  const params: unknown[] = [workspaceNo, now];
  const param = (value: unknown): string => `$${params.push(value)}`;
  const all = ['workspace_no = $1', 'deleted_at IS NULL', '$2::timestamptz IS NOT NULL'];
  let rank = '0::float8';
  const question = asked.query?.trim();
  if (question) {
    const query = querySql(question, param);
    const named = `name ILIKE ${param(`%${question.replace(/[\\%_]/g, '\\$&')}%`)}`;
    all.push(query ? `(words @@ (${query}) OR ${named})` : named);
    if (query) rank = `(ts_rank_cd('{0.1, 0.3, 0.6, 1}', words, ${query}, 1) + CASE WHEN ${named} THEN 1 ELSE 0 END)::float8`;
  }
  for (const key of facetKeys) {
    const chosen = asked[key];
    if (key === but || !chosen?.length) continue;
    const values = `${param(chosen)}::text[]`;
    all.push(
      lists[key] ? `${lists[key]} && ${values}` : key === 'channel' ? `variants ?| ${values}` : `(${columnsOf[key]}) = ANY(${values})`,
    );
  }
  if (asked.usable) all.push(`(rights_until IS NULL OR rights_until > $2)${onlyApproved ? ' AND approved_version IS NOT NULL' : ''}`);
  return { where: all.join(' AND '), params, rank };
}

const orders = {
  best: { by: 'rank DESC, id DESC', after: '(rank, id) < ($A::float8, $B::text)', of: (row: Found) => row.rank },
  newest: { by: 'id DESC', after: '$A::text IS NOT NULL AND id < $B::text', of: (row: Found) => row.id },
  changed: {
    by: 'updated_at DESC, id DESC',
    after: '(updated_at, id) < ($A::timestamptz, $B::text)',
    of: (row: Found) => row.updated_at.toISOString(),
  },
  name: { by: 'name, id', after: '(name, id) > ($A::text, $B::text)', of: (row: Found) => row.name },
};
type Found = ItemRow & { rank: number };

export interface FindDeps {
  pg: Pg;
  clock: Clock;
  onlyApproved(workspaceNo: number): Promise<boolean>;
}

export async function findItems(
  deps: FindDeps,
  workspaceNo: number,
  query: FindQuery,
): Promise<{ rows: ItemRow[]; nextCursor: string | null }> {
  const { cursor, limit, sort, ...asked } = query;
  const order = orders[sort ?? (asked.query?.trim() ? 'best' : 'newest')];
  const after = decodeCursor(cursor, z.tuple([z.union([z.string(), z.number()]), z.string()]));
  const onlyApproved = asked.usable ? await deps.onlyApproved(workspaceNo) : false;
  const { where, params, rank } = conditionOf(workspaceNo, deps.clock.now(), asked, onlyApproved);
  const beyond = after ? order.after.replace('$A', `$${params.push(String(after[0]))}`).replace('$B', `$${params.push(after[1])}`) : 'true';
  const found = await deps.pg.query<Found>(
    `SELECT * FROM (SELECT ${itemColumns}, ${rank} AS rank FROM content_items WHERE ${where}) f
     WHERE ${beyond} ORDER BY ${order.by} LIMIT $${params.push(limit + 1)}`,
    params,
  );
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, nextCursor: found.length > limit && last ? encodeCursor([order.of(last), last.id]) : null };
}

export type Facets = Record<FacetKey, { value: string; count: number }[]> & { total: number };

/** How many items each further choice would show. */
export async function facetsOf(deps: FindDeps, workspaceNo: number, asked: Filters): Promise<Facets> {
  const onlyApproved = asked.usable ? await deps.onlyApproved(workspaceNo) : false;
  const count = async (key?: FacetKey) => {
    const { where, params } = conditionOf(workspaceNo, deps.clock.now(), asked, onlyApproved, key);
    const value = key ? columnsOf[key] : "'all'";
    // A list is unrolled after the condition has been asked once a row.
    const from = key === 'channel' ? 'content_items, LATERAL jsonb_object_keys(variants) AS channel' : 'content_items';
    const rows = await deps.pg.query<{ value: string | null; count: number }>(
      `SELECT value, count(*)::int AS count FROM (SELECT ${key === 'channel' ? 'channel' : value} AS value FROM ${from} WHERE ${where}) v
       WHERE value IS NOT NULL GROUP BY value ORDER BY count DESC, value LIMIT 50`,
      params,
    );
    return rows.map((r) => ({ value: r.value!, count: r.count }));
  };
  const [all, ...each] = await Promise.all([count(), ...facetKeys.map((key) => count(key))]);
  const facets = Object.fromEntries(facetKeys.map((key, i) => [key, each[i]!])) as Record<FacetKey, { value: string; count: number }[]>;
  return { ...facets, total: all[0]?.count ?? 0 };
}
