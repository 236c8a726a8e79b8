import { localDay } from '../../channels/index.ts';
import type { Graph } from '../graph.ts';
import { type Deps, zoneOf } from '../ports.ts';
import type { SopList } from './schema.ts';
import { tableOf } from './table.ts';

/** Every calendar of the workspace: journeys that are tables of days, plans of groups, series of moments. */
export async function listSops(deps: Deps, workspaceNo: number): Promise<SopList> {
  const zone = await zoneOf(deps, workspaceNo);
  const [journeys, groups, series] = await Promise.all([
    deps.pg.query<{ id: string; name: string; state: string; purpose: string | null; graph: Graph; inside: number }>(
      `SELECT j.id, j.name, j.state, j.purpose, j.graph, (SELECT count(*) FROM journey_people p WHERE p.journey_no = j.no AND p.due_at IS NOT NULL) AS inside
       FROM journeys j WHERE j.workspace_no = $1 AND j.state <> 'archived' ORDER BY j.no DESC LIMIT 500`,
      [workspaceNo],
    ),
    deps.channels.groupPlans.plans.list(workspaceNo),
    deps.pg.query<{ series: string; messages: number; ahead: number; until: Date }>(
      `SELECT series, count(*) AS messages, count(*) FILTER (WHERE state = 'planned') AS ahead, max(at) AS until FROM sop_moments
       WHERE workspace_no = $1 GROUP BY series ORDER BY max(at) DESC LIMIT 200`,
      [workspaceNo],
    ),
  ]);
  return {
    items: [
      ...journeys.flatMap(({ graph, inside, ...journey }) => {
        const table = tableOf(graph);
        if (!table || table.rows.length === 0) return [];
        return [
          { kind: 'person' as const, ...journey, messages: table.rows.length, days: table.rows.at(-1)!.wait.day, until: null, now: inside },
        ];
      }),
      ...groups.items.map(({ id, name, state, purpose, steps, groups: open }) => {
        const last = steps.flatMap(({ when }) => (when.kind === 'day' ? [when.day] : []));
        return {
          kind: 'group' as const,
          id,
          name,
          state,
          purpose,
          messages: steps.length,
          days: last.length > 0 ? Math.max(...last) : null,
          until: null,
          now: open,
        };
      }),
      ...series.map(({ series: name, messages, ahead, until }) => ({
        ...{ kind: 'moment' as const, id: name, name, state: ahead > 0 ? 'running' : 'done', purpose: null, messages, days: null },
        ...{ until: localDay(until.getTime(), zone), now: ahead },
      })),
    ],
  };
}
