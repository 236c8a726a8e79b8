import type { Trial } from '../../touchpoints/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import type { WaysQuestion } from './schema.ts';
import { compareCodes, type TrialAnswer } from './trial.ts';
import { type NamedPoint, type WaysAnswer, ways } from './ways.ts';

export interface EntranceDeps extends InsightDeps {
  touchpoints(workspaceNo: number): Promise<NamedPoint[]>;
  trial(workspaceNo: number, id: string): Promise<Trial>;
}

export interface Entrances {
  ways(asker: Asker, question: WaysQuestion): Promise<WaysAnswer>;
  codes(asker: Asker, trialId: string): Promise<TrialAnswer>;
}

/** How people come in: how long the ways are, where they are lost, and what the extra step of a live code costs. */
export function createEntrances(deps: EntranceDeps): Entrances {
  return {
    ways: (asker, question) => ways(deps, asker, question),
    codes: (asker, id) => compareCodes(deps, asker, id),
  };
}
