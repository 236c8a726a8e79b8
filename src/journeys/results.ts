import { newcombe, wilson } from '../experiments/index.ts';
import { edgeNumbers } from './edge-numbers.ts';
import { branchKeys, branchName, type Graph } from './graph.ts';
import type { Deps } from './ports.ts';
import type { JourneyResults } from './schema.ts';

/** How many went each way: few rows, however many people. */
const gone = `gone AS MATERIALIZED (
  SELECT y.steps, n.* FROM journey_ways y CROSS JOIN LATERAL (
    SELECT count(*)::int AS n, count(p.converted_at)::int AS converted, count(*) FILTER (WHERE p.reason = 'merged')::int AS merged,
      count(p.converted_at) FILTER (WHERE p.reason = 'merged')::int AS converted_merged
    FROM journey_walks w JOIN journey_people p ON p.no = w.pass_no WHERE w.journey_no = $1 AND w.way_no = y.no) n
  WHERE y.journey_no = $1 AND ($2::int IS NULL OR y.version = $2))`;

/**
 * What a journey has come to: per node who entered, left, waits and converted; per branch the share that converted with its interval, and the
 * difference from the node's first branch with its interval. Over all versions, or one.
 */
export async function results(
  deps: Deps,
  journey: { no: number; id: string; workspaceNo: number; graph: Graph },
  version: number | undefined,
): Promise<JourneyResults> {
  const { pg } = deps;
  const params = [journey.no, version ?? null];
  const [totals, nodes, waiting, branches, messages, edges] = await Promise.all([
    pg.query<{ entered: number; inside: number; converted: number }>(
      `SELECT count(*) AS entered, count(*) FILTER (WHERE left_at IS NULL) AS inside, count(converted_at) AS converted FROM journey_people
       WHERE journey_no = $1 AND ($2::int IS NULL OR version = $2) AND reason IS DISTINCT FROM 'merged'`,
      params,
    ),
    pg.query<{ node: string; entered: number; converted: number }>(
      `WITH ${gone}
       SELECT s ->> 'node' AS node, sum(g.n) AS entered, sum(g.converted) AS converted FROM gone g CROSS JOIN jsonb_array_elements(g.steps) s
       WHERE s ->> 'kind' IN ('enter', 'arrive', 'branch', 'exit') GROUP BY 1`,
      params,
    ),
    pg.query<{ node: string; n: number }>(
      `SELECT node, count(*) AS n FROM journey_people WHERE journey_no = $1 AND left_at IS NULL AND ($2::int IS NULL OR version = $2) GROUP BY node`,
      params,
    ),
    pg.query<{ node: string; branch: string; entered: number; converted: number }>(
      `WITH ${gone}
       SELECT s ->> 'node' AS node, s ->> 'branch' AS branch, sum(g.n - g.merged) AS entered, sum(g.converted - g.converted_merged) AS converted
       FROM gone g CROSS JOIN jsonb_array_elements(g.steps) s WHERE s ->> 'kind' IN ('branch', 'turn') GROUP BY 1, 2 HAVING sum(g.n - g.merged) > 0`,
      params,
    ),
    deps.channels.journeyMessages(journey.workspaceNo, journey.id),
    edgeNumbers(deps, journey, version),
  ]);
  const waits = new Map(waiting.map((w) => [w.node, w.n]));
  const counts = new Map(nodes.map((n) => [n.node, n]));
  const ids = [...new Set([...journey.graph.nodes.map((n) => n.id), ...counts.keys()])];
  return {
    ...totals[0]!,
    nodes: ids.map((id) => {
      const entered = counts.get(id)?.entered ?? 0;
      const stays = waits.get(id) ?? 0;
      const sent = messages.get(id);
      return {
        id,
        entered,
        left: entered - stays,
        waiting: stays,
        converted: counts.get(id)?.converted ?? 0,
        ...(sent ? { messages: sent } : {}),
      };
    }),
    branches: journey.graph.nodes.flatMap((node) => {
      const of = (key: string) => branches.find((b) => b.node === node.id && b.branch === key) ?? { entered: 0, converted: 0 };
      const keys = branchKeys(node);
      const gone = branches.filter((b) => b.node === node.id && !keys.includes(b.branch)).map((b) => b.branch);
      return [...keys, ...gone].map((key, i) => {
        const { entered, converted } = of(key);
        const base = of(keys[0]!);
        return {
          node: node.id,
          branch: key,
          name: branchName(node, key),
          entered,
          converted,
          rate: entered === 0 ? 0 : converted / entered,
          ...wilson(converted, entered),
          difference: i === 0 ? null : differenceOf({ part: converted, of: entered }, { part: base.converted, of: base.entered }),
        };
      });
    }),
    edges,
    asOf: deps.clock.now().toISOString(),
  };
}

type Share = Parameters<typeof newcombe>[0];

function differenceOf(a: Share, base: Share): JourneyResults['branches'][number]['difference'] {
  if (a.of === 0 || base.of === 0) return null;
  const { difference: value, low, high } = newcombe(a, base);
  return { value, low, high };
}
