import { type Ch, type Clock, type Jobs, type Log, newId, notFound, type Pg } from '../../base/index.ts';
import { conflictMessages, conflictsByHour } from '../../people/index.ts';
import { hourOf, msOf } from './calendar.ts';
import { Collector } from './collect.ts';
import type { NobodyOf, Source } from './count.ts';
import { detect } from './detect.ts';
import type { Expectation } from './detectors/expected-missed.ts';
import { examplesOf } from './examples.ts';
import { type Evidence, type FindingView, findingColumns, keepFindings, knownFindings, shownFinding } from './findings.ts';
import { follow, knownHours } from './follow.ts';
import { type History, historyHours, mark, readHistory } from './history.ts';
import { overviewOf, seriesOf } from './overview.ts';
import { refusedSeries } from './refused/store.ts';
import { refusedView, whyRefused } from './refused/view.ts';
import type { ExpectedInput, ExpectedTime, FindingChange, FindingQuery } from './schema.ts';
import type { Tally } from './tally.ts';
import { type Alarm, createTelling } from './tell.ts';

export interface HealthDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  source: Source;
  tally: Tally;
  workspaces: () => Promise<readonly { no: number; timezone: string }[]>;
  /** Event names of which silence is right: deprecated or blocked in the catalogue. */
  quiet: (workspaceNo: number) => Promise<ReadonlySet<string>>;
  /** Names of write keys. */
  keys: (workspaceNo: number) => Promise<readonly { id: string; name: string }[]>;
  /** What the catalogue says is to be expected. */
  expectations: (workspaceNo: number) => Promise<readonly Expectation[]>;
}

export type Health = ReturnType<typeof createHealth>;
export const checkKind = 'health.check';
const everyMs = 5 * 60_000;
const flushMs = 60_000;

