import type { Asker } from '../deps.ts';
import { type ValueAnswer, valueAnswer } from './answer.ts';
import type { ModelDeps } from './deps.ts';
import { fitValue } from './fit-value.ts';
import { type PersonValue, personValue } from './person.ts';
import { createRefit } from './refit.ts';
import { type ValueQuestion, type ValueSettings, valueSettings } from './schema.ts';
import { readFit } from './store.ts';
import type { ValueFit } from './value-fit.ts';

/** Buyers of whom a fit is made while one waits. */
const soon = 20_000;

export const FIT_VALUE = 'insight.value.fit';

/** What customers are worth: their own value from a model of their orders, and what they spread. */
export interface Value {
  answer(asker: Asker, question: ValueQuestion): Promise<ValueAnswer>;
  person(asker: Asker, personId: string): Promise<PersonValue>;
  /** In the background; what is not named in the settings stays as at the last fit. */
  fit(workspaceNo: number, settings: Partial<ValueSettings>): Promise<{ id: string }>;
  /** Begins the fits whose time has come. */
  refit(): Promise<number>;
}

export function createValue(deps: ModelDeps): Value {
  deps.jobs.define<{ settings: ValueSettings }>(FIT_VALUE, async (job) => {
    const { no, state, buyers } = await fitValue(deps, job.workspaceNo, job.payload.settings, (p) => job.progress(p));
    return { fit: no, state, buyers };
  });
  const first = new Map<number, Promise<ValueFit>>();
  /** Whoever asks before there is a fit waits for it, where that takes seconds. */
  const needed = async ({ workspaceNo }: Asker): Promise<void> => {
    if (await readFit(deps.pg, workspaceNo)) return;
    const [row] = await deps.ch.query<{ n: number }>(
      `SELECT uniq(person_no) AS n FROM ${deps.source(workspaceNo)} WHERE event = 'Order Completed'`,
    );
    if ((row?.n ?? 0) > soon) return;
    const running = first.get(workspaceNo) ?? fitValue(deps, workspaceNo, valueSettings.parse({}), async () => {});
    first.set(workspaceNo, running);
    await running.finally(() => first.delete(workspaceNo));
  };
  const begin: Value['fit'] = async (workspaceNo, change) => {
    const last = await readFit(deps.pg, workspaceNo);
    const given = Object.fromEntries(Object.entries(change).filter(([, v]) => v !== undefined));
    const settings = valueSettings.parse({ ...last?.settings, ...given });
    return deps.jobs.start(workspaceNo, FIT_VALUE, { settings }, { key: 'value' });
  };
  return {
    answer: async (asker, question) => {
      if (question.by !== 'rfm' && question.fit === undefined) await needed(asker);
      return valueAnswer(deps, asker, question);
    },
    person: (asker, id) => personValue(deps, asker, id),
    fit: begin,
    refit: createRefit({ ...deps, table: 'value_fits', every: (s) => valueSettings.parse(s).refitDays, begin: (ws) => begin(ws, {}) }),
  };
}
