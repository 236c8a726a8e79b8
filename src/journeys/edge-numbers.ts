import type { Graph } from './graph.ts';
import type { Deps } from './ports.ts';
import type { JourneyResults } from './schema.ts';

/** How many went along each edge: of each way that was taken, how many took it, in all and in the last hour. Few ways, however many people. */
export async function edgeNumbers(
  deps: Deps,
  journey: { no: number; graph: Graph },
  version: number | undefined,
): Promise<JourneyResults['edges']> {
  const rows = await deps.pg.query<{ from: string; by: string | null; to: string; n: number; hour: number }>(
    `WITH lately AS MATERIALIZED (SELECT way_no, count(*)::int AS n FROM journey_walks WHERE journey_no = $1 AND at > $3 GROUP BY way_no)
     SELECT s ->> 'from' AS "from", s ->> 'by' AS by, s ->> 'node' AS "to", sum(g.n)::int AS n, coalesce(sum(l.n), 0)::int AS hour
     FROM journey_ways y CROSS JOIN LATERAL (SELECT count(*)::int AS n FROM journey_walks w WHERE w.journey_no = $1 AND w.way_no = y.no) g
     LEFT JOIN lately l ON l.way_no = y.no CROSS JOIN jsonb_array_elements(y.steps) s
     WHERE y.journey_no = $1 AND ($2::int IS NULL OR y.version = $2) AND s ->> 'from' IS NOT NULL GROUP BY 1, 2, 3`,
    [journey.no, version ?? null, new Date(deps.clock.ms() - 3_600_000)],
  );
  return journey.graph.edges.map(({ from, to, branch = null }) => {
    const found = rows.find((r) => r.from === from && r.to === to && r.by === branch);
    return { from, to, branch, passed: found?.n ?? 0, lastHour: found?.hour ?? 0 };
  });
}
