import { banditShares as sharesOf } from '../experiments/index.ts';
import type { BanditNode } from './graph.ts';
import type { Plan } from './plan.ts';
import type { Deps } from './ports.ts';

/** What the branches have brought is counted again this often. */
const againMs = 5 * 60_000;
type Counts = Map<string, { at: number; rows: { branch: string; trials: number; wins: number }[] }>;
const counted = new WeakMap<Deps, Counts>();

/** The shares of a bandit's branches now, as weights in percent: by how many of those who took each have reached the goal so far. */
export async function banditShares(deps: Deps, plan: Plan, node: BanditNode, now: Date): Promise<{ key: string; weight: number }[]> {
  const known: Counts = counted.get(deps) ?? new Map();
  counted.set(deps, known);
  const key = `${plan.journeyNo}:${node.id}`;
  let found = known.get(key);
  if (!found || now.getTime() - found.at >= againMs) {
    const rows = await deps.pg.query<{ branch: string; trials: number; wins: number }>(
      `SELECT s ->> 'branch' AS branch, sum(n.trials)::int AS trials, sum(n.wins)::int AS wins FROM journey_ways y CROSS JOIN LATERAL jsonb_array_elements(y.steps) s
       CROSS JOIN LATERAL (SELECT count(*) AS trials, count(p.converted_at) AS wins FROM journey_walks w JOIN journey_people p ON p.no = w.pass_no
         WHERE w.journey_no = $1 AND w.way_no = y.no AND p.reason IS DISTINCT FROM 'merged') n
       WHERE y.journey_no = $1 AND s ->> 'node' = $2 AND s ->> 'kind' = 'branch' GROUP BY 1`,
      [plan.journeyNo, node.id],
    );
    found = { at: now.getTime(), rows };
    known.set(key, found);
  }
  const arms = node.branches.map((b) => {
    const row = found.rows.find((r) => r.branch === b.key);
    return { hits: row?.wins ?? 0, misses: (row?.trials ?? 0) - (row?.wins ?? 0) };
  });
  const shares = sharesOf(arms, { floor: (node.floor ?? 10) / 100 });
  return node.branches.map((b, i) => ({ key: b.key, weight: shares[i]! * 100 }));
}
