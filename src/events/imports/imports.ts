import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { badInput, type Clock, type FileKeys, type Jobs, type Log, newId, notFound, type Pg } from '../../base/index.ts';
import { mappingErrors } from './check-mapping.ts';
import { cleanRejected, openImports, removeWaiting } from './clean.ts';
import { describe } from './describe.ts';
import { importFiles } from './files.ts';
import { sample } from './layout.ts';
import { firstRejects, type RejectedRow, rejectedFile } from './rejects.ts';
import type { RunControl } from './run-types.ts';
import type { ImportKind, ImportOptions, ImportView, Inspection, Mapping, Product } from './schema.ts';
import { type EventSink, listImports, listProducts, readImport, view } from './store.ts';
import type { Layout } from './table.ts';
import { takeUpImport } from './take-up.ts';
import { guessMapping } from './targets.ts';
import { tidy } from './tidy.ts';
import { storeUpload } from './upload.ts';

export interface ImportsDeps {
  pg: Pg;
  clock: Clock;
  jobs: Jobs;
  log: Log;
  /** Folder for uploads, pages and rejected rows; the imports own it. */
  dir: string;
  /** What a workspace's files are sealed with. */
  keys(workspaceNo: number): Promise<FileKeys>;
  events: EventSink;
  /** Who holds these identities, by `type|value`. */
  people(workspaceNo: number, identities: readonly { type: string; value: string }[]): Promise<Map<string, number>>;
  /** Zone and currency of a workspace. */
  workspace(workspaceNo: number): Promise<{ timezone: string; currency: string }>;
  boundary?: (name: string) => void;
}

export interface StartImport {
  uploadId: string;
  kind: ImportKind;
  mapping?: Mapping | undefined;
  options: ImportOptions;
  /** Only looks; see dry-run.ts. */
  dryRun?: boolean;
  /** Of a workbook; the first one, or the one that was looked at, when absent. */
  sheet?: string | undefined;
  /** The pull and the run that fetched the rows, which does the work itself. */
  pull?: { pullId: string; runId: string };
  createdBy?: string | null;
}

export interface Imports {
  /** Takes in a file. 400 when it is empty, or no table. */
  upload(workspaceNo: number, file: { name: string; stream: Readable }): Promise<{ uploadId: string }>;
  /** What the file probably is. */
  inspect(workspaceNo: number, uploadId: string, sheet?: string): Promise<Inspection>;
  /** Begins an import in the background. 400 when the mapping does not fit the file. */
  start(workspaceNo: number, input: StartImport): Promise<{ id: string }>;
  /** Does an import, or what is left of it, here and now; throws when it does not end well. */
  work(id: string): Promise<void>;
  /** Goes on with an import that failed. */
  resume(workspaceNo: number, id: string): Promise<{ id: string }>;
  get(workspaceNo: number, id: string): Promise<ImportView>;
  list(workspaceNo: number, before: string | undefined, limit: number): Promise<{ items: ImportView[]; nextCursor: string | null }>;
  /** The file of rejected rows; empty with no rows when there are none. */
  rejected(workspaceNo: number, id: string, say?: (text: string) => string): Promise<{ name: string; stream: Readable }>;
  /** The first of the rejected rows. */
  firstRejected(workspaceNo: number, id: string, limit: number): Promise<RejectedRow[]>;
  products(
    workspaceNo: number,
    query: { query?: string | undefined; after?: string | undefined; limit: number },
  ): Promise<{ items: Product[]; nextCursor: string | null }>;
  /**
   * Brings to its end whatever was uploaded in a workspace before an instant: imports that are queued or run are done, files that only wait are
   * removed. Afterwards nothing can bring back what is erased. Returns the number of files removed.
   */
  finish(workspaceNo: number, before: Date): Promise<number>;
  /** Takes the rows that name somebody out of the rejected ones; returns how many. */
  forget(workspaceNo: number, values: readonly string[]): Promise<number>;
  /** Whether any import waits or runs, in whichever process. */
  underWay(): Promise<boolean>;
  /** At a start: takes up what a stopped process left, and removes files nobody needs any more. Call where background work is done. */
  recover(): Promise<void>;
  /** At a stop: what runs ends at its next checkpoint, to go on at the next start. */
  stop(): void;
}

const jobKind = 'import';

