import { boundary, type Ch, type Clock, type Jobs, type Log, newId, notFound, type Pg, sqlStrings } from '../../../base/index.ts';
import type { Privacy } from '../privacy.ts';
import { type About, readAbout } from './about.ts';
import { alone } from './alone.ts';
import { cleanClickhouse, cleanPostgres } from './clean.ts';
import { removeRows, removeValues } from './rows.ts';
import { type ErasedEvents, type Stray, straysOf } from './strays.ts';

export interface Actor {
  kind: string;
  id: string;
  name: string;
}

export interface ErasureDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  privacy: Privacy;
  events: ErasedEvents;
  /** The PostgreSQL is the embedded one: its files are ours to clean. */
  ownPostgres: boolean;
  /** Brings to an end what lay waiting when it was asked for and would bring the person back; returns how many waiting files it removed. */
  finish(workspaceNo: number, askedAt: Date): Promise<number>;
  /** Files in which personal values may stand (imports, exports): takes the person out, returns how many pieces went. */
  files(about: About, values: string[]): Promise<Record<string, number>>;
  /** Returns once all that was on its way when the rows were removed has landed and been followed up. */
  settled(): Promise<void>;
}

interface Row {
  id: string;
  workspace_no: number;
  person_no: number;
  numbers: number[];
  state: 'asked' | 'removed' | 'done';
  asked_at: Date;
  removed: { strays?: Stray[] };
}

const kind = 'people.erase';
const columns = 'id, workspace_no, person_no, numbers, state, asked_at, removed';
/** So many erasures are brought on by one job. */
const togetherMost = 200;
/** Always cleaned; other tables about people where they have rows of them. */
const eventTables = ['events', 'person_state'];

export type Erasures = ReturnType<typeof createErasures>;

/**
 * Erasure of people. Asked (a tombstone with who, when and why) → removed (one transaction: nothing is known or sent any more) → done (nothing is left in
 * any file). Every step can be repeated, so a stop anywhere is taken up again.
 */
