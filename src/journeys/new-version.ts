import type { Pg } from '../base/index.ts';
import type { Graph, JourneyNode } from './graph.ts';
import type { Deps } from './ports.ts';
import { logLeaves, logWalks, Way } from './way.ts';

/** Nobody stands at such a node: who is to go on from there comes to it anew. */
const standing: readonly JourneyNode['type'][] = ['wait', 'until', 'window', 'tag', 'coupon', 'group', 'jump'];

interface Moved {
  no: number;
  journey_no: number;
  version: number;
  node: string;
  person_no: number;
}

/**
 * Puts everyone inside into the newest version, in the transaction that makes it: at the node that `map` names for theirs, else at the one with the
 * same id. Where that is the same kind of step they wait as long as they were going to; where it is another they come to it anew. Who has no node there leaves.
 */
export async function moveInside(
  deps: Deps,
  tx: Pg,
  of: { workspaceNo: number; journeyNo: number; version: number },
  graph: Graph,
  map: Readonly<Record<string, string>>,
): Promise<void> {
  const { workspaceNo, journeyNo, version } = of;
  const now = deps.clock.now();
  const older = await tx.query<{ version: number; graph: Graph }>(
    'SELECT version, graph FROM journey_versions WHERE journey_no = $1 AND version < $2 AND EXISTS (SELECT FROM journey_people p WHERE p.journey_no = $1 AND p.version = journey_versions.version AND p.left_at IS NULL)',
    [journeyNo, version],
  );
  const places = older.flatMap((old) =>
    old.graph.nodes.map((node) => {
      const to = graph.nodes.find((n) => n.id === (map[node.id] ?? node.id));
      const gone = !to || to.type === 'entry' || to.type === 'goal' || to.type === 'exitRule';
      return {
        version: old.version,
        node: node.id,
        to: gone ? null : to.id,
        arrives: !gone && (to.type !== node.type || !standing.includes(to.type)),
      };
    }),
  );
  const asJson = JSON.stringify(places);
  const columns = 'version int, node text, "to" text, arrives boolean';
  const gone = await tx.query<Moved>(
    `UPDATE journey_people p SET left_at = $2, moved_at = $2, due_at = NULL, reason = 'version' FROM json_to_recordset($3) AS m (${columns})
     WHERE p.journey_no = $1 AND p.left_at IS NULL AND p.version = m.version AND p.node = m.node AND m."to" IS NULL
     RETURNING p.no, p.journey_no, p.version, p.node, p.person_no`,
    [journeyNo, now, asJson],
  );
  await logLeaves(tx, workspaceNo, gone, 'version', now);
  await deps.channels.skipPasses(tx, workspaceNo, { people: gone.map((g) => g.person_no), passNos: gone.map((g) => g.no) }, 'version');
  const moved = await tx.query<Moved>(
    `UPDATE journey_people p SET version = $4, node = m."to", moved_at = $2, arrives = nullif(m.arrives, false), due_at = CASE WHEN m.arrives THEN $2 ELSE p.due_at END,
       since_at = CASE WHEN m.arrives THEN NULL ELSE p.since_at END, until_at = CASE WHEN m.arrives THEN NULL ELSE p.until_at END
     FROM json_to_recordset($3) AS m (${columns})
     WHERE p.journey_no = $1 AND p.left_at IS NULL AND p.version = m.version AND p.node = m.node AND m."to" IS NOT NULL
     RETURNING p.no, p.journey_no, p.version, p.node, p.person_no`,
    [journeyNo, now, asJson, version],
  );
  const start = new Way();
  await logWalks(
    tx,
    { workspaceNo, journeyNo, version, at: now },
    moved.map((m) => ({ passNo: m.no, way: start.and({ node: m.node, kind: 'move' }) })),
  );
}
