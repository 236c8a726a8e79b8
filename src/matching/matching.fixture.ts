import { type Engines, testEngines } from '../../test/kit.ts';
import { jobMigrations, type ManualClock, manualClock, migrate, silentLog } from '../base/index.ts';
import { migrations as eventMigrations, type OwnEvent } from '../events/index.ts';
import { migrations as peopleMigrations } from '../people/index.ts';
import { type Candidate, createMatching, type Matching, migrations } from './index.ts';

export interface Told {
  person: number;
  event: string;
  at: number;
  source?: string;
  properties?: Record<string, unknown>;
}

/** A room on engines of its own, with histories told straight into the table of events; jobs are done when they are asked for. */
export interface World {
  engines: Engines;
  clock: ManualClock;
  matching: Matching;
  /** Hears how far a run is; where it throws the run is cut off, and the next that is begun is the same. */
  told: (part: number) => void;
  /** What the room told as events. */
  written: OwnEvent[];
  contents: Candidate[];
  /** Levels and interests of people. */
  levels: Map<number, string>;
  interests: [personNo: number, topic: string, score: number][];
  tell(workspaceNo: number, events: readonly Told[]): Promise<void>;
  close(): Promise<void>;
}

export async function matchingWorld(now: string): Promise<World> {
  const engines = await testEngines();
  const { pg, ch } = engines;
  const clock = manualClock(now);
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...migrations]);
  const source = (ws: number, columns: readonly string[] = [], people?: readonly number[]) =>
    `(SELECT ${['*', ...columns].join(', ')} FROM events WHERE workspace_no = ${ws}${people ? ` AND person_no IN (${people.join(', ') || '0'})` : ''})`;
  let begun = 0;
  let cutOff: string | undefined;
  const kinds = new Map<string, (job: never) => Promise<unknown>>();
  const world: Pick<World, 'written' | 'contents' | 'levels' | 'interests' | 'told'> = {
    told: () => {},
    written: [],
    contents: [],
    levels: new Map(),
    interests: [],
  };
  const levelsSql = () =>
    `SELECT * FROM values('person_no UInt32, level String', ${[...world.levels].map(([no, l]) => `(${no}, '${l}')`).join(', ') || "(0, '')"})`;
  const matching = createMatching({
    ...{ pg, ch, clock, source, log: silentLog },
    jobs: {
      define: (kind: string, fn: unknown) => void kinds.set(kind, fn as never),
      start: async (workspaceNo: number, kind: string, payload: object) => {
        const id = cutOff ?? `job${++begun}`;
        cutOff = id;
        await kinds.get(kind)!({
          id,
          workspaceNo,
          payload,
          progress: async (p: { done: number; total: number }) => world.told(p.done / p.total),
        } as never);
        cutOff = undefined;
        return { id };
      },
    } as never,
    products: () =>
      `(SELECT * FROM values('product_id String, name String, category String, price_fen Int64, stock Nullable(Int64)', ('tea', 'Tea', 'Drinks', 3000, NULL), ('cup', 'Cup', 'Ware', 2000, NULL), ('gone', 'Gone', 'Ware', 2000, 0)))`,
    write: async (_ws, items) => void world.written.push(...items),
    ladder: async () => ['basic', 'buyer'].map((key) => ({ key, name: { zh: key, en: key } })),
    levelsSql: async () => levelsSql(),
    levelOf: async (_ws, people) => new Map(people.flatMap((p) => (world.levels.has(p) ? [[p, world.levels.get(p)!] as const] : []))),
    interestSql: async () =>
      `SELECT * FROM values('person_no UInt32, topic String, score Float64', ${world.interests.map(([p, t, s]) => `(${p}, '${t}', ${s})`).join(', ') || "(0, '', 0)"})`,
    contents: async (_ws, among) => world.contents.filter((c) => !among || among.includes(c.id)),
    personNo: async (_ws, id) => Number(/^p(\d+)$/.exec(id)?.[1]) || undefined,
    personId: (no) => `p${no}`,
    zone: async () => 'Asia/Shanghai',
    workspaces: async () => [],
  });
  let key = 0;
  return Object.assign(world, {
    ...{ engines, clock, matching },
    tell: (workspaceNo: number, events: readonly Told[]) =>
      ch.insertRows(
        'events',
        events.map((e) => ({
          ...{ workspace_no: workspaceNo, person_no: e.person, time: new Date(e.at).toISOString(), type: 'track', event: e.event },
          ...{ message_id: `m${++key}`, key, batch: 1, received_at: new Date(e.at).toISOString(), source: e.source ?? 'http', carrier: '' },
          ...{ properties: e.properties ?? {}, context: '', moved_from: 0 },
        })),
      ),
    close: () => engines.close(),
  });
}
