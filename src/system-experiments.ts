import type { Audience, Rule } from './audience/index.ts';
import type { App, Ch, Clock, Log, Pg } from './base/index.ts';
import type { Events } from './events/index.ts';
import { createExperiments, type Experiments, routes } from './experiments/index.ts';
import type { Journeys } from './journeys/index.ts';
import { type ReadDeps, readPeople } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import { peopleOfIds } from './system-people.ts';

export interface ExperimentParts {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  events: Events;
  audience: Audience;
  privacy: Privacy;
  journeys: Pick<Journeys, 'get' | 'change'>;
  read: ReadDeps;
  workspaces(): Promise<{ no: number }[]>;
}

/** Experiments, and what they take from the other rooms. */
export function openExperiments(parts: ExperimentParts): Experiments & { routes(app: App): void } {
  const { pg, events, audience, privacy, journeys, read } = parts;
  const experiments = createExperiments({
    ...{ pg, ch: parts.ch, clock: parts.clock, log: parts.log, events, audience, workspaces: parts.workspaces, steady: events.steady },
    hidden: async (ws, steps, before) => audience.hidden(ws, (await privacy.restore(ws, steps, before)) as Rule[], true),
    split: async (ws, journeyId, nodeId) => {
      const journey = await journeys.get(ws, journeyId).catch((error: unknown) => {
        if ((error as { status?: number }).status === 404) return undefined;
        throw error;
      });
      const node = journey?.graph.nodes.find((n) => n.id === nodeId);
      return node?.type === 'split' ? node.branches : null;
    },
    people: (ws, numbers) => readPeople(read, ws, numbers),
    personNos: (ws, ids) => peopleOfIds(pg, ws, ids),
  });
  // The split of a journey gives everyone the arm that was taken, from now on: a new version, in which nobody inside is moved.
  experiments.onDecided(async ({ workspaceNo, experiment: { definition }, arm }) => {
    const { on } = definition;
    if (on.kind !== 'journey' || arm === null) return;
    const { graph, state } = await journeys.get(workspaceNo, on.journeyId);
    if (state === 'archived') return;
    const nodes = graph.nodes.map((node) =>
      node.id === on.nodeId && node.type === 'split'
        ? { ...node, branches: node.branches.map((branch) => ({ ...branch, weight: branch.key === arm ? 100 : 0 })) }
        : node,
    );
    await journeys.change(workspaceNo, on.journeyId, { graph: { ...graph, nodes } });
  });
  events.consume('experiments', (slice) => experiments.consume(slice));
  audience.saved.alsoUsedBy((ws) => experiments.users(ws));
  return { ...experiments, routes: (app) => routes(app, experiments) };
}
