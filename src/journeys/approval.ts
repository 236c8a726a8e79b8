import { z } from 'zod';
import type { ForeseenStep } from '../channels/index.ts';
import type { createDefinitions, Row } from './definitions.ts';
import { entering, foresee } from './foresee.ts';
import type { Graph } from './graph.ts';
import type { Deps } from './ports.ts';
import { type Journey, journeyChange } from './schema.ts';

/**
 * What lets in more people at once than the policy lets one member decide waits for another: a launch, and a new graph of what runs. Who comes by a deed
 * of their own later is nobody's mass message and is not counted.
 */

const launchAsk = z.object({ existing: z.boolean().optional() });
const { inside, map } = journeyChange.shape;
const changeAsk = z.object({ graph: z.unknown(), inside, map });
type ChangeAsk = z.output<typeof changeAsk>;

type Definitions = Pick<ReturnType<typeof createDefinitions>, 'row' | 'kept'>;
interface Acts {
  launch(workspaceNo: number, id: string, existing?: boolean): Promise<Journey>;
  change(workspaceNo: number, id: string, change: ChangeAsk): Promise<Journey>;
}

export function defineApprovals(deps: Deps, definitions: Definitions, acts: Acts): void {
  const { pg } = deps;
  const reached = async (workspaceNo: number, graph: Graph, existing: boolean | undefined): Promise<number> =>
    (await entering(deps, workspaceNo, graph, existing, 0))?.count ?? 0;
  const insideOf = async ({ no }: Row): Promise<number> => {
    const [row] = await pg.query<{ n: number }>(
      'SELECT count(DISTINCT person_no) AS n FROM journey_people WHERE journey_no = $1 AND left_at IS NULL',
      [no],
    );
    return row!.n;
  };
  const steps = async (workspaceNo: number, journey: { id: string; graph: Graph }, existing: boolean | undefined) =>
    (await foresee(deps, workspaceNo, journey, existing)).steps.map(
      ({ node, channel, messages, may, stopped }): ForeseenStep => ({
        ...{ node, channel, messages, may, stopped },
        name: journey.graph.nodes.find((one) => one.id === node)?.name ?? node,
      }),
    );
  deps.channels.approvals.define('journey.launch', {
    permission: 'journeys.launch',
    ask: launchAsk,
    weigh: async (workspaceNo, id, { existing }) => {
      const { name, state, version, graph } = await definitions.row(workspaceNo, id);
      return { name, people: await reached(workspaceNo, graph, existing), print: { state, version, graph } };
    },
    foresee: async (workspaceNo, id, { existing }) => steps(workspaceNo, await definitions.row(workspaceNo, id), existing),
    act: (workspaceNo, id, { existing }) => acts.launch(workspaceNo, id, existing),
  });
  deps.channels.approvals.define('journey.change', {
    permission: 'journeys.write',
    ask: changeAsk,
    keep: async (workspaceNo, id, ask) => ({ ...ask, graph: await definitions.kept(workspaceNo, id, ask.graph) }),
    weigh: async (workspaceNo, id, { graph, inside }) => {
      const row = await definitions.row(workspaceNo, id);
      const [now] = await pg.query<{ same: boolean }>('SELECT graph = $2::jsonb AS same FROM journeys WHERE no = $1', [row.no, graph]);
      const moved = inside === 'move' ? await insideOf(row) : 0;
      return {
        ...{ name: row.name, print: { state: row.state, version: row.version } },
        people: now!.same ? 0 : moved + (await reached(workspaceNo, graph as Graph, undefined)),
      };
    },
    foresee: (workspaceNo, id, { graph }) => steps(workspaceNo, { id, graph: graph as Graph }, undefined),
    act: (workspaceNo, id, ask) => acts.change(workspaceNo, id, ask),
  });
}
