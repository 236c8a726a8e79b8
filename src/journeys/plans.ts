import type { Pg } from '../base/index.ts';
import type { Graph } from './graph.ts';
import { createPlan, type Plan } from './plan.ts';

/** Plans of versions. A version never changes, so it is read once. */
export function createPlans() {
  const kept = new Map<string, Plan>();
  return {
    get: async (pg: Pg, journeyNo: number, version: number): Promise<Plan> => {
      const key = `${journeyNo}:${version}`;
      const known = kept.get(key);
      if (known) return known;
      const [row] = await pg.query<{ id: string; graph: Graph }>(
        'SELECT j.id, v.graph FROM journey_versions v JOIN journeys j ON j.no = v.journey_no WHERE v.journey_no = $1 AND v.version = $2',
        [journeyNo, version],
      );
      if (!row) throw new Error(`journey ${journeyNo} has no version ${version}`);
      const plan = createPlan({ journeyNo, journeyId: row.id, version }, row.graph);
      if (kept.size > 500) kept.clear();
      kept.set(key, plan);
      return plan;
    },
    /** Every version of a journey, for what concerns also those who entered an older one. */
    all: async function (pg: Pg, journeyNo: number, latest: number): Promise<Plan[]> {
      return Promise.all(Array.from({ length: latest }, (_, i) => this.get(pg, journeyNo, i + 1)));
    },
  };
}
export type Plans = ReturnType<typeof createPlans>;

export interface LaunchedJourney {
  no: number;
  id: string;
  version: number;
  state: 'running' | 'paused' | 'archived';
  launched_at: Date;
  archived_at: Date | null;
}

export async function launchedJourneys(pg: Pg, workspaceNo: number): Promise<LaunchedJourney[]> {
  return pg.query<LaunchedJourney>(
    "SELECT no, id, version, state, launched_at, archived_at FROM journeys WHERE workspace_no = $1 AND state <> 'draft' AND version > 0 ORDER BY no",
    [workspaceNo],
  );
}

export const runningJourneys = async (pg: Pg, workspaceNo: number): Promise<LaunchedJourney[]> =>
  (await launchedJourneys(pg, workspaceNo)).filter((j) => j.state === 'running');
