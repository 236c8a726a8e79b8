import type { Ch } from '../../base/index.ts';
import { capped } from './build.ts';
import { aliveDays, type BuildPlan, key } from './build-sql.ts';

/** What a build says of goods, in arrays by their codes: so much fits in memory, whatever the number of people. */
export interface Model {
  asOf: number;
  /** Codes run from 1 to this. */
  size: number;
  /** Number of the category; 0: none. */
  category: Int32Array;
  /** Logarithm of the price; 0: not known. */
  price: Float64Array;
  stocked: Uint8Array;
  /** Somebody bought it lately, or nobody ever: it may be shown to who does not have it. */
  alive: Uint8Array;
  hot: Float64Array;
  warm: Float64Array;
  rebought: Float64Array;
  gap: Float64Array;
  /** What goes with a good: from its place in `starts` to that of the next. */
  pairs: { starts: Int32Array; b: Int32Array; sim: Float32Array };
  levels: string[];
  /** Of each level: what it buys, and the share of each good as a logarithm. */
  popular: Int32Array[];
  share: Float64Array[];
  /** Of each category: what sells now, and some that nobody bought yet. */
  offered: Int32Array[];
}

/** Of a good that nobody has bought twice yet. */
const usualGapDays = 60;
/** Goods that are weighed for everyone of a level, or who likes a category. */
const most = { popular: 80, category: 10, fresh: 3 };

/** Columns of numbers, row by row in one array. */
export async function floats(ch: Ch, columns: readonly string[], rest: string): Promise<Float64Array> {
  const bytes = await ch.bytes(capped(`SELECT ${columns.map((c) => `toFloat64(${c})`).join(', ')} ${rest}`), 'RowBinary');
  // A view needs its bytes in step; where they are not, they are copied.
  return bytes.byteOffset % 8 === 0
    ? new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8)
    : new Float64Array(Uint8Array.from(bytes).buffer);
}

export async function readModel(ch: Ch, plan: Pick<BuildPlan, 'workspaceNo' | 'build' | 'asOf'>): Promise<Model> {
  const of = (table: string, columns: string): string => `(SELECT ${columns} FROM ${table} WHERE ${key(plan)})`;
  const categoryNo = "if(category = '', 0, dense_rank() OVER (ORDER BY category)) AS kind";
  const item = ['code', 'kind', 'price_fen', 'ifNull(stock > 0, 1)', 'people', 'buys', 'hot', 'warm', 'last_days', 'repeaters', 'gap_days'];
  const rows = await floats(
    ch,
    item,
    `FROM (SELECT *, ${categoryNo} FROM match_items WHERE ${key(plan)}) AS i LEFT JOIN ${of('match_again', 'code, repeaters, gap_days')} AS g USING (code) ORDER BY code`,
  );
  const size = rows.length / item.length;
  const column = (name: string, of: (v: number, row: number) => number = (v) => v): Float64Array => {
    const out = new Float64Array(size + 1);
    for (let i = 0; i < size; i++) out[i + 1] = of(rows[i * item.length + item.indexOf(name)]!, i * item.length);
    return out;
  };
  const buys = column('buys');
  const lastDays = column('last_days');
  const people = column('people');
  const hot = column('hot');
  const category = Int32Array.from(column('kind'));
  const stocked = Uint8Array.from(column('ifNull(stock > 0, 1)'));
  return {
    ...{ asOf: plan.asOf, size, category, stocked },
    price: column('price_fen', (v) => (v > 0 ? Math.log(v) : 0)),
    alive: Uint8Array.from(buys, (n, code) => (n === 0 || lastDays[code]! < aliveDays ? 1 : 0)),
    hot: hot.map(Math.log1p),
    warm: column('warm', Math.log1p),
    rebought: column('repeaters').map((n, code) => Math.log((n + 1) / (people[code]! + 10))),
    gap: column('gap_days', (v) => (v > 0 ? v : usualGapDays)),
    pairs: await readPairs(ch, plan, size),
    ...(await readLevels(ch, plan, size)),
    offered: offeredOf(category, buys, hot, stocked),
  };
}

async function readPairs(ch: Ch, plan: Pick<BuildPlan, 'workspaceNo' | 'build'>, size: number): Promise<Model['pairs']> {
  const rows = await floats(ch, ['a', 'b', 'sim'], `FROM match_pairs WHERE ${key(plan)} ORDER BY a, sim DESC, b`);
  const n = rows.length / 3;
  const starts = new Int32Array(size + 2);
  const b = new Int32Array(n);
  const sim = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    starts[rows[3 * i]! + 1]! += 1;
    b[i] = rows[3 * i + 1]!;
    sim[i] = rows[3 * i + 2]!;
  }
  for (let code = 1; code < starts.length; code++) starts[code]! += starts[code - 1]!;
  return { starts, b, sim };
}

async function readLevels(
  ch: Ch,
  plan: Pick<BuildPlan, 'workspaceNo' | 'build'>,
  size: number,
): Promise<Pick<Model, 'levels' | 'popular' | 'share'>> {
  const rows = await ch.query<{ level: string; code: number; share: number; place: number }>(
    `SELECT level, code, share, place FROM match_levels WHERE ${key(plan)} ORDER BY level, place`,
  );
  const by = [...Map.groupBy(rows, (r) => r.level)];
  return {
    levels: by.map(([level]) => level),
    popular: by.map(([, list]) => Int32Array.from(list.filter((r) => r.place <= most.popular).map((r) => r.code))),
    share: by.map(([, list]) => {
      const share = new Float64Array(size + 1);
      for (const r of list) share[r.code] = Math.log1p(1000 * r.share);
      return share;
    }),
  };
}

function offeredOf(category: Int32Array, buys: Float64Array, hot: Float64Array, stocked: Uint8Array): Int32Array[] {
  const codes = Array.from({ length: category.length - 1 }, (_, i) => i + 1).filter((code) => category[code]! > 0);
  const offered: Int32Array[] = [];
  for (const [kind, list] of Map.groupBy(codes, (code) => category[code]!)) {
    const sold = list.filter((code) => buys[code]! > 0).sort((a, b) => hot[b]! - hot[a]!);
    const fresh = list.filter((code) => buys[code] === 0 && stocked[code]);
    offered[kind] = Int32Array.from([...sold.slice(0, most.category), ...fresh.slice(0, most.fresh)]);
  }
  return offered;
}
