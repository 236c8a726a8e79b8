import type { OwnEvent } from '../channels/index.ts';
import type { Deps } from './ports.ts';
import type { Step } from './way.ts';

/** Walks told at once; a walk is a few events. Large batches cost the event store far less than many small ones. */
const batchSize = 8_000;

interface Row {
  no: number;
  pass_no: number;
  person_no: number;
  way_no: number;
  last_branch: string | null;
  /** Milliseconds. */
  at: number;
}

interface Told {
  journeyId: string;
  version: number;
  steps: Step[];
}

const names: Record<string, string> = {
  enter: 'Journey Entered',
  branch: 'Journey Branched',
  turn: 'Journey Branched',
  move: 'Journey Moved',
  convert: 'Journey Converted',
  exit: 'Journey Exited',
  leave: 'Journey Exited',
};

function eventOf(row: Row, way: Told, step: Step, event: string): OwnEvent {
  const kind = step.kind === 'leave' ? 'exit' : step.kind === 'turn' ? 'branch' : step.kind;
  const lap = step.lap ? `:${step.lap}` : '';
  const which = kind === 'branch' ? `:${step.node}${lap}` : kind === 'move' ? `:${way.version}` : '';
  const branch = step.branch ?? (kind === 'exit' ? row.last_branch : null);
  return {
    // One entry, one conversion and one exit to a pass, one branch to a node of it in each lap, and one move to a version.
    messageId: `journey:${row.pass_no}:${kind}${which}`,
    event,
    timestamp: new Date(row.at),
    personNo: row.person_no,
    source: 'yutang',
    properties: {
      journeyId: way.journeyId,
      version: way.version,
      nodeId: step.node,
      ...(branch === null ? {} : { branch }),
      ...(step.reason === undefined ? {} : { reason: step.reason }),
    },
  };
}

/**
 * Tells what happened in a workspace's journeys as events, in the order of the log. How far it was told moves on only after the events are
 * durable; their ids are fixed, so a stop in between repeats nothing.
 */
export async function announce(deps: Deps, workspaceNo: number): Promise<number> {
  const { pg } = deps;
  let count = 0;
  const [progress] = await pg.query<{ announced: number }>('SELECT announced FROM journey_progress WHERE workspace_no = $1', [workspaceNo]);
  let from = progress?.announced ?? 0;
  const ways = new Map<number, Told>();
  for (;;) {
    const rows = await pg.query<Row>(
      `SELECT w.no, w.pass_no, p.person_no, w.way_no, p.branch AS last_branch, (extract(epoch FROM w.at) * 1000)::bigint AS at
       FROM (SELECT no, pass_no, way_no, at FROM journey_walks WHERE workspace_no = $1 AND no > $2 ORDER BY no LIMIT $3) w
       JOIN journey_people p ON p.no = w.pass_no ORDER BY w.no`,
      [workspaceNo, from, batchSize],
    );
    const last = rows.at(-1);
    if (!last) return count;
    const unknown = [...new Set(rows.map((r) => r.way_no))].filter((no) => !ways.has(no));
    const found = await pg.query<{ no: number; id: string; version: number; steps: Step[] }>(
      'SELECT y.no, j.id, y.version, y.steps FROM journey_ways y JOIN journeys j ON j.no = y.journey_no WHERE y.no = ANY($1)',
      [unknown],
    );
    for (const { no, id, version, steps } of found) ways.set(no, { journeyId: id, version, steps });
    const events: OwnEvent[] = [];
    for (const row of rows) {
      const way = ways.get(row.way_no)!;
      for (const step of way.steps) {
        const event = names[step.kind];
        if (event) events.push(eventOf(row, way, step, event));
      }
    }
    if (events.length > 0) await deps.events.write(workspaceNo, events);
    await deps.boundary('journeys.announced');
    await pg.query(
      `INSERT INTO journey_progress (workspace_no, announced) VALUES ($1, $2)
       ON CONFLICT (workspace_no) DO UPDATE SET announced = greatest(journey_progress.announced, EXCLUDED.announced)`,
      [workspaceNo, last.no],
    );
    await deps.boundary('journeys.told');
    from = last.no;
    count += events.length;
    if (rows.length < batchSize) return count;
  }
}