export function createImports(deps: ImportsDeps): Imports {
  const { pg, clock, jobs, log, dir } = deps;
  let stopping = false;
  const filesOf = async (workspaceNo: number) => importFiles(dir, await deps.keys(workspaceNo));

  // Two jobs for one import do no harm: the second finds it taken (see onlyOnce).
  const enqueue = (workspaceNo: number, id: string) => jobs.start(workspaceNo, jobKind, { importId: id });

  const takeUp = (importId: string, progress: RunControl['progress'], wait = false) =>
    takeUpImport(deps, importId, { stopping: () => stopping, progress }, wait);
  jobs.define<{ importId: string }>(jobKind, (job) => takeUp(job.payload.importId, (p) => job.progress(p)));

  const readUpload = async (workspaceNo: number, uploadId: string) => {
    const [row] = await pg.query<{ file: string; bytes: number; layout: Layout }>(
      'SELECT file, bytes, layout FROM uploads WHERE id = $1 AND workspace_no = $2',
      [uploadId, workspaceNo],
    );
    const place = (await filesOf(workspaceNo)).upload(uploadId);
    if (!row || !existsSync(place.path)) throw notFound('Upload');
    return { ...row, place };
  };

  /** A closer look at a file; of a workbook, at the sheet named or the one looked at before. */
  const look = async (uploadId: string, upload: Awaited<ReturnType<typeof readUpload>>, sheet: string | undefined) => {
    const before = upload.layout.format === 'xlsx' ? upload.layout.sheet : undefined;
    const seen = await sample(upload.place, upload.bytes, upload.layout.encoding, sheet ?? before);
    if (sheet !== undefined && sheet !== before)
      await pg.query('UPDATE uploads SET layout = $2, bytes = $3 WHERE id = $1', [uploadId, seen.layout, seen.bytes]);
    return seen;
  };

  return {
    upload: async (workspaceNo, file) => {
      const uploadId = newId('upl', clock.ms());
      const place = (await filesOf(workspaceNo)).upload(uploadId);
      const { bytes, encoding } = await storeUpload(place, file.stream);
      try {
        const { layout, bytes: weight } = await sample(place, bytes, encoding);
        await pg.query('INSERT INTO uploads (id, workspace_no, file, bytes, layout, created_at) VALUES ($1, $2, $3, $4, $5, $6)', [
          uploadId,
          workspaceNo,
          file.name.slice(0, 200),
          weight,
          layout,
          clock.now(),
        ]);
      } catch (error) {
        await rm(place.path, { force: true });
        throw error;
      }
      return { uploadId };
    },
    inspect: async (workspaceNo, uploadId, sheet) => {
      const upload = await readUpload(workspaceNo, uploadId);
      return describe(uploadId, upload.file, await look(uploadId, upload, sheet));
    },
    start: async (workspaceNo, input) => {
      const upload = await readUpload(workspaceNo, input.uploadId);
      const { layout, estimate } = await look(input.uploadId, upload, input.sheet);
      const mapping = input.mapping ?? guessMapping(input.kind, layout.columns);
      const errors = mappingErrors(input.kind, mapping, layout.columns, input.mapping === undefined);
      if (errors.length > 0) throw badInput(errors, 'The columns do not fit');
      const home = await deps.workspace(workspaceNo);
      const id = newId('imp', clock.ms());
      const options = {
        ...input.options,
        timezone: input.options.timezone ?? home.timezone,
        currency: input.options.currency ?? home.currency,
      };
      const [begun] = await pg.query(
        // Locked, so that the file is not removed between being found and being imported.
        `WITH there AS (SELECT 1 FROM uploads WHERE id = $4 FOR SHARE)
         INSERT INTO imports (id, workspace_no, kind, upload_id, file, layout, mapping, options, rows_total, created_by, created_at, dry_run, pull_id)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM there RETURNING id`,
        [
          id,
          workspaceNo,
          input.kind,
          input.uploadId,
          upload.file,
          layout,
          mapping,
          options,
          estimate,
          input.createdBy ?? null,
          clock.now(),
          input.dryRun ?? false,
          input.pull?.pullId ?? null,
        ],
      );
      if (!begun) throw notFound('Upload');
      if (!input.pull) await enqueue(workspaceNo, id);
      return { id };
    },
    work: async (id) => {
      await takeUp(id, async () => {});
      const row = await readImport(pg, id);
      if (stopping && row.state === 'running') throw Object.assign(new Error('stopping'), { code: 'STOPPING' });
      if (row.state !== 'done') throw new Error(row.error ?? `the import of what was fetched is ${row.state}`);
    },
    resume: async (workspaceNo, id) => {
      const row = await readImport(pg, id, workspaceNo);
      if (row.state !== 'failed') throw badInput([{ field: 'id', reason: `this import is ${row.state}; only one that failed can go on` }]);
      if (!existsSync((await filesOf(workspaceNo)).upload(row.uploadId).path))
        throw badInput([{ field: 'id', reason: 'the file of this import is not there any more; upload it again' }]);
      await pg.query("UPDATE imports SET state = 'queued', finished_at = NULL WHERE id = $1", [id]);
      await enqueue(workspaceNo, id);
      return { id };
    },
    get: async (workspaceNo, id) => view(await readImport(pg, id, workspaceNo)),
    list: (workspaceNo, before, limit) => listImports(pg, workspaceNo, before, limit),
    rejected: async (workspaceNo, id, say) => {
      const row = await readImport(pg, id, workspaceNo);
      return { name: `rejected-${row.id}.csv`, stream: rejectedFile((await filesOf(workspaceNo)).rejected(id), say) };
    },
    firstRejected: async (workspaceNo, id, limit) => {
      await readImport(pg, id, workspaceNo);
      return firstRejects((await filesOf(workspaceNo)).rejected(id), limit);
    },
    products: (workspaceNo, query) => listProducts(pg, workspaceNo, query),
    finish: async (workspaceNo, before) => {
      const files = await filesOf(workspaceNo);
      for (;;) {
        for (const id of await openImports(pg, workspaceNo, before)) {
          // One that fails here has said so in its own record.
          await takeUp(id, async () => {}, true).catch((error: unknown) => log.warn({ err: error, import: id }, 'import failed'));
          if (stopping) throw new Error('stopping; it goes on at the next start');
        }
        const removed = await removeWaiting(pg, files, workspaceNo, before);
        if (removed !== undefined) return removed;
      }
    },
    forget: async (workspaceNo, values) => cleanRejected(pg, await filesOf(workspaceNo), workspaceNo, values),
    underWay: async () => (await pg.query("SELECT 1 FROM imports WHERE state IN ('queued', 'running') LIMIT 1")).length > 0,
    recover: async () => {
      const open = await pg.query<{ id: string; workspace_no: number }>(
        "SELECT id, workspace_no FROM imports WHERE state IN ('queued', 'running') ORDER BY id",
      );
      for (const row of open) await enqueue(row.workspace_no, row.id);
      await tidy(pg, clock, dir);
    },
    stop: () => {
      stopping = true;
    },
  };
}
