import { createHash } from 'node:crypto';
import { boundary, type Clock, type Jobs, type Log, type Pg } from '../../../base/index.ts';
import { alone } from '../erase/alone.ts';
import { cleanPostgres } from '../erase/clean.ts';
import type { Privacy } from '../privacy.ts';
import { sealedIdentities } from './identities.ts';
import { sealNotes, sealTexts, sealTraits } from './kept.ts';
import { sealRules } from './rules.ts';

export interface PlainDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  privacy: Privacy;
  /** The PostgreSQL is the embedded one: its files are ours to clean. */
  ownPostgres: boolean;
  workspaces(): Promise<{ no: number }[]>;
  events: {
    /** The last batch that may hold what is personal by now in clear. */
    lastBatch(): Promise<number>;
    seal(workspaceNo: number, run: EventsRun): Promise<void>;
    /** Returns once no file of the engine holds rows that were re-written. */
    clean(): Promise<void>;
  };
}

export interface EventsRun {
  through: number;
  identities: { type: string; value: string; token: string }[];
  isDone(partition: string): boolean;
  done(partition: string, sealed: number, rows: number): Promise<void>;
}

interface Run {
  /** The names that were personal when the run began: others are another run. */
  names: string;
  /** Batches after this one were sealed as they came. */
  through: number | null;
  steps: string[];
  sealed: number;
  done_at: Date | null;
}

const kind = 'privacy.seal';
const tables = ['people', 'outbox', 'person_notes', 'definitions', 'definition_versions', 'audiences', 'journeys', 'journey_versions'];
const identityTables = ['identities', 'identity_pointers', 'identity_conflicts', 'identity_quarantine', 'person_merges', 'person_splits'];
const whole = 6;

export type Plain = ReturnType<typeof createPlain>;

/**
 * Values that stand in clear from before they were sealed: those of installations that are older than the vault, and those under a name that was
 * declared personal since. Identities are sealed before the first event is taken in, all the rest by a job.
 */
export function createPlain(deps: PlainDeps) {
  const { pg, clock, log, jobs, privacy } = deps;

  const read = async (workspaceNo: number): Promise<Run | undefined> => {
    const [run] = await pg.query<Run>('SELECT names, through, steps, sealed, done_at FROM sealings WHERE workspace_no = $1', [workspaceNo]);
    return run;
  };
  const namesOf = async (workspaceNo: number): Promise<string> => {
    const { traits, properties } = await privacy.declared(workspaceNo);
    return createHash('sha256')
      .update(JSON.stringify([[...traits].sort(), [...properties].sort()]))
      .digest('hex')
      .slice(0, 16);
  };
  const begin = async (workspaceNo: number, names: string, done: boolean): Promise<void> => {
    await pg.query(
      `INSERT INTO sealings (workspace_no, names, through, steps, sealed, begun_at, done_at) VALUES ($1, $2, NULL, '{}', 0, $3, $4)
       ON CONFLICT (workspace_no) DO UPDATE SET names = $2, through = NULL, steps = '{}', begun_at = $3, done_at = $4`,
      [workspaceNo, names, clock.now(), done ? clock.now() : null],
    );
  };
  /** Whether something may stand in clear. */
  const due = async (workspaceNo: number): Promise<boolean> => {
    const [run, names] = await Promise.all([read(workspaceNo), namesOf(workspaceNo)]);
    if (run?.names === names) return run.done_at === null;
    const [anybody] = await pg.query('SELECT 1 FROM people WHERE workspace_no = $1 LIMIT 1', [workspaceNo]);
    await begin(workspaceNo, names, !anybody);
    return anybody !== undefined;
  };

  /** Seals what stands in clear in a workspace, or what is left of it; returns at once when nothing does. */
  const work = (workspaceNo: number, progress: (p: { done: number; total: number }) => Promise<void>): Promise<number> =>
    alone(pg, async () => {
      if (!(await due(workspaceNo))) return (await read(workspaceNo))?.sealed ?? 0;
      const run = (await read(workspaceNo))!;
      if (run.through === null) {
        run.through = await deps.events.lastBatch();
        await pg.query('UPDATE sealings SET through = $2 WHERE workspace_no = $1', [workspaceNo, run.through]);
      }
      const step = async (name: string, fn: () => Promise<number>): Promise<void> => {
        if (!run.steps.includes(name)) await note(name, await fn());
        await progress({ done: ++done, total: whole });
      };
      const note = async (name: string, sealed: number): Promise<void> => {
        run.steps.push(name);
        run.sealed += sealed;
        await pg.query('UPDATE sealings SET steps = $2, sealed = $3 WHERE workspace_no = $1', [workspaceNo, run.steps, run.sealed]);
      };
      let done = 0;
      const kept = { pg, privacy, workspaceNo };
      // First the events: what people are known by is worked out from them again when they are split.
      await step('events', async () => {
        await deps.events.seal(workspaceNo, {
          through: Number(run.through),
          identities: await sealedIdentities(pg, privacy, workspaceNo),
          isDone: (partition) => run.steps.includes(partition),
          done: (partition, sealed) => note(partition, sealed),
        });
        return 0;
      });
      await step('traits', () => sealTraits(kept));
      await step('texts', () => sealTexts(kept));
      await step('rules', () => sealRules(kept));
      await step('notes', () => sealNotes(kept));
      const [before] = await pg.query<{ sealed: number }>('SELECT sealed FROM sealings WHERE workspace_no = 0');
      if (run.sealed + Number(before?.sealed ?? 0) > 0) {
        await deps.events.clean();
        await cleanPostgres(pg, [...identityTables, ...tables, 'jobs'], deps.ownPostgres);
        boundary('privacy.sealed.cleaned');
      }
      await pg.query('UPDATE sealings SET done_at = $2 WHERE workspace_no = $1', [workspaceNo, clock.now()]);
      await progress({ done: whole, total: whole });
      if (run.sealed > 0) log.info({ workspace: workspaceNo, values: run.sealed }, 'what stood in clear is sealed');
      return run.sealed;
    });

  jobs.define(kind, async (job) => ({ sealed: await work(job.workspaceNo, (p) => job.progress(p)) }));

  const soon = async (workspaceNo: number): Promise<void> => {
    if (await due(workspaceNo)) await jobs.start(workspaceNo, kind, {}, { key: 'seal' });
  };
  return {
    /** At a start: begins the job where it is due, or goes on with it. */
    recover: async (): Promise<void> => {
      for (const { no } of await deps.workspaces()) await soon(no);
    },
    /** Begins the job when names have become personal since. */
    soon,
    /** Brings it to its end, here: nothing of a person may come into the vault once they are erased. */
    finish: (workspaceNo: number): Promise<number> => work(workspaceNo, async () => {}),
    /** How far it is: for whoever runs the workspace. */
    state: async (workspaceNo: number): Promise<{ sealed: number; done: boolean }> => {
      const run = await read(workspaceNo);
      return { sealed: Number(run?.sealed ?? 0), done: run?.done_at != null };
    },
  };
}
