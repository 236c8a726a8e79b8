import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { testDatabase, testEngines } from '../../../test/kit.ts';
import {
  connectPg,
  createJobs,
  type Jobs,
  jobMigrations,
  manualClock,
  migrate,
  newDataKey,
  type Pg,
  silentLog,
  systemClock,
} from '../../base/index.ts';
import { peopleByIdentities, migrations as peopleMigrations } from '../../people/index.ts';
import { createEvents, type Events } from '../events.ts';
import { migrations as eventMigrations } from '../migrations.ts';
import {
  createImports,
  type EventSink,
  eventSink,
  type ImportedEvent,
  type ImportKind,
  type Imports,
  type ImportView,
  importMigrations,
  importOptions,
} from './index.ts';

/** For tests: the door with a sink that keeps events in memory, each message id once, as the events room does. */
export interface Harness {
  imports: Imports;
  pg: Pg;
  jobs: Jobs;
  stored: Map<string, ImportedEvent>;
  /** The next passing of this boundary throws, as if the process had ended there. */
  stopAt(name: string | undefined, nth?: number): void;
  /** Uploads, starts, works until done, and returns what came of it. */
  run(content: string | Buffer | Readable, input: RunInput): Promise<ImportView>;
  rejected(id: string): Promise<string>;
  close(): Promise<void>;
}

export interface RunInput {
  kind: ImportKind;
  dryRun?: boolean;
  sheet?: string;
  mapping?: Record<string, string>;
  options?: object;
  workspaceNo?: number;
  name?: string;
}

export async function harness(): Promise<Harness> {
  const { url, drop } = await testDatabase();
  const pg = connectPg(url, { max: 8 });
  await migrate(pg, { command: async () => {} } as never, [...jobMigrations, ...importMigrations]);
  const stored = new Map<string, ImportedEvent>();
  const rest = await build(pg, url, memorySink(stored));
  return {
    ...rest,
    stored,
    close: async () => {
      await rest.close();
      await pg.close();
      await drop();
    },
  };
}

/** The same with the real events room on real engines. */
export async function realHarness(): Promise<Omit<Harness, 'stored'> & { events: Events; sql<T>(text: string): Promise<T[]> }> {
  const engines = await testEngines();
  const { pg, ch } = engines;
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...importMigrations]);
  const events = await createEvents({ pg, ch, clock: systemClock, log: silentLog });
  const rest = await build(pg, engines.url, eventSink(events, ch), peopleByIdentities);
  return {
    ...rest,
    events,
    sql: (text) => ch.query(text),
    close: async () => {
      await rest.close();
      await events.stop();
      await engines.close();
    },
  };
}

function memorySink(stored: Map<string, ImportedEvent>): EventSink {
  return {
    write: async (workspaceNo, items) => {
      const before = stored.size;
      const bad = items.flatMap((item, index) => (item.event === 'Refused' ? [{ index, field: 'event', reason: 'is refused here' }] : []));
      for (const item of items) {
        const key = `${workspaceNo}:${item.messageId}`;
        if (item.event !== 'Refused' && !stored.has(key)) stored.set(key, item);
      }
      const accepted = stored.size - before;
      return { accepted, duplicates: items.length - accepted - bad.length, rejected: bad };
    },
    check: (items) =>
      items.flatMap((item, index) => (item.event === 'Refused' ? [{ index, field: 'event', reason: 'is refused here' }] : [])),
    known: async (workspaceNo, ids) => new Set(ids.filter((id) => stored.has(`${workspaceNo}:${id}`))),
    ownersOf: async () => new Map(),
    putProducts: async () => {},
    countFrom: async (workspaceNo, source, ids) => ids.filter((id) => stored.get(`${workspaceNo}:${id}`)?.source === source).length,
  };
}

type LookUp = (pg: Pg, workspaceNo: number, identities: readonly { type: string; value: string }[]) => Promise<Map<string, number>>;

async function build(pg: Pg, url: string, events: EventSink, people: LookUp = async () => new Map()) {
  const clock = manualClock('2026-03-01T00:00:00Z');
  const jobs = await createJobs({ pg, clock, log: silentLog, connectionString: url, alone: true });
  const dir = mkdtempSync(join(tmpdir(), 'yutang-imports-'));
  const keys = { current: 1, data: new Map([[1, newDataKey()]]) };
  let stop: { name: string; left: number } | undefined;
  const imports = createImports({
    pg,
    clock,
    jobs,
    log: silentLog,
    dir,
    keys: async () => keys,
    events,
    people: (workspaceNo, identities) => people(pg, workspaceNo, identities),
    workspace: async () => ({ timezone: 'Asia/Shanghai', currency: 'CNY' }),
    boundary: (name) => {
      if (stop?.name === name && --stop.left === 0) throw new Error(`stopped at ${name}`);
    },
  });
  return {
    imports,
    pg,
    jobs,
    stopAt: (name: string | undefined, nth = 1) => {
      stop = name === undefined ? undefined : { name, left: nth };
    },
    run: async (content: string | Buffer | Readable, input: RunInput) => {
      const no = input.workspaceNo ?? 1;
      const stream = content instanceof Readable ? content : Readable.from([Buffer.from(content as string)]);
      const { uploadId } = await imports.upload(no, { name: input.name ?? 'test.csv', stream });
      const { id } = await imports.start(no, {
        uploadId,
        kind: input.kind,
        mapping: input.mapping,
        options: importOptions.parse(input.options ?? {}),
        dryRun: input.dryRun ?? false,
        sheet: input.sheet,
      });
      clock.advance(1000);
      await jobs.flush();
      return imports.get(no, id);
    },
    rejected: async (id: string) => {
      const { stream } = await imports.rejected(1, id);
      return Buffer.concat(await stream.toArray()).toString('utf8');
    },
    close: async () => {
      await jobs.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
