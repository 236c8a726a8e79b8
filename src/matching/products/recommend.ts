import { sqlStrings } from '../../base/index.ts';
import type { Hours } from '../content/when.ts';
import type { MatchingDeps } from '../ports.ts';
import { type ProductRules, type Why, whys } from './best.ts';
import { key } from './build-sql.ts';
import type { Build, Good, Goods } from './store.ts';

export interface Words {
  zh: string;
  en: string;
}
export interface NextProduct {
  product: { id: string; name: string; category: string; priceFen: number };
  score: number;
  why: Why;
  reason: Words;
}
export interface NextProducts {
  asOf: string | null;
  /** From whom this is known: the person, people of the level, or everyone. */
  basis: 'person' | 'level' | 'pool' | 'none';
  items: NextProduct[];
}

type Deps = Pick<MatchingDeps, 'ch'>;

/** What the build that is served keeps of a person. */
export interface Kept {
  build: number;
  asOf: Date;
  /** When people are here, of the build; of one of before that was kept nothing is known. */
  all: Hours | null;
  /** Null, as all that follows, of whom nothing is kept. */
  codes: number[] | null;
  scores: number[];
  whys: number[];
  because: number[];
  since: number[];
  every: number[];
  hours: number[] | null;
  messages: { channel: string; sent: number; clicked: number }[] | null;
}

/** Read by key. */
export async function readKept(pg: MatchingDeps['pg'], workspaceNo: number, personNo: number): Promise<Kept | undefined> {
  const [row] = await pg.query<Kept>(
    `SELECT b.build, b.as_of AS "asOf", b.result->'hours' AS all, codes, scores, whys, because, since, every, hours, messages
     FROM (SELECT build, as_of, result FROM match_builds WHERE workspace_no = $1 AND state = 'ready' ORDER BY build DESC LIMIT 1) AS b
     LEFT JOIN match_people AS p ON p.workspace_no = $1 AND p.person_no = $2 AND p.build = b.build`,
    [workspaceNo, personNo],
  );
  return row;
}

/** What is next for a person; who did nothing with goods yet is shown what their level buys. */
export async function nextProducts(
  deps: Deps,
  goodsOf: Goods,
  workspaceNo: number,
  person: { personNo: number; level: string; kept: Kept | undefined },
  { rules, limit }: { rules: () => Promise<ProductRules>; limit: number },
): Promise<NextProducts> {
  const { kept, personNo, level } = person;
  if (!kept) return { asOf: null, basis: 'none', items: [] };
  const goods = await goodsOf(workspaceNo, kept.build);
  if (!kept.codes?.length) return byLevel(deps, goods, workspaceNo, { personNo, level }, kept, { rules: await rules(), limit });
  const items = kept.codes.slice(0, limit).flatMap((code, i): NextProduct[] => {
    const good = goods.get(code);
    if (!good) return [];
    const why = whys[kept.whys[i]!]!;
    const because = goods.get(kept.because[i]!);
    return [shownGood(good, kept.scores[i]!, why, reasonOf(why, good, because, kept.since[i]!, kept.every[i]!))];
  });
  return { asOf: kept.asOf.toISOString(), basis: 'person', items };
}

const shownGood = ({ id, name, category, priceFen }: Good, score: number, why: Why, reason: Words): NextProduct => ({
  ...{ product: { id, name, category, priceFen: Math.round(priceFen) }, score, why, reason },
});

function reasonOf(why: Why, good: Good, because: Good | undefined, since: number, every: number): Words {
  const [ago, gap] = [Math.round(since), Math.max(1, Math.round(every))];
  if (why === 'due') return { zh: `约每 ${gap} 天买一次，上次在 ${ago} 天前`, en: `buys it about every ${gap} days, last ${ago} days ago` };
  if (why === 'again')
    return {
      zh: `${ago} 天前买过一次，别人约 ${gap} 天后再买`,
      en: `bought it once ${ago} days ago; others come back after about ${gap} days`,
    };
  if (why === 'together' && because)
    return { zh: `买过「${because.name}」的人也买它`, en: `people who bought ${because.name} also bought it` };
  if (why === 'looked') return { zh: '最近看过', en: 'looked at it lately' };
  if (why === 'category' && good.category) return { zh: `常买「${good.category}」`, en: `often buys ${good.category}` };
  if (why === 'level') return { zh: '同层级的人最近在买', en: 'people of the same level buy it now' };
  return { zh: `最近卖得好，${good.people} 人买过`, en: `sells well now, bought by ${good.people} people` };
}

async function byLevel(
  { ch }: Deps,
  goods: Map<number, Good>,
  workspaceNo: number,
  { personNo, level }: { personNo: number; level: string },
  build: Pick<Build, 'build' | 'asOf'>,
  { rules, limit }: { rules: ProductRules; limit: number },
): Promise<NextProducts> {
  const ofBuild = key({ workspaceNo, build: build.build });
  const rested = build.asOf.getTime() - rules.restDays * 86_400_000;
  const may = [
    `code IN (SELECT code FROM match_items WHERE ${ofBuild} AND (stock IS NULL OR stock > 0)
      AND item NOT IN (${sqlStrings(['', ...rules.without])}) ${rules.withoutCategories.length > 0 ? ` AND category NOT IN (${sqlStrings(rules.withoutCategories)})` : ''})`,
    `code NOT IN (SELECT code FROM match_history WHERE ${ofBuild} AND person_no = ${personNo} AND last_ms > ${rested})`,
  ].join(' AND ');
  const listed = (sql: string, order: string) =>
    ch.query<{ code: number; score: number }>(`${sql} AND ${may} ORDER BY ${order} LIMIT ${limit}`, { level });
  const ofLevel = await listed(
    `SELECT code, share AS score FROM match_levels WHERE ${ofBuild} AND level = {level: String} AND level != ''`,
    'place',
  );
  const found =
    ofLevel.length > 0
      ? ofLevel
      : await listed(`SELECT code, hot AS score FROM match_items WHERE ${ofBuild} AND buys > 0`, 'hot DESC, code');
  const why: Why = ofLevel.length > 0 ? 'level' : 'popular';
  return {
    asOf: build.asOf.toISOString(),
    basis: ofLevel.length > 0 ? 'level' : 'pool',
    items: found.flatMap(({ code, score }) => {
      const good = goods.get(code);
      return good ? [shownGood(good, score, why, reasonOf(why, good, undefined, 0, 0))] : [];
    }),
  };
}
