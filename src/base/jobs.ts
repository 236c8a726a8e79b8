import { Logger, type Runner, run, runMigrations, runOnce, type TaskList } from 'graphile-worker';
import type { Clock } from './clock.ts';
import { notFound, Problem } from './errors.ts';
import { newId } from './ids.ts';
import type { Log } from './log.ts';
import type { Migration } from './migrations.ts';
import type { Pg } from './postgres/index.ts';

export interface JobRun<P = Record<string, unknown>> {
  id: string;
  workspaceNo: number;
  payload: P;
  /** Tells how far it is; shown to whoever waits. */
  progress(p: { done: number; total?: number }): Promise<void>;
}

export interface JobView {
  id: string;
  kind: string;
  state: 'queued' | 'running' | 'done' | 'failed';
  progress: { done: number; total?: number } | null;
  result: unknown;
  error: string | null;
  createdAt: string;
  finishedAt: string | null;
}

/** A run that fails is noted as failed and not tried again; only one that was cut off by the end of its process is, however often that happens. */
const attempts = 32_767;

export interface Jobs {
  /** Says how work of a kind is done. A run may be repeated after a crash: it must be idempotent. */
  define<P>(kind: string, fn: (job: JobRun<P>) => Promise<unknown>): void;
  /** Queues work. With `key`, work of that key that still waits is replaced by this. */
  start(workspaceNo: number, kind: string, payload: object, options?: { key?: string }): Promise<{ id: string }>;
  get(workspaceNo: number, id: string): Promise<JobView>;
  /** Begins to take work. */
  run(): Promise<void>;
  /** Does all that is due, here and now. For tests. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export const jobMigrations: Migration[] = [
  {
    room: 'base',
    n: 1,
    name: 'jobs',
    pg: `CREATE TABLE jobs (
      id text PRIMARY KEY, workspace_no int NOT NULL, kind text NOT NULL, payload jsonb NOT NULL,
      state text NOT NULL DEFAULT 'queued', progress jsonb, result jsonb, error text,
      created_at timestamptz NOT NULL, finished_at timestamptz);
      CREATE INDEX ON jobs (workspace_no, created_at DESC);`,
  },
];

/**
 * Background work on PostgreSQL. `alone`: this process is the only one on its database (the embedded one). State and progress of each run are rows that anyone who waits can read.
 */
export async function createJobs(deps: { pg: Pg; clock: Clock; log: Log; connectionString: string; alone: boolean }): Promise<Jobs> {
  const { pg, clock, log } = deps;
  const kinds = new Map<string, (job: JobRun<never>) => Promise<unknown>>();
  let runner: Runner | undefined;

  const work = async (id: string): Promise<void> => {
    const [row] = await pg.query<{ workspace_no: number; kind: string; payload: object }>(
      "UPDATE jobs SET state = 'running' WHERE id = $1 AND state IN ('queued', 'running') RETURNING workspace_no, kind, payload",
      [id],
    );
    if (!row) return;
    const fn = kinds.get(row.kind);
    if (!fn) throw new Error(`no such kind of job: ${row.kind}`);
    try {
      const progress = async (p: { done: number; total?: number }) => {
        await pg.query('UPDATE jobs SET progress = $2 WHERE id = $1', [id, p]);
      };
      const result = await fn({ id, workspaceNo: row.workspace_no, payload: row.payload as never, progress });
      await pg.query("UPDATE jobs SET state = 'done', result = $2, finished_at = $3 WHERE id = $1", [
        id,
        JSON.stringify(result ?? null),
        clock.now(),
      ]);
    } catch (error) {
      // What is wrong on the other side is for whoever asked; what is wrong with us is for whoever runs the server.
      if (error instanceof Problem) log.warn({ problem: error.title, job: id, kind: row.kind }, 'job failed');
      else log.error({ err: error, job: id, kind: row.kind }, 'job failed');
      await pg.query("UPDATE jobs SET state = 'failed', error = $2, finished_at = $3 WHERE id = $1", [
        id,
        String((error as Error).message ?? error),
        clock.now(),
      ]);
    }
  };
  const taskList: TaskList = { yutang: async (payload) => work((payload as { id: string }).id) };
  const logger = new Logger((scope) => (level, message) => {
    if (level === 'error' || level === 'warning') log.warn({ scope: scope.label }, message);
  });
  const options = { connectionString: deps.connectionString, taskList, noHandleSignals: true, logger };
  await runMigrations(options);

  return {
    define: (kind, fn) => {
      kinds.set(kind, fn as (job: JobRun<never>) => Promise<unknown>);
    },
    start: async (workspaceNo, kind, payload, opts) => {
      const id = newId('job', clock.ms());
      await pg.query('INSERT INTO jobs (id, workspace_no, kind, payload, created_at) VALUES ($1, $2, $3, $4, $5)', [
        id,
        workspaceNo,
        kind,
        payload,
        clock.now(),
      ]);
      const key = opts?.key ? `${workspaceNo}:${kind}:${opts.key}` : id;
      // Where waiting work of that key is taken up at this very moment, the queue silently adds nothing: then it is asked again.
      for (let added = false; !added; ) {
        const [row] = await pg.query<{ id: unknown }>(
          "SELECT id FROM graphile_worker.add_job('yutang', $1::json, job_key => $2, max_attempts => $3)",
          [JSON.stringify({ id }), key, attempts],
        );
        added = row?.id != null;
      }
      return { id };
    },
    get: async (workspaceNo, id) => {
      const [row] = await pg.query<JobView>(
        `SELECT id, kind, state, progress, result, error, created_at AS "createdAt", finished_at AS "finishedAt"
         FROM jobs WHERE workspace_no = $1 AND id = $2`,
        [workspaceNo, id],
      );
      if (!row) throw notFound('Job');
      return row;
    },
    run: async () => {
      // What a killed process had in hand is free again at once, where no other process can be working on this queue.
      if (deps.alone)
        await pg.query(
          'SELECT graphile_worker.force_unlock_workers(array_agg(locked_by)) FROM graphile_worker._private_jobs WHERE locked_by IS NOT NULL',
        );
      runner = await run({ ...options, concurrency: 2, pollInterval: 5000 });
    },
    flush: () => runOnce(options),
    stop: async () => {
      await runner?.stop();
    },
  };
}
