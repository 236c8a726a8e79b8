import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { testDatabase } from '../../../test/kit.ts';
import { connectPg, createJobs, type Jobs, jobMigrations, manualClock, migrate, type Pg, silentLog } from '../../base/index.ts';
import { createImports, type ImportedEvent, type Imports, type ImportView, importMigrations, importOptions } from './index.ts';

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
  kind: 'orders' | 'people' | 'events' | 'products';
  mapping?: Record<string, string>;
  options?: object;
  workspaceNo?: number;
  name?: string;
}

export async function harness(): Promise<Harness> {
  const { url, drop } = await testDatabase();
  const pg = connectPg(url, { max: 8 });
  const clock = manualClock('2026-03-01T00:00:00Z');
  await migrate(pg, { command: async () => {} } as never, [...jobMigrations, ...importMigrations]);
  const jobs = await createJobs({ pg, clock, log: silentLog, connectionString: url, alone: true });
  const dir = mkdtempSync(join(tmpdir(), 'yutang-imports-'));
  const stored = new Map<string, ImportedEvent>();
  let stop: { name: string; left: number } | undefined;
  const imports = createImports({
    pg,
    clock,
    jobs,
    log: silentLog,
    dir,
    workspace: async () => ({ timezone: 'Asia/Shanghai', currency: 'CNY' }),
    boundary: (name) => {
      if (stop?.name === name && --stop.left === 0) throw new Error(`stopped at ${name}`);
    },
    events: {
      write: async (workspaceNo, items) => {
        const before = stored.size;
        const bad = items.flatMap((item, index) =>
          item.event === 'Refused' ? [{ index, field: 'event', reason: 'is refused here' }] : [],
        );
        for (const item of items) {
          const key = `${workspaceNo}:${item.messageId}`;
          if (item.event !== 'Refused' && !stored.has(key)) stored.set(key, item);
        }
        const accepted = stored.size - before;
        return { accepted, duplicates: items.length - accepted - bad.length, rejected: bad };
      },
      countFrom: async (workspaceNo, source, ids) => ids.filter((id) => stored.get(`${workspaceNo}:${id}`)?.source === source).length,
    },
  });
  return {
    imports,
    pg,
    jobs,
    stored,
    stopAt: (name, nth = 1) => {
      stop = name === undefined ? undefined : { name, left: nth };
    },
    run: async (content, input) => {
      const no = input.workspaceNo ?? 1;
      const stream = content instanceof Readable ? content : Readable.from([Buffer.from(content as string)]);
      const { uploadId } = await imports.upload(no, { name: input.name ?? 'test.csv', stream });
      const { id } = await imports.start(no, {
        uploadId,
        kind: input.kind,
        mapping: input.mapping,
        options: importOptions.parse(input.options ?? {}),
      });
      clock.advance(1000);
      await jobs.flush();
      return imports.get(no, id);
    },
    rejected: async (id) => {
      const { stream } = await imports.rejected(1, id);
      return Buffer.concat(await stream.toArray()).toString('utf8');
    },
    close: async () => {
      await jobs.stop();
      await pg.close();
      await drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