export function createErasures(deps: ErasureDeps) {
  const { pg, ch, clock, jobs, log, privacy } = deps;

  jobs.define<{ erasureId: string }>(kind, async (job) => {
    const erasure = await read(pg, job.payload.erasureId);
    if (erasure.state === 'asked') {
      await bringToRemoved(erasure);
      // Whoever else was asked for goes with it: cleaning up costs for many hardly more than for one. Who cannot go now is left to a job of their own.
      for (const other of await pg.query<Row>(`SELECT ${columns} FROM erasures WHERE state = 'asked' AND id <> $1 ORDER BY id LIMIT $2`, [
        erasure.id,
        togetherMost,
      ]))
        await bringToRemoved(other).catch((error: unknown) =>
          log.warn({ err: error, erasure: other.id }, 'an erasure waits for its own turn'),
        );
    }
    boundary('erase.removed');
    await job.progress({ done: 1, total: 3 });
    if (erasure.state !== 'done') await deps.settled();
    await alone(pg, async () => {
      // Who was removed meanwhile is cleaned away with the same effort.
      const list = await pg.query<Row>(`SELECT ${columns} FROM erasures WHERE state = 'removed' ORDER BY epoch`);
      if (list.length > 0) await clean(list, (done) => job.progress({ done, total: 3 }));
    });
    const [{ removed } = { removed: {} }] = await pg.query<{ removed: object }>('SELECT removed FROM erasures WHERE id = $1', [erasure.id]);
    return { erasureId: erasure.id, removed };
  });

  const bringToRemoved = async (erasure: Row): Promise<void> => {
    const waiting = await deps.finish(erasure.workspace_no, erasure.asked_at);
    while ((await read(pg, erasure.id)).state === 'asked' && !(await remove(erasure, waiting)));
  };

  /** False when the person became more or less while it was prepared: then it is prepared again. */
  const remove = async (erasure: Row, waiting: number): Promise<boolean> => {
    const { workspace_no: workspaceNo, person_no: personNo } = erasure;
    const numbers = await numbersOf(pg, workspaceNo, personNo, erasure.numbers.map(Number));
    // Events that lie under the number of another would be left behind, and others' events under this number lost.
    await deps.events.settle(workspaceNo, numbers);
    const about = await readAbout(pg, { workspaceNo, personNo, numbers });
    const values = await privacy.vault.open(about.workspaceNo, about.tokens);
    const files: Record<string, number> = await deps.files(about, [
      ...about.needles.filter((n) => !n.startsWith('pii~')),
      ...[...values.values()].map(String),
    ]);
    if (waiting > 0) files.uploads = waiting;
    boundary('erase.files');
    const events = await deps.events.counts(about.workspaceNo, about.numbers);
    const inEvents = await deps.events.tokens(about.workspaceNo, about.numbers);
    const strays = await straysOf(pg, deps.events, about);
    const removed = await pg.tx(async (tx) => {
      await privacy.erased.alone(tx);
      const now = await numbersOf(tx, workspaceNo, personNo, numbers);
      if (now.join() !== numbers.join() || (await deps.events.unsettled(tx, workspaceNo, now))) return false;
      const rows = await removeRows(tx, about);
      const sealed = await removeValues(tx, about.workspaceNo, [...new Set([...about.tokens, ...inEvents])]);
      await tx.query(
        "UPDATE erasures SET state = 'removed', removed = $2, numbers = $3, epoch = nextval('erasure_epochs') WHERE id = $1 AND state = 'asked'",
        [erasure.id, { rows, sealed, files, events, strays }, numbers],
      );
      return true;
    });
    if (removed) await privacy.erased.load(pg);
    return removed;
  };

  const clean = async (list: Row[], progress: (done: number) => Promise<void>): Promise<void> => {
    const abouts = list.map(
      (e): About => ({ workspaceNo: e.workspace_no, personNo: e.person_no, numbers: e.numbers.map(Number), tokens: [], needles: [] }),
    );
    // What was written by work that had begun before the removal.
    const tables = new Set<string>(['personal_values', 'jobs']);
    for (const about of abouts) for (const table of Object.keys(await removeRows(pg, about))) tables.add(table);
    for (const row of await pg.query<{ t: string }>(
      "SELECT DISTINCT jsonb_object_keys(removed->'rows') AS t FROM erasures WHERE id = ANY($1)",
      [list.map((e) => e.id)],
    ))
      tables.add(row.t);
    const where = abouts.map(whereOf).join(' OR ');
    const strays = list.flatMap((e) =>
      (e.removed.strays ?? []).map((s) => `(workspace_no = ${e.workspace_no} AND person_no = ${s.person} AND key = ${s.key})`),
    );
    if (strays.length > 0)
      await ch.command(`ALTER TABLE events UPDATE context = '' WHERE ${strays.join(' OR ')} SETTINGS mutations_sync = 2`);
    const concerned = [...eventTables, ...(await others(ch, where))];
    await cleanClickhouse(
      ch,
      concerned.map((table) => ({ table, where })),
    );
    boundary('erase.clickhouse');
    await progress(2);
    await cleanPostgres(pg, [...tables], deps.ownPostgres);
    boundary('erase.postgres');
    await pg.query("UPDATE erasures SET state = 'done', done_at = $2, removed = removed - 'strays' WHERE id = ANY($1)", [
      list.map((e) => e.id),
      clock.now(),
    ]);
    log.info({ people: list.length }, 'people were erased');
  };

  const enqueue = async (erasure: { id: string; workspaceNo: number }): Promise<string> => {
    const { id } = await jobs.start(erasure.workspaceNo, kind, { erasureId: erasure.id }, { key: erasure.id });
    await pg.query('UPDATE erasures SET job_id = $2 WHERE id = $1', [erasure.id, id]);
    return id;
  };

  return {
    /** Asks for somebody to be erased; the same answer when it was asked before. */
    ask: async (
      workspaceNo: number,
      personNo: number,
      actor: Actor,
      reason: string | undefined,
    ): Promise<{ erasureId: string; jobId: string }> => {
      const people = await pg.query<{ no: number }>(
        'SELECT person_no AS no FROM people WHERE workspace_no = $1 AND (person_no = $2 OR merged_into = $2)',
        [workspaceNo, personNo],
      );
      if (!people.some((p) => p.no === personNo)) throw notFound('Person');
      const id = newId('era', clock.ms());
      await pg.query(
        `INSERT INTO erasures (id, workspace_no, person_no, numbers, state, asked_at, by_kind, by_id, by_name, reason)
         VALUES ($1, $2, $3, $4, 'asked', $5, $6, $7, $8, $9) ON CONFLICT (workspace_no, person_no) DO NOTHING`,
        [id, workspaceNo, personNo, people.map((p) => p.no), clock.now(), actor.kind, actor.id, actor.name, reason ?? null],
      );
      const [row] = await pg.query<{ id: string; job_id: string | null }>(
        'SELECT id, job_id FROM erasures WHERE workspace_no = $1 AND person_no = $2',
        [workspaceNo, personNo],
      );
      return { erasureId: row!.id, jobId: row!.job_id ?? (await enqueue({ id: row!.id, workspaceNo })) };
    },
    /** At a start: takes up what did not come to its end. */
    recover: async (): Promise<void> => {
      const open = await pg.query<{ id: string; workspace_no: number }>(
        `SELECT e.id, e.workspace_no FROM erasures e LEFT JOIN jobs j ON j.id = e.job_id
         WHERE e.state <> 'done' AND (j.id IS NULL OR j.state IN ('failed', 'done'))`,
      );
      for (const row of open) await enqueue({ id: row.id, workspaceNo: row.workspace_no });
    },
    /** How many people were removed since an instant. */
    since: async (workspaceNo: number, since: Date): Promise<number> => {
      const [row] = await pg.query<{ n: number }>(
        "SELECT count(*) AS n FROM erasures WHERE workspace_no = $1 AND state <> 'asked' AND asked_at >= $2",
        [workspaceNo, since],
      );
      return row!.n;
    },
    list: async (workspaceNo: number, before: string | undefined, limit: number) =>
      pg.query<{
        id: string;
        personNo: number;
        state: string;
        askedAt: Date;
        doneAt: Date | null;
        by: Actor;
        reason: string | null;
        removed: object;
      }>(
        `SELECT id, person_no AS "personNo", state, asked_at AS "askedAt", done_at AS "doneAt", reason, removed,
           jsonb_build_object('kind', by_kind, 'id', by_id, 'name', by_name) AS by
         FROM erasures WHERE workspace_no = $1 AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
        [workspaceNo, before ?? null, limit],
      ),
  };
}

const whereOf = (about: About): string => `(workspace_no = ${about.workspaceNo} AND person_no IN (${about.numbers.join(',')}))`;

/** The numbers under which a person stands now: merged meanwhile, they are one with whom they were merged into. Locked, within a transaction. */
async function numbersOf(pg: Pg, workspaceNo: number, personNo: number, before: number[]): Promise<number[]> {
  const rows = await pg.query<{ no: number }>(
    `SELECT person_no AS no FROM people WHERE workspace_no = $1 AND coalesce(merged_into, person_no) IN
       (SELECT coalesce(merged_into, person_no) FROM people WHERE workspace_no = $1 AND person_no = $2) ORDER BY person_no FOR UPDATE`,
    [workspaceNo, personNo],
  );
  return rows.length > 0 ? rows.map((r) => r.no) : before;
}

async function read(pg: Pg, id: string): Promise<Row> {
  const [row] = await pg.query<Row>(`SELECT ${columns} FROM erasures WHERE id = $1`, [id]);
  if (!row) throw notFound('Erasure');
  return row;
}

/** Tables of other rooms that hold rows about these people. */
async function others(ch: Ch, where: string): Promise<string[]> {
  const tables = await ch.query<{ table: string }>(
    `SELECT table FROM system.columns WHERE database = currentDatabase() AND name IN ('workspace_no', 'person_no') AND table NOT IN (${sqlStrings(eventTables)})
     GROUP BY table HAVING count() = 2`,
  );
  const found: string[] = [];
  for (const { table } of tables) {
    const [row] = await ch.query<{ n: number }>(`SELECT count() AS n FROM (SELECT 1 FROM ${table} WHERE ${where} LIMIT 1)`);
    if (row?.n) found.push(table);
  }
  return found;
}
