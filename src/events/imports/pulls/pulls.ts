import { Cron } from 'croner';
import type { z } from 'zod';
import { badInput, type Clock, type Jobs, type Log, newId, notFound, type Pg } from '../../../base/index.ts';
import { mappingErrors } from '../check-mapping.ts';
import type { Imports } from '../imports.ts';
import { guess, guessMapping, targets } from '../targets.ts';
import { type Guard, openReader, reasonOf } from './connect.ts';
import { runPull } from './run.ts';
import type { PullBody, PullPatch, PullView, pullTest, RunView, Schedule } from './schema.ts';
import { duePulls, listPulls, listRuns, type PullRow, readPull, view } from './store.ts';

export interface PullsDeps {
  pg: Pg;
  clock: Clock;
  jobs: Jobs;
  log: Log;
  imports: Imports;
  guard: Guard;
  secrets: { seal(text: string): string; open(sealed: string): string };
  workspace(workspaceNo: number): Promise<{ timezone: string }>;
  boundary?: (name: string) => void;
  rowsInSlice?: number;
}

export type Pulls = ReturnType<typeof createPulls>;
const jobKind = 'pull';
const looked = 20;

/** Scheduled reading from other systems' databases. */
export function createPulls(deps: PullsDeps) {
  const { pg, clock, jobs, log } = deps;
  const boundary = deps.boundary ?? (() => {});

  jobs.define<{ runId: string; pullId: string }>(jobKind, async (job) => {
    const { runId, pullId } = job.payload;
    const done = await onlyOnce(pg, pullId, () => runPull({ ...deps, boundary }, runId, (fetched) => job.progress({ done: fetched })));
    if (!done)
      await pg.query(
        "UPDATE pull_runs SET state = 'failed', error = 'another run was under way', finished_at = $2 WHERE id = $1 AND state = 'queued'",
        [runId, clock.now()],
      );
    return { runId };
  });

  const nextOf = async (workspaceNo: number, schedule: Schedule, enabled: boolean): Promise<Date | null> => {
    if (!enabled || 'byHand' in schedule) return null;
    if ('everyMinutes' in schedule) return new Date(clock.ms() + schedule.everyMinutes * 60_000);
    const { timezone } = await deps.workspace(workspaceNo);
    return new Cron(schedule.cron, { paused: true, mode: '5-part', timezone }).nextRun(clock.now());
  };
  const begin = async (row: PullRow): Promise<{ id: string }> => {
    const id = newId('run', clock.ms());
    await pg.query('INSERT INTO pull_runs (id, pull_id, workspace_no, started_at) VALUES ($1, $2, $3, $4)', [
      id,
      row.id,
      row.workspaceNo,
      clock.now(),
    ]);
    await jobs.start(row.workspaceNo, jobKind, { runId: id, pullId: row.id });
    return { id };
  };
  const check = (row: Pick<PullBody, 'kind' | 'mapping'>) => {
    const errors = mappingErrors(row.kind, row.mapping, Object.values(row.mapping), false);
    if (errors.length > 0)
      throw badInput(
        errors.map((e) => ({ ...e, reason: e.reason.replace(/; the file has .*$/, '') })),
        'The mapping does not fit',
      );
  };

  return {
    list: async (workspaceNo: number): Promise<PullView[]> => Promise.all((await listPulls(pg, workspaceNo)).map((row) => view(pg, row))),
    get: async (workspaceNo: number, id: string): Promise<PullView> => view(pg, await readPull(pg, id, workspaceNo)),
    create: async (workspaceNo: number, body: PullBody, by: string | null): Promise<PullView> => {
      check(body);
      const id = newId('pull', clock.ms());
      await pg.query(
        `INSERT INTO pulls (id, workspace_no, name, source, secret, query, cursor_column, kind, mapping, options, schedule, enabled, next_at, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
        [
          id,
          workspaceNo,
          body.name,
          body.source,
          deps.secrets.seal(body.password),
          body.query,
          body.cursor,
          body.kind,
          body.mapping,
          body.options,
          body.schedule,
          body.enabled,
          await nextOf(workspaceNo, body.schedule, body.enabled),
          by,
          clock.now(),
        ],
      );
      return view(pg, await readPull(pg, id));
    },
    update: async (workspaceNo: number, id: string, { password, restart, ...patch }: PullPatch): Promise<PullView> => {
      const row = await readPull(pg, id, workspaceNo);
      const next = { ...row, ...Object.fromEntries(Object.entries(patch).filter(([, v]) => v !== undefined)) } as PullRow;
      check(next);
      const moved = patch.source !== undefined && (patch.source.host !== row.source.host || patch.source.port !== row.source.port);
      // Else whoever may change the host could have the password sent to one of their own.
      if (moved && password === undefined)
        throw badInput([{ field: 'password', reason: 'must be given again when the host or port changes' }]);
      const rescheduled = patch.schedule !== undefined || patch.enabled !== undefined;
      await pg.query(
        `UPDATE pulls SET name = $3, source = $4, secret = $5, query = $6, cursor_column = $7, kind = $8, mapping = $9, options = $10, schedule = $11,
           enabled = $12, next_at = $13, watermark = $14 WHERE id = $1 AND workspace_no = $2`,
        [
          id,
          workspaceNo,
          next.name,
          next.source,
          password === undefined ? row.secret : deps.secrets.seal(password),
          next.query,
          next.cursor,
          next.kind,
          next.mapping,
          next.options,
          next.schedule,
          next.enabled,
          rescheduled ? await nextOf(workspaceNo, next.schedule, next.enabled) : row.nextAt,
          restart || next.cursor !== row.cursor || next.query !== row.query ? null : row.watermark,
        ],
      );
      return view(pg, await readPull(pg, id));
    },
    remove: async (workspaceNo: number, id: string): Promise<void> => {
      const gone = await pg.query('DELETE FROM pulls WHERE id = $1 AND workspace_no = $2 RETURNING id', [id, workspaceNo]);
      if (gone.length === 0) throw notFound('Pull');
    },
    /** A run now, besides the schedule. */
    run: async (workspaceNo: number, id: string): Promise<{ id: string }> => begin(await readPull(pg, id, workspaceNo)),
    runs: async (workspaceNo: number, id: string): Promise<RunView[]> => {
      await readPull(pg, id, workspaceNo);
      return listRuns(pg, id, 50);
    },
    /** Connects, reads a few rows, and says what they probably are. */
    test: async (workspaceNo: number, body: z.infer<typeof pullTest>) => {
      let password = body.password ?? '';
      if (body.pullId !== undefined && body.password === undefined) {
        const row = await readPull(pg, body.pullId, workspaceNo);
        if (row.source.host !== body.source.host || row.source.port !== body.source.port)
          throw badInput([{ field: 'password', reason: 'must be given again when the host or port changes' }]);
        password = deps.secrets.open(row.secret);
      }
      const rows: Record<string, unknown>[] = [];
      try {
        const reader = await openReader(deps.guard, body.source, password);
        try {
          for await (const row of reader.rows(body.query, body.cursor, undefined)) if (rows.push(row.values) >= looked) break;
        } finally {
          await reader.close();
        }
      } catch (error) {
        throw badInput([reasonOf(error)], 'The database could not be read');
      }
      const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      const found = body.kind === undefined ? guess(names) : { kind: body.kind, mapping: guessMapping(body.kind, names) };
      const cursor =
        names.find((n) => /^(updated[_ ]?at|modified[_ ]?at|gmt_modified|update_time|modify_time|last_modified)$/i.test(n)) ??
        names.find((n) => /^id$/i.test(n));
      return {
        columns: names.map((name) => ({
          name,
          examples: [...new Set(rows.map((row) => row[name]).filter((v) => v !== null && v !== undefined))].slice(0, 3),
        })),
        ...(targets[found.kind] && found),
        cursor: body.cursor ?? cursor ?? null,
        sample: rows.slice(0, 10),
      };
    },
    /** Begins what is due; returns when the next is. */
    tick: async (): Promise<number | undefined> => {
      for (const row of await duePulls(pg, clock.now())) {
        const next = await nextOf(row.workspaceNo, row.schedule, true);
        const taken = await pg.query('UPDATE pulls SET next_at = $2 WHERE id = $1 AND next_at = $3 RETURNING id', [
          row.id,
          next,
          row.nextAt,
        ]);
        const open = await pg.query("SELECT 1 FROM pull_runs WHERE pull_id = $1 AND state IN ('queued', 'running')", [row.id]);
        // One that takes longer than its interval is not begun twice.
        if (taken.length > 0 && open.length === 0) await begin(row);
      }
      const [first] = await pg.query<{ at: Date | null }>('SELECT min(next_at) AS at FROM pulls WHERE enabled');
      return first?.at?.getTime();
    },
    /** At a start: takes up runs that a stopped process left. */
    recover: async (): Promise<void> => {
      const open = await pg.query<{ id: string; pull_id: string; workspace_no: number }>(
        "SELECT id, pull_id, workspace_no FROM pull_runs WHERE state IN ('queued', 'running') ORDER BY id",
      );
      for (const row of open) await jobs.start(row.workspace_no, jobKind, { runId: row.id, pullId: row.pull_id });
      if (open.length > 0) log.info({ runs: open.length }, 'pulls taken up again');
    },
  };
}

/** One run of a pull at a time, over all processes; false when another is under way. */
async function onlyOnce(pg: Pg, id: string, work: () => Promise<void>): Promise<boolean> {
  const client = await pg.pool.connect();
  try {
    const lock = await client.query<{ held: boolean }>("SELECT pg_try_advisory_lock(hashtext('pull'), hashtext($1)) AS held", [id]);
    if (!lock.rows[0]?.held) return false;
    await work();
    return true;
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtext('pull'), hashtext($1))", [id]).catch(() => {});
    client.release();
  }
}
