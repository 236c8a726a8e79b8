import type { Access } from './access/index.ts';
import type { Audience } from './audience/index.ts';
import type { Ch, Clock, Jobs, Log, Pg } from './base/index.ts';
import type { Content, ContentItem } from './content/index.ts';
import { productsSource } from './events/imports/index.ts';
import type { Events } from './events/index.ts';
import { type Candidate, createMatching, type Matching } from './matching/index.ts';
import { personId, personNo, survivingPerson } from './people/index.ts';

export interface MatchingParts {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  access: Access;
  events: Events;
  audience: Audience;
  content: Content;
}

/** What is next for whom. */
export function openMatching({ access, events, audience, content, ...engines }: MatchingParts): Matching {
  const { pg } = engines;
  const matching = createMatching({
    ...engines,
    source: (ws, columns, people) => events.source(ws, people, columns),
    products: productsSource,
    write: (ws, items) => events.write(ws, items),
    ladder: async (ws) => (await audience.definitions(ws)).levels.map(({ key, name }) => ({ key, name })),
    levelsSql: async (ws, at) => {
      const { sql } = await audience.levelsSql(ws, new Date(at), new Date(at));
      return `SELECT person_no, to_level AS level FROM (${sql})`;
    },
    levelOf: async (ws, people) =>
      new Map([...(await audience.standing.of(ws, people))].flatMap(([no, { level }]) => (level ? [[no, level] as const] : []))),
    interestSql: (ws, at, people) => audience.interest.scoresSql(ws, at, people),
    contents: (ws, among, channel) => candidatesOf(content, ws, among, channel),
    personNo: (ws, id) => survivingPerson(pg, ws, personNo(id)),
    personId,
    zone: async (ws) => (await access.workspaces.get(ws)).timezone,
    workspaces: () => access.workspaces.all(),
  });
  events.onMerge((ws, moves) => matching.onMerge(ws, moves), { derives: true });
  events.onSplit((ws, split) => matching.onSplit(ws, split), { derives: true });
  return matching;
}

const pageSize = 200;

async function candidatesOf(content: Content, ws: number, among: readonly string[] | undefined, channel: string): Promise<Candidate[]> {
  const ids = among ?? (await allIds(content, ws));
  const ready = await content.ready(ws, ids, channel);
  return [...ready.values()].map(({ item, obstacle }) => ({ id: item.id, name: item.name, tags: tagsOf(item), refused: obstacle }));
}

async function allIds(content: Content, ws: number): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await content.list(ws, { limit: pageSize, ...(cursor ? { cursor } : {}) });
    ids.push(...page.items.map((item) => item.id));
    if (!page.nextCursor) return ids;
    cursor = page.nextCursor;
  }
}

/** The words in which interest of people is kept as well. */
const tagsOf = ({ topics, products, scenes }: ContentItem): string[] => [...new Set([...topics, ...products, ...scenes])];
