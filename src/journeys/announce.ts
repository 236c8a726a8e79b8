import type { OwnEvent } from '../channels/index.ts';
import type { Deps } from './ports.ts';

const batchSize = 5000;

interface Row {
  no: number;
  pass_no: number;
  person_no: number;
  journey_id: string;
  version: number;
  node: string;
  kind: 'enter' | 'branch' | 'convert' | 'exit' | 'leave';
  branch: string | null;
  last_branch: string | null;
  reason: string | null;
  at: Date;
}

const names = {
  enter: 'Journey Entered',
  branch: 'Journey Branched',
  convert: 'Journey Converted',
  exit: 'Journey Exited',
  leave: 'Journey Exited',
};

function eventOf(row: Row): OwnEvent {
  const kind = row.kind === 'leave' ? 'exit' : row.kind;
  const branch = row.branch ?? (kind === 'exit' ? row.last_branch : null);
  return {
    // One entry, one conversion and one exit to a pass, and one branch to a node of it.
    messageId: `journey:${row.pass_no}:${kind}${kind === 'branch' ? `:${row.node}` : ''}`,
    event: names[row.kind],
    timestamp: row.at,
    personNo: row.person_no,
    source: 'yutang',
    properties: {
      journeyId: row.journey_id,
      version: row.version,
      nodeId: row.node,
      ...(branch === null ? {} : { branch }),
      ...(row.reason === null ? {} : { reason: row.reason }),
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
  let [from] = (await pg.query<{ announced: number }>('SELECT announced FROM journey_progress WHERE workspace_no = $1', [workspaceNo])).map(
    (r) => r.announced,
  );
  for (;;) {
    const [end] = await pg.query<{ no: number | null; n: number }>(
      'SELECT max(no) AS no, count(*) AS n FROM (SELECT no FROM journey_steps WHERE workspace_no = $1 AND no > $2 ORDER BY no LIMIT $3) s',
      [workspaceNo, from ?? 0, batchSize],
    );
    if (!end?.no) return count;
    const rows = await pg.query<Row>(
      `SELECT s.no, s.pass_no, p.person_no, j.id AS journey_id, s.version, s.node, s.kind, s.branch, p.branch AS last_branch, s.reason, s.at
       FROM journey_steps s JOIN journey_people p ON p.no = s.pass_no JOIN journeys j ON j.no = s.journey_no
       WHERE s.workspace_no = $1 AND s.no > $2 AND s.no <= $3 AND s.kind <> 'arrive' ORDER BY s.no`,
      [workspaceNo, from ?? 0, end.no],
    );
    if (rows.length > 0) await deps.events.write(workspaceNo, rows.map(eventOf));
    await deps.boundary('journeys.announced');
    await pg.query(
      `INSERT INTO journey_progress (workspace_no, announced) VALUES ($1, $2)
       ON CONFLICT (workspace_no) DO UPDATE SET announced = greatest(journey_progress.announced, EXCLUDED.announced)`,
      [workspaceNo, end.no],
    );
    await deps.boundary('journeys.told');
    from = end.no;
    count += rows.length;
    if (end.n < batchSize) return count;
  }
}
