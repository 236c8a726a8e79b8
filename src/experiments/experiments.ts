import { z } from 'zod';
import { badInput, decodeCursor, encodeCursor, type FieldError, problem, sqlString } from '../base/index.ts';
import { checkShape, hideMetrics, problemsOf } from './check.ts';
import { armsOf, enrol, enrolLanded, enrolStanding, type Slice } from './enrol.ts';
import { judge } from './judge.ts';
import { metricsOf, peopleSql } from './outcome-sql.ts';
import { plan } from './plan.ts';
import type { ExperimentsDeps } from './ports.ts';
import type { Definition, Experiment, PeopleAsk, PlanAsk, Results } from './schema.ts';
import { everybody, insert, page, type Row, rowOf, running } from './store.ts';
import { type Asked, sumsOf } from './sums.ts';

export interface Decided {
  workspaceNo: number;
  experiment: Pick<Experiment, 'id' | 'name' | 'definition'>;
  arm: string | null;
  by: 'hand' | 'rule';
}

/** Guards and the rule for a winner are asked this often. */
const lookEveryMs = 3_600_000;

export type Experiments = ReturnType<typeof createExperiments>;

export function createExperiments(given: ExperimentsDeps) {
  const deps: ExperimentsDeps & Required<Pick<ExperimentsDeps, 'steady'>> = { ...given, steady: given.steady ?? ((work) => work()) };
  const { pg, clock, log } = deps;
  const told: ((decided: Decided) => Promise<void>)[] = [];

  const view = (row: Row, problems: FieldError[]): Experiment => ({
    ...{ id: row.id, name: row.name, state: row.state, definition: row.definition, problems },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    launchedAt: row.launched_at?.toISOString() ?? null,
    stoppedAt: row.stopped_at?.toISOString() ?? null,
    stopped: row.stopped,
    decidedAt: row.decided_at?.toISOString() ?? null,
    decision: row.decision,
  });
  const show = async (row: Row): Promise<Experiment> =>
    view(row, row.state === 'draft' ? await problemsOf(deps, row.workspace_no, row.definition) : []);

  /** From one state to another, in one transaction; what it was launched with never changes. */
  const turn = async (
    ws: number,
    id: string,
    from: Row['state'][],
    verb: string,
    sql: string,
    params: (row: Row) => unknown[],
  ): Promise<Row> =>
    pg.tx(async (tx) => {
      const row = await rowOf(tx, ws, id, true);
      if (!from.includes(row.state))
        throw problem(409, `A ${row.state} experiment cannot be ${verb}`, {
          code: 'experiment_state',
          detail: `It must be ${from.join(' or ')}.`,
        });
      const [turned] = await tx.query<Row>(`UPDATE experiments SET ${sql}, updated_at = $2 WHERE no = $1 RETURNING *`, [
        row.no,
        clock.now(),
        ...params(row),
      ]);
      return turned!;
    });
  const stopWith = (ws: number, id: string, stopped: NonNullable<Experiment['stopped']>): Promise<Row> =>
    turn(ws, id, ['running'], 'stopped', "state = 'stopped', stopped_at = $2, stopped = $3", () => [stopped]);
  const decideWith = async (ws: number, id: string, decision: NonNullable<Experiment['decision']>): Promise<Row> => {
    const row = await turn(
      ws,
      id,
      ['running', 'stopped'],
      'decided',
      "state = 'decided', stopped_at = coalesce(stopped_at, $2), decided_at = $2, decision = $3",
      ({ definition }) => {
        if (decision.arm !== null && !definition.arms.some((a) => a.key === decision.arm))
          throw badInput([{ field: 'arm', reason: 'is no arm; name the key of one, or null for none' }]);
        return [decision];
      },
    );
    for (const tell of told)
      await tell({ workspaceNo: ws, experiment: row, arm: decision.arm, by: decision.by }).catch((error: unknown) =>
        log.error({ err: error, experiment: id }, 'a decision could not be carried out'),
      );
    return row;
  };

  const askedOf = (row: Row): Asked => ({ workspaceNo: row.workspace_no, id: row.id, definition: row.definition, since: sinceOf(row) });
  const resultsOf = async (row: Row): Promise<Results> => {
    const now = clock.ms();
    if (row.state === 'draft') {
      const empty = judge(row.definition, { cells: [], looks: [], firstAt: null }, { running: false, now, stoppedByGuard: false });
      return { ...empty, answer: { ...empty.answer, kind: 'draft' } };
    }
    const sums = await sumsOf(deps, askedOf(row), now);
    return judge(row.definition, sums, { running: row.state === 'running', now, stoppedByGuard: row.stopped?.by === 'guard' });
  };

  /** Guards stop, and a winner is taken where the launch said so. */
  const look = async (row: Row): Promise<void> => {
    const results = await resultsOf(row);
    const broken = results.metrics.flatMap((m) => (m.guard?.broken ?? []).map((arm) => ({ metric: m.key, arm })))[0];
    if (broken) await stopWith(row.workspace_no, row.id, { by: 'guard', ...broken });
    else if (row.definition.autoWinner && !results.sampleRatio.alarm && results.answer.kind === 'better' && results.answer.arm !== null)
      await decideWith(row.workspace_no, row.id, { arm: results.answer.arm, by: 'rule', note: '' });
    await pg.query('UPDATE experiments SET looked_at = $2 WHERE no = $1', [row.no, clock.now()]);
  };

  return {
    create: async (ws: number, { name, definition }: { name: string; definition: Definition }): Promise<Experiment> => {
      checkShape(definition);
      return show(await insert(pg, ws, name, await hideMetrics(deps, ws, definition, undefined), clock.now()));
    },
    change: async (
      ws: number,
      id: string,
      change: { name?: string | undefined; definition?: Definition | undefined },
    ): Promise<Experiment> => {
      if (change.definition) checkShape(change.definition);
      const hidden = change.definition && (await hideMetrics(deps, ws, change.definition, (await rowOf(pg, ws, id)).definition));
      const from: Row['state'][] = hidden ? ['draft'] : ['draft', 'running', 'stopped', 'decided'];
      const row = await turn(ws, id, from, 'changed', 'name = coalesce($3, name), definition = coalesce($4, definition)', () => [
        change.name ?? null,
        hidden ?? null,
      ]);
      return show(row);
    },
    get: async (ws: number, id: string): Promise<Experiment> => show(await rowOf(pg, ws, id)),
    list: async (ws: number, query: { cursor?: string | undefined; limit: number }) => {
      const { rows, nextCursor } = await page(pg, ws, query);
      return { items: await Promise.all(rows.map(show)), nextCursor };
    },
    launch: async (ws: number, id: string): Promise<Experiment> => {
      const problems = await problemsOf(deps, ws, (await rowOf(pg, ws, id)).definition);
      if (problems.length > 0) throw badInput(problems, 'The experiment cannot run yet');
      return show(
        await turn(ws, id, ['draft'], 'launched', "state = 'running', launched_at = $2, enrol_below = $3", ({ definition: { on } }) => [
          on.kind === 'audience' || (on.kind === 'journey' && on.since) ? everybody : null,
        ]),
      );
    },
    stop: async (ws: number, id: string): Promise<Experiment> => show(await stopWith(ws, id, { by: 'hand' })),
    decide: async (ws: number, id: string, { arm, note }: { arm: string | null; note: string }): Promise<Experiment> =>
      show(await decideWith(ws, id, { arm, by: 'hand', note })),
    results: async (ws: number, id: string): Promise<Results> => resultsOf(await rowOf(pg, ws, id)),
    plan: (ws: number, ask: PlanAsk) => {
      checkMetric(ask);
      return plan(deps, ws, ask);
    },

    /** The people behind a number: the rows that were counted, asked for by name. */
    people: async (ws: number, id: string, ask: PeopleAsk) => {
      const row = await rowOf(pg, ws, id);
      const after = decodeCursor(ask.cursor, z.number().int());
      const wheres = [
        ...(ask.arm === undefined ? [] : [`arm = ${sqlString(ask.arm)}`]),
        ...(['stage', 'level'] as const).flatMap((of) => (ask[of] === undefined ? [] : [`${of} = ${sqlString(ask[of])}`])),
        ...(ask.counted || ask.metric ? ['counted'] : []),
      ];
      if (ask.metric !== undefined) {
        const i = metricsOf(row.definition).findIndex((m) => m.key === ask.metric);
        if (i < 0) throw badInput([{ field: 'metric', reason: 'is no metric of this experiment; name the key of one' }]);
        if (ask.did !== undefined) wheres.push(`y${i} ${ask.did ? '!=' : '='} 0`);
      }
      const behind = `SELECT person_no FROM (${peopleSql(deps, askedOf(row), clock.ms())})${wheres.length > 0 ? ` WHERE ${wheres.join(' AND ')}` : ''}`;
      const [found] = await deps.ch.query<{ numbers: number[]; total: number }>(
        `SELECT groupArraySortedIf(${ask.limit + 1})(person_no, person_no > ${after ?? 0}) AS numbers, count() AS total FROM (${behind})`,
      );
      const numbers = found?.numbers ?? [];
      const shown = numbers.slice(0, ask.limit);
      return {
        items: await deps.people(ws, shown),
        nextCursor: numbers.length > ask.limit ? encodeCursor(shown.at(-1)) : null,
        ...(after === undefined ? { total: Number(found?.total ?? 0) } : {}),
      };
    },

    /** Arms for people, for a program that shows them something: the one they have, or a new one, written down. Stopped: only those they have. */
    assign: async (ws: number, id: string, ids: readonly string[]): Promise<{ arms: Record<string, string>; unknown: string[] }> => {
      const row = await rowOf(pg, ws, id);
      if (row.state === 'draft')
        throw problem(409, 'A draft experiment cannot be asked for arms', { code: 'experiment_state', detail: 'It must be running.' });
      return deps.steady(async () => {
        const known = await deps.personNos(ws, ids);
        const numbers = [...new Set(known.values())];
        const open = row.state === 'running' && row.definition.on.kind === 'api';
        const arms = open
          ? await enrol(
              deps,
              row,
              numbers.map((personNo) => ({ personNo })),
              false,
            )
          : await armsOf(deps, row, numbers);
        // Decided: everyone is shown what was found to be best.
        const winner = row.decision?.arm;
        const given = ids.flatMap((one) => {
          const arm = winner ?? arms.get(known.get(one) ?? -1);
          return arm === undefined || !known.has(one) ? [] : [[one, arm] as const];
        });
        return { arms: Object.fromEntries(given), unknown: ids.filter((one) => !known.has(one)) };
      });
    },
    /** Experiments that are not over and name an audience: it is not to be removed under them. */
    users: async (ws: number) => {
      const rows = await pg.query<Row>("SELECT * FROM experiments WHERE workspace_no = $1 AND state IN ('draft', 'running') ORDER BY no", [
        ws,
      ]);
      return rows.flatMap(({ id, name, definition: { on } }) =>
        on.kind === 'audience' ? [{ kind: 'experiment', id, name: { zh: name, en: name }, rules: [], audiences: [on.audienceId] }] : [],
      );
    },
    /** Who wants to know of decisions, to carry them out. */
    onDecided: (tell: (decided: Decided) => Promise<void>): void => {
      told.push(tell);
    },

    /** Newly landed events: who is to be assigned by them. */
    consume: async (slice: Slice): Promise<void> => {
      if (!slice.names.has('Journey Branched') && !slice.names.has('Audience Entered')) return;
      await enrolLanded(deps, slice, await running(pg, slice.workspaceNo));
    },
    /** Who was there at a launch, and looks that are due. Returns how much was done. */
    tick: async (): Promise<number> => {
      let count = 0;
      for (const { no } of await deps.workspaces()) {
        for (const row of await running(pg, no)) {
          count += await deps.steady(() => enrolStanding(deps, row));
          const asked = row.definition.guards.length > 0 || row.definition.autoWinner;
          const due = asked && (row.looked_at === null || clock.ms() - row.looked_at.getTime() >= lookEveryMs);
          if (due)
            await look(row).catch((error: unknown) => log.warn({ err: error, experiment: row.id }, 'an experiment could not be looked at'));
        }
      }
      return count;
    },
  };
}

/** When the first could be assigned. */
const sinceOf = ({ definition: { on }, launched_at }: Row): number =>
  on.kind === 'journey' && on.since ? Math.min(Date.parse(on.since), launched_at!.getTime()) : (launched_at?.getTime() ?? 0);

function checkMetric(ask: PlanAsk): void {
  checkShape({
    ...ask,
    ...{ hypothesis: '', subject: 'audience', secondary: [], guards: [], stratify: 'none', autoWinner: false, control: 'a0' },
    arms: ask.weights.map((weight, i) => ({ key: `a${i}`, name: '-', weight })),
  });
}
