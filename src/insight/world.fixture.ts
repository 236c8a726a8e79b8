import { type Engines, testEngines } from '../../test/kit.ts';
import { type ManualClock, manualClock } from '../base/index.ts';
import type { InsightDeps } from './deps.ts';
import { createInsight, type Insight } from './index.ts';

/** One event of a test's history. */
export interface Told {
  person: number;
  event: string;
  /** Milliseconds since the epoch, or an ISO instant. */
  at: number | string;
  type?: string;
  carrier?: string;
  source?: string;
  properties?: Record<string, unknown>;
}

export interface World {
  engines: Engines;
  clock: ManualClock;
  insight: Insight;
  /** What the room stands on, for its parts. */
  deps: InsightDeps;
  /** Writes a history into a workspace of its own and says its number. */
  tell(events: readonly Told[]): Promise<number>;
  add(workspaceNo: number, events: readonly Told[]): Promise<void>;
  /** From now on, events of the one person are the other's. */
  merge(workspaceNo: number, from: number, into: number): void;
  /** Levels of people as of an instant; without one, nobody has a level. */
  levels: Map<string, Record<number, string>>;
  /** Who has a tag. */
  tags: Map<string, number[]>;
  /** All people behind a number, page after page. */
  behind(workspaceNo: number, question: unknown, cell: unknown, timezone?: string, limit?: number): Promise<number[]>;
  close(): Promise<void>;
}

export const ladderKeys = ['basic', 'member', 'buyer', 'repeat', 'koc'];

export async function insightWorld(now = '2030-01-01T00:00:00Z'): Promise<World> {
  const engines = await testEngines();
  const clock = manualClock(now);
  const { ch } = engines;
  await ch.command(`CREATE TABLE events (
    workspace_no UInt32, person_no UInt32, time DateTime64(3, 'UTC'), type LowCardinality(String), event LowCardinality(String),
    message_id String, key UInt64, batch UInt64, received_at DateTime64(3, 'UTC'), source LowCardinality(String),
    carrier LowCardinality(String), properties JSON(max_dynamic_paths = 256), context String, moved_from UInt32
  ) ENGINE = ReplacingMergeTree PARTITION BY toStartOfQuarter(time) ORDER BY (workspace_no, person_no, time, key)`);
  const merges = new Map<number, [number, number][]>();
  const levels: World['levels'] = new Map();
  const tags: World['tags'] = new Map();
  const source = (ws: number, columns: readonly string[] = [], people?: readonly number[]) => {
    const pairs = merges.get(ws) ?? [];
    const person =
      pairs.length > 0
        ? ` REPLACE (transform(person_no, [${pairs.map((p) => p[0])}], [${pairs.map((p) => p[1])}], person_no) AS person_no)`
        : '';
    return `(SELECT *${person} FROM (SELECT ${['*', ...columns].join(', ')} FROM events WHERE workspace_no = ${ws})${people ? ` WHERE person_no IN (${people})` : ''})`;
  };
  const deps: InsightDeps = {
    ch,
    clock,
    source,
    personNo: async (_ws, id) => Number(/^p(\d+)$/.exec(id)?.[1]) || undefined,
    people: async (_ws, numbers) => numbers.map((no) => ({ id: `p${no}` })),
    levels: async (_ws, from, to) => {
      const [was, is] = [from, to].map((at) => levels.get(at.toISOString()) ?? {}) as [Record<number, string>, Record<number, string>];
      const rows = [...new Set([...Object.keys(was), ...Object.keys(is)])].map(
        (no) => `(${no}, '${was[Number(no)] ?? ''}', '${is[Number(no)] ?? ''}')`,
      );
      return { sql: `SELECT * FROM values('person_no UInt32, from_level String, to_level String', ${rows.join(', ') || "(0, '', '')"})` };
    },
    standings: async (_ws, _of, instants) => {
      const seen = instants.map((at) => levels.get(new Date(at).toISOString()) ?? {});
      const rows = [...new Set(seen.flatMap((one) => Object.keys(one)))].map(
        (no) => `(${no}, [${seen.map((one) => `'${one[Number(no)] ?? ''}'`).join(', ')}])`,
      );
      return { sql: `SELECT * FROM values('person_no UInt32, standings Array(String)', ${rows.join(', ') || "(0, [''])"})` };
    },
    rules: async (_ws, rules) => {
      const every = [...new Set([...tags.values()].flat())];
      const held = rules.map(
        (rule, i) => `person_no IN (${(tags.get('tag' in rule ? rule.tag : rule.audience) ?? []).join(', ') || 'NULL'}) AS r${i}`,
      );
      return { sql: `SELECT person_no, ${held.join(', ')} FROM (SELECT toUInt32(arrayJoin([${every.join(', ') || '0'}])) AS person_no)` };
    },
    ladder: async () => ladderKeys.map((key) => ({ key, name: { zh: key, en: key } })),
  };
  const insight = createInsight(deps);
  let lastWorkspace = 0;
  let lastKey = 0;
  const add: World['add'] = async (ws, events) => {
    const rows = events.map((e) => {
      lastKey += 1;
      const at = typeof e.at === 'number' ? e.at : Date.parse(e.at);
      return {
        workspace_no: ws,
        person_no: e.person,
        time: new Date(at).toISOString(),
        type: e.type ?? 'track',
        event: e.event,
        message_id: `m${lastKey}`,
        key: lastKey,
        batch: 1,
        received_at: new Date(at + 1000).toISOString(),
        source: e.source ?? 'http',
        carrier: e.carrier ?? '',
        properties: e.properties ?? {},
        context: '',
        moved_from: 0,
      };
    });
    await ch.insertRows('events', rows);
  };
  return {
    engines,
    clock,
    insight,
    deps,
    levels,
    tags,
    add,
    tell: async (events) => {
      lastWorkspace += 1;
      await add(lastWorkspace, events);
      return lastWorkspace;
    },
    merge: (ws, from, into) => {
      merges.set(ws, [...(merges.get(ws) ?? []), [from, into]]);
    },
    behind: async (workspaceNo, question, cell, timezone = 'UTC', limit = 200) => {
      const numbers: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await insight.people({ workspaceNo, timezone }, { question, cell, cursor, limit });
        numbers.push(...(page.items as { id: string }[]).map((p) => Number(p.id.slice(1))));
        if (cursor === undefined && page.nextCursor === null && page.total !== numbers.length) throw new Error('the total is not the list');
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return numbers;
    },
    close: () => engines.close(),
  };
}