export function createHealth(deps: HealthDeps) {
  const { pg, ch, clock } = deps;
  let alarm: Alarm | undefined;
  const nobodyOf: NobodyOf = async (workspaceNo, people) => {
    const rows = await pg.query<{ person_no: number }>(
      `SELECT p AS person_no FROM unnest($2::bigint[]) AS p
       WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.workspace_no = $1 AND i.person_no = p AND i.type NOT IN ('anonymous_id', 'device_id', 'cookie_id'))
         AND NOT EXISTS (SELECT 1 FROM people m WHERE m.person_no = p AND m.merged_into IS NOT NULL)`,
      [workspaceNo, people],
    );
    return rows.map((r) => r.person_no);
  };
  const collector = new Collector({ ...deps, nobodyOf });

  const historyOf = async (workspaceNo: number, timezone: string, end: number): Promise<History> => {
    const history = await readHistory(ch, workspaceNo, timezone, end - historyHours, end);
    const expected = await pg.query<{ from_at: Date | string; to_at: Date | string }>(
      'SELECT from_at, to_at FROM health_expected WHERE workspace_no = $1 AND to_at > $2',
      [workspaceNo, new Date(msOf(history.start))],
    );
    for (const { from_at, to_at } of expected)
      for (const mask of [history.expected, history.unlike]) mark(history, mask, new Date(from_at).getTime(), new Date(to_at).getTime());
    const conflicts = new Float64Array(end - history.start);
    for (const { hour, n } of await conflictsByHour(pg, workspaceNo, new Date(msOf(history.start)), new Date(msOf(end))))
      conflicts[hour - history.start] = n;
    history.measures.push({ measure: 'conflict', subject: '', count: conflicts, of: new Float64Array(conflicts.length) });
    history.measures.push(...(await refusedSeries(ch, workspaceNo, history.start, end)));
    return history;
  };

  /** Looks at the whole hours since the last look. What has landed must have been counted. */
  const check = async (workspaceNo: number, timezone: string): Promise<{ open: number; opened: number; closed: number }> => {
    const end = hourOf(clock.ms());
    const [last] = await pg.query<{ through: Date | string }>('SELECT through FROM health_checks WHERE workspace_no = $1', [workspaceNo]);
    const since = last ? hourOf(new Date(last.through).getTime()) : end - 24;
    if (since >= end) return { open: 0, opened: 0, closed: 0 };
    const history = await historyOf(workspaceNo, timezone, end);
    const broken = await knownFindings(pg, workspaceNo, history.start);
    history.broken = broken;
    const known = broken.filter((f) => f.open || f.to >= end - knownHours);
    const suspicions = detect(
      history,
      Math.max(since, end - 24),
      known,
      await deps.quiet(workspaceNo),
      await deps.expectations(workspaceNo),
    );
    for (const s of suspicions) if (s.detector === 'refused_rise') s.details = await whyRefused(deps, workspaceNo, s);
    const followed = follow(known, suspicions, end);
    await keepFindings(deps, workspaceNo, end, followed, async (s) =>
      examplesOf(
        deps,
        workspaceNo,
        s,
        s.detector === 'conflict_burst' ? await conflictMessages(pg, workspaceNo, new Date(msOf(s.from)), new Date(msOf(s.to))) : undefined,
      ),
    );
    return { open: suspicions.length, opened: followed.opened.length, closed: followed.closed.length };
  };

  const one = async (workspaceNo: number, id: string): Promise<FindingView> => {
    const [row] = await pg.query<FindingView>(`SELECT ${findingColumns} FROM health_findings WHERE workspace_no = $1 AND id = $2`, [
      workspaceNo,
      id,
    ]);
    if (!row) throw notFound('Finding');
    return row;
  };

  const tell = createTelling({ pg, log: deps.log, alarm: () => alarm });

  const run = async (): Promise<void> => {
    await collector.run();
    for (const { no, timezone } of await deps.workspaces()) await check(no, timezone);
    await tell();
  };
  let next = 0;

  return {
    /** Counts what has landed. */
    collect: () => collector.run(),
    /** Writes down what the doors counted; answers when it is to be done again. */
    flush: async (): Promise<number> => {
      await collector.doors();
      return clock.ms() + flushMs;
    },
    /** What the doors refused of each sender, and why. */
    refused: async (workspaceNo: number) => {
      await collector.doors();
      return refusedView(deps, workspaceNo, hourOf(clock.ms()));
    },
    /** The same, for somebody who waits no longer than this. */
    soon: (patienceMs: number) => collector.soon(patienceMs),
    check,
    tell,
    /** Counts, looks at every workspace, and tells. */
    run,
    /** The same when its time has come; answers when that is again. */
    due: async (): Promise<number> => {
      if (clock.ms() >= next) {
        await run();
        next = clock.ms() + everyMs;
      }
      return next;
    },
    /** Who is told of findings; the rooms below are connected where the program is put together. */
    onFinding: (handler: Alarm) => {
      alarm = handler;
    },
    defineJob: (jobs: Jobs) =>
      jobs.define(checkKind, async ({ workspaceNo }) => {
        await collector.run();
        const workspace = (await deps.workspaces()).find((w) => w.no === workspaceNo);
        const result = workspace ? await check(workspaceNo, workspace.timezone) : { open: 0, opened: 0, closed: 0 };
        await tell();
        return result;
      }),
    findings: async (workspaceNo: number, query: FindingQuery): Promise<{ items: FindingView[]; total: number }> => {
      const wheres = ['workspace_no = $1'];
      const values: unknown[] = [workspaceNo];
      const add = (sql: string, value: unknown) => wheres.push(sql.replace('?', `$${values.push(value)}`));
      if (query.state) add('state = ?', query.state);
      if (query.handling) add('handling = ?', query.handling);
      if (query.detector) add('detector = ?', query.detector);
      if (query.severity) add('severity = ?', query.severity);
      const [{ total } = { total: 0 }] = await pg.query<{ total: number }>(
        `SELECT count(*)::int AS total FROM health_findings WHERE ${wheres.join(' AND ')}`,
        values,
      );
      if (query.before) {
        const [open, at, id] = [values.push(query.before.open), values.push(query.before.lastAt), values.push(query.before.id)];
        wheres.push(`(state = 'open', last_at, id) < ($${open}::boolean, $${at}::timestamptz, $${id}::text)`);
      }
      const items = await pg.query<FindingView>(
        `SELECT ${findingColumns} FROM health_findings WHERE ${wheres.join(' AND ')} ORDER BY (state = 'open') DESC, last_at DESC, id DESC LIMIT ${query.limit}`,
        values,
      );
      return { items: items.map(shownFinding), total };
    },
    finding: async (workspaceNo: number, id: string) => shownFinding(await one(workspaceNo, id)),
    /** What was usual and what came around a finding, by hour. */
    series: async (workspaceNo: number, timezone: string, id: string) => {
      const finding = await one(workspaceNo, id);
      const end = Math.min(hourOf(clock.ms()), hourOf(new Date(finding.lastAt).getTime()) + 24);
      return seriesOf(await historyOf(workspaceNo, timezone, end), finding);
    },
    /** How staff take a finding. Muted: no more of it, until undone. Expected: its time is no pattern for others. */
    handle: async (workspaceNo: number, id: string, change: FindingChange, by: string): Promise<FindingView> => {
      const finding = await one(workspaceNo, id);
      await pg.tx(async (tx) => {
        await tx.query(
          'UPDATE health_findings SET handling = coalesce($3, handling), note = coalesce($4, note), handled_by = $5, handled_at = $6 WHERE workspace_no = $1 AND id = $2',
          [...[workspaceNo, id, change.handling ?? null, change.note ?? null, by, clock.now()]],
        );
        if (change.handling === 'muted')
          await tx.query(
            `INSERT INTO health_mutes (workspace_no, detector, subject, until, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (workspace_no, detector, subject) DO UPDATE SET until = EXCLUDED.until`,
            [workspaceNo, finding.detector, finding.subject, change.until ?? null, by, clock.now()],
          );
        else if (change.handling)
          await tx.query('DELETE FROM health_mutes WHERE workspace_no = $1 AND detector = $2 AND subject = $3', [
            workspaceNo,
            finding.detector,
            finding.subject,
          ]);
        if (change.handling === 'expected')
          await tx.query(
            'INSERT INTO health_expected (id, workspace_no, from_at, to_at, note, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
            [
              ...[
                newId('expect', clock.ms()),
                workspaceNo,
                finding.firstAt,
                finding.lastAt,
                change.note ?? `${finding.detector} ${finding.subject}`,
                by,
                clock.now(),
              ],
            ],
          );
      });
      return shownFinding(await one(workspaceNo, id));
    },
    expected: {
      list: (workspaceNo: number) =>
        pg.query<ExpectedTime>(
          'SELECT id, from_at AS "from", to_at AS "to", note FROM health_expected WHERE workspace_no = $1 ORDER BY from_at DESC LIMIT 200',
          [workspaceNo],
        ),
      add: async (workspaceNo: number, input: ExpectedInput, by: string): Promise<ExpectedTime> => {
        const id = newId('expect', clock.ms());
        await pg.query(
          'INSERT INTO health_expected (id, workspace_no, from_at, to_at, note, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
          [...[id, workspaceNo, input.from, input.to, input.note ?? null, by, clock.now()]],
        );
        return { id, from: new Date(input.from).toISOString(), to: new Date(input.to).toISOString(), note: input.note ?? null };
      },
      remove: async (workspaceNo: number, id: string) => {
        const gone = await pg.query('DELETE FROM health_expected WHERE workspace_no = $1 AND id = $2 RETURNING id', [workspaceNo, id]);
        if (gone.length === 0) throw notFound('Expected period');
      },
    },
    /** Is the data of today whole? */
    overview: async (workspaceNo: number, timezone: string) => {
      await collector.soon(2_000);
      const end = hourOf(clock.ms());
      const [checked] = await pg.query<{ through: string }>('SELECT through FROM health_checks WHERE workspace_no = $1', [workspaceNo]);
      const open = await pg.query<{ severity: string; handling: string; n: number }>(
        "SELECT severity, handling, count(*)::int AS n FROM health_findings WHERE workspace_no = $1 AND state = 'open' GROUP BY severity, handling",
        [workspaceNo],
      );
      return overviewOf(await historyOf(workspaceNo, timezone, end), open, checked?.through ?? null);
    },
  };
}

export type { Evidence };
