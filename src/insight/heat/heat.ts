import type { Asker } from '../deps.ts';
import type { ModelDeps } from '../value/deps.ts';
import { createRefit } from '../value/refit.ts';
import { hottestOf } from './among.ts';
import { type HeatAnswer, heatAnswer } from './answer.ts';
import { fitHeat } from './fit-heat.ts';
import { type PersonHeat, personHeat } from './person.ts';
import { type HeatQuestion, type HeatSettings, heatSettings } from './schema.ts';
import { readHeatFit } from './store.ts';

export const FIT_HEAT = 'insight.heat.fit';

/** Readiness to buy now: the chance of an order within a week, for everyone. */
export interface Heat {
  answer(asker: Asker, question: HeatQuestion): Promise<HeatAnswer>;
  person(asker: Asker, personId: string): Promise<PersonHeat>;
  /** Of these people those who are hot now, the hottest first. */
  hottestOf(workspaceNo: number, people: readonly number[], limit: number): Promise<{ personNo: number; chance: number }[]>;
  /** In the background; what is not named in the settings stays as at the last fit. */
  fit(workspaceNo: number, settings: Partial<HeatSettings>): Promise<{ id: string }>;
  /** Begins the fits whose time has come. */
  refit(): Promise<number>;
}

export function createHeat(deps: ModelDeps): Heat {
  deps.jobs.define<{ settings: HeatSettings }>(FIT_HEAT, async (job) => {
    const { no, state, orders, quality } = await fitHeat(deps, job.workspaceNo, job.payload.settings, (p) => job.progress(p));
    return { fit: no, state, orders, auc: quality?.auc ?? null };
  });
  const begin: Heat['fit'] = async (workspaceNo, change) => {
    const last = await readHeatFit(deps.pg, workspaceNo);
    const given = Object.fromEntries(Object.entries(change).filter(([, v]) => v !== undefined));
    const settings = heatSettings.parse({ ...last?.settings, ...given });
    return deps.jobs.start(workspaceNo, FIT_HEAT, { settings }, { key: 'heat' });
  };
  return {
    answer: (asker, question) => heatAnswer(deps, asker, question),
    person: (asker, id) => personHeat(deps, asker, id),
    hottestOf: (workspaceNo, people, limit) => hottestOf(deps, workspaceNo, people, limit),
    fit: begin,
    refit: createRefit({ ...deps, table: 'heat_fits', every: (s) => heatSettings.parse(s).refitDays, begin: (ws) => begin(ws, {}) }),
  };
}
