import { z } from 'zod';
import { badInput, decodeCursor, encodeCursor, type FieldError, newId, notFound, type Pg, problem } from '../base/index.ts';
import type { Purpose } from '../content/index.ts';
import { setClocks } from './clocks.ts';
import { type Graph, membersEntry } from './graph.ts';
import { hideGraph } from './hide.ts';
import { everybody } from './members.ts';
import { moveInside } from './new-version.ts';
import { type Deps, lock, zoneOf } from './ports.ts';
import { problemsOf } from './problems.ts';
import { readGraph } from './read-graph.ts';
import type { Journey, JourneyChange, JourneyList, NewJourney } from './schema.ts';
import { lookAround, type Surroundings } from './surroundings.ts';
import { logLeaves } from './way.ts';

export interface Row {
  no: number;
  id: string;
  workspace_no: number;
  name: string;
  purpose: Purpose | null;
  state: Journey['state'];
  version: number;
  graph: Graph;
  created_at: Date;
  updated_at: Date;
  launched_at: Date | null;
}

const columns = 'no, id, workspace_no, name, purpose, state, version, graph, created_at, updated_at, launched_at';

export function createDefinitions(deps: Deps) {
  const { pg, clock } = deps;

  const read = (input: unknown): Graph => {
    const { graph, errors } = readGraph(input, deps.audience.checkRule);
    if (!graph) throw badInput(errors, 'The graph does not fit');
    return graph;
  };
  const around = (workspaceNo: number, graphs: readonly Graph[]): Promise<Surroundings> => lookAround(deps, workspaceNo, graphs);
  const refuse = (problems: FieldError[]): void => {
    if (problems.length > 0) throw badInput(problems, 'The journey cannot run yet');
  };
  /** What a journey gives out can be given from its beginning on. */
  const makeReady = async (workspaceNo: number, graph: Graph): Promise<void> => {
    const coupons = graph.nodes.flatMap((n) => (n.type === 'coupon' && n.couponId ? [n.couponId] : []));
    if (coupons.length > 0) await deps.coupons!.ready(workspaceNo, [...new Set(coupons)]);
  };
  const view = (row: Row, surroundings: Surroundings): Journey => ({
    id: row.id,
    name: row.name,
    purpose: row.purpose,
    state: row.state,
    version: row.version,
    graph: row.graph,
    problems: row.state === 'archived' ? [] : problemsOf(row.graph, surroundings),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    launchedAt: row.launched_at?.toISOString() ?? null,
  });
  const show = async (row: Row): Promise<Journey> => view(row, await around(row.workspace_no, [row.graph]));
  const row = async (on: Pg, workspaceNo: number, id: string, forUpdate = false): Promise<Row> => {
    const [found] = await on.query<Row>(
      `SELECT ${columns} FROM journeys WHERE workspace_no = $1 AND id = $2 ${forUpdate ? 'FOR UPDATE' : ''}`,
      [workspaceNo, id],
    );
    if (!found) throw notFound('Journey');
    return found;
  };
  /** Writes the journey's present graph down as its next version; those inside keep theirs. */
  const addVersion = async (tx: Pg, journey: Row, graph: Graph): Promise<void> => {
    await tx.query('INSERT INTO journey_versions (journey_no, version, graph, created_at) VALUES ($1, $2, $3, $4)', [
      journey.no,
      journey.version + 1,
      graph,
      clock.now(),
    ]);
    await tx.query('UPDATE journeys SET version = version + 1, graph = $2, updated_at = $3 WHERE no = $1', [
      journey.no,
      graph,
      clock.now(),
    ]);
  };
  /** Changes a journey's state in one transaction, if it is in one of the states given. */
  const turn = async (
    workspaceNo: number,
    id: string,
    from: Journey['state'][],
    verb: string,
    change: (tx: Pg, journey: Row) => Promise<void>,
  ): Promise<Journey> => {
    await pg.tx(async (tx) => {
      await lock(tx, workspaceNo);
      const journey = await row(tx, workspaceNo, id, true);
      if (!from.includes(journey.state)) {
        throw problem(409, `A ${journey.state} journey cannot be ${verb}`, {
          code: 'journey_state',
          detail: `It must be ${from.join(' or ')}.`,
        });
      }
      await change(tx, journey);
    });
    await deps.boundary('journeys.turned');
    deps.channels.wake();
    return show(await row(pg, workspaceNo, id));
  };
  const setState = (tx: Pg, journey: Row, state: Journey['state']) =>
    tx.query('UPDATE journeys SET state = $2, updated_at = $3, launched_at = coalesce(launched_at, $4), archived_at = $5 WHERE no = $1', [
      journey.no,
      state,
      clock.now(),
      state === 'running' ? clock.now() : null,
      state === 'archived' ? clock.now() : null,
    ]);

  return {
    row: (workspaceNo: number, id: string) => row(pg, workspaceNo, id),
    get: async (workspaceNo: number, id: string): Promise<Journey> => show(await row(pg, workspaceNo, id)),
    /** A graph as it would be kept. */
    kept: async (workspaceNo: number, id: string, graph: unknown): Promise<Graph> =>
      hideGraph(deps.audience, workspaceNo, read(graph), (await row(pg, workspaceNo, id)).graph),
    /** What a graph that is not saved still lacks. */
    check: async (workspaceNo: number, graph: unknown): Promise<FieldError[]> => {
      const well = read(graph);
      return problemsOf(well, await around(workspaceNo, [well]));
    },
    create: async (workspaceNo: number, input: NewJourney): Promise<Journey> => {
      const graph = await hideGraph(deps.audience, workspaceNo, read(input.graph), undefined);
      const [made] = await pg.query<Row>(
        `INSERT INTO journeys (id, workspace_no, name, purpose, graph, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING ${columns}`,
        [newId('jrn', clock.ms()), workspaceNo, input.name, input.purpose ?? null, graph, clock.now()],
      );
      return show(made!);
    },
    change: async (workspaceNo: number, id: string, change: JourneyChange): Promise<Journey> => {
      const graph =
        change.graph === undefined
          ? undefined
          : await hideGraph(deps.audience, workspaceNo, read(change.graph), (await row(pg, workspaceNo, id)).graph);
      const surroundings = graph && (await around(workspaceNo, [graph]));
      const zone = await zoneOf(deps, workspaceNo);
      if (graph && (await row(pg, workspaceNo, id)).state !== 'draft') {
        refuse(problemsOf(graph, surroundings!));
        await makeReady(workspaceNo, graph);
      }
      await pg.tx(async (tx) => {
        await lock(tx, workspaceNo);
        const journey = await row(tx, workspaceNo, id, true);
        if (journey.state === 'archived') throw problem(409, 'An archived journey cannot be changed', { code: 'journey_state' });
        await tx.query(
          'UPDATE journeys SET name = coalesce($2, name), purpose = CASE WHEN $3 THEN $4 ELSE purpose END, updated_at = $5 WHERE no = $1',
          [journey.no, change.name ?? null, change.purpose !== undefined, change.purpose ?? null, clock.now()],
        );
        if (!graph) return;
        const [as] = await tx.query<{ before: boolean }>('SELECT graph = $2::jsonb AS before FROM journeys WHERE no = $1', [
          journey.no,
          graph,
        ]);
        if (as!.before) return;
        if (journey.state === 'draft') {
          await tx.query('UPDATE journeys SET graph = $2 WHERE no = $1', [journey.no, graph]);
          await deps.channels.approvals.lapse(tx, workspaceNo, 'journey.launch', id);
          return;
        }
        refuse(problemsOf(graph, surroundings!));
        await addVersion(tx, journey, graph);
        await setClocks(tx, workspaceNo, journey.no, graph, clock.ms(), zone);
        if (change.inside === 'move')
          await moveInside(deps, tx, { workspaceNo, journeyNo: journey.no, version: journey.version + 1 }, graph, change.map ?? {});
      });
      return show(await row(pg, workspaceNo, id));
    },
    list: async (workspaceNo: number, query: { cursor?: string | undefined; limit: number }): Promise<JourneyList> => {
      const before = decodeCursor(query.cursor, z.number().int());
      const rows = await pg.query<Row & { entered: number; inside: number; converted: number }>(
        `SELECT ${columns.replace(/\w+/g, 'j.$&')}, n.* FROM journeys j CROSS JOIN LATERAL (
           SELECT count(*) AS entered, count(*) FILTER (WHERE p.left_at IS NULL) AS inside, count(p.converted_at) AS converted
           FROM journey_people p WHERE p.journey_no = j.no AND p.reason IS DISTINCT FROM 'merged') n
         WHERE j.workspace_no = $1 AND ($2::int IS NULL OR j.no < $2) ORDER BY j.no DESC LIMIT $3`,
        [workspaceNo, before ?? null, query.limit + 1],
      );
      const page = rows.slice(0, query.limit);
      const surroundings = await around(
        workspaceNo,
        page.map((r) => r.graph),
      );
      return {
        items: page.map((r) => ({ ...view(r, surroundings), entered: r.entered, inside: r.inside, converted: r.converted })),
        nextCursor: rows.length > query.limit ? encodeCursor(page.at(-1)!.no) : null,
      };
    },
    /** `existing`: whether those who are in the entry's audience now enter too. */
    launch: async (workspaceNo: number, id: string, existing?: boolean): Promise<Journey> => {
      const draft = await row(pg, workspaceNo, id);
      if (existing && !membersEntry(draft.graph))
        throw badInput([{ field: 'existing', reason: 'is for a journey that begins with an audience; this one begins with an event' }]);
      const surroundings = await around(workspaceNo, [draft.graph]);
      const zone = await zoneOf(deps, workspaceNo);
      refuse(draft.state === 'draft' ? problemsOf(draft.graph, surroundings) : []);
      await makeReady(workspaceNo, draft.graph);
      return turn(workspaceNo, id, ['draft'], 'launched', async (tx, journey) => {
        refuse(problemsOf(journey.graph, surroundings));
        await addVersion(tx, journey, journey.graph);
        await setState(tx, journey, 'running');
        await setClocks(tx, workspaceNo, journey.no, journey.graph, clock.ms(), zone);
        const begins = membersEntry(journey.graph);
        if (begins && (existing ?? begins.existing ?? false))
          await tx.query('UPDATE journeys SET members_below = $2 WHERE no = $1', [journey.no, everybody]);
      });
    },
    pause: (workspaceNo: number, id: string): Promise<Journey> =>
      turn(workspaceNo, id, ['running'], 'paused', async (tx, journey) => {
        await setState(tx, journey, 'paused');
        await deps.channels.hold(tx, workspaceNo, id);
      }),
    resume: async (workspaceNo: number, id: string): Promise<Journey> => {
      const zone = await zoneOf(deps, workspaceNo);
      return turn(workspaceNo, id, ['paused'], 'resumed', async (tx, journey) => {
        await setState(tx, journey, 'running');
        const [running] = await tx.query<{ graph: Graph }>('SELECT graph FROM journey_versions WHERE journey_no = $1 AND version = $2', [
          ...[journey.no, journey.version],
        ]);
        await setClocks(tx, workspaceNo, journey.no, running!.graph, clock.ms(), zone);
        // What came while it stood still is looked for now.
        await tx.query('UPDATE journey_people SET due_at = $2 WHERE journey_no = $1 AND until_at IS NOT NULL AND due_at > $2', [
          ...[journey.no, clock.now()],
        ]);
        await deps.channels.release(tx, workspaceNo, id);
      });
    },
    archive: (workspaceNo: number, id: string): Promise<Journey> =>
      turn(workspaceNo, id, ['draft', 'running', 'paused'], 'archived', async (tx, journey) => {
        await setState(tx, journey, 'archived');
        const now = clock.now();
        const gone = await tx.query<{ no: number; journey_no: number; version: number; node: string }>(
          `UPDATE journey_people SET left_at = $2, moved_at = $2, due_at = NULL, reason = 'archived' WHERE journey_no = $1 AND left_at IS NULL
           RETURNING no, journey_no, version, node`,
          [journey.no, now],
        );
        await logLeaves(tx, workspaceNo, gone, 'archived', now);
        for (const table of ['journey_arrivals', 'journey_clocks', 'journey_calls'])
          await tx.query(`DELETE FROM ${table} WHERE journey_no = $1`, [journey.no]);
        await deps.channels.skipJourney(tx, workspaceNo, id, 'journey_archived');
      }),
    /** Names of the journeys that send a content item and are not archived. */
    usersOf: async (workspaceNo: number, contentId: string): Promise<string[]> => {
      const rows = await pg.query<{ name: string }>(
        `SELECT DISTINCT j.name FROM journeys j LEFT JOIN journey_versions v ON v.journey_no = j.no
         WHERE j.workspace_no = $1 AND j.state <> 'archived' AND (j.graph @> ANY(ARRAY[$2, $3, $4]::jsonb[]) OR v.graph @> ANY(ARRAY[$2, $3, $4]::jsonb[])) ORDER BY j.name`,
        [workspaceNo, { nodes: [{ contentId }] }, { nodes: [{ among: [contentId] }] }, { nodes: [{ fallback: [{ contentId }] }] }],
      );
      return rows.map((r) => r.name);
    },
  };
}
