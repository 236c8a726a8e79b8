import type { Scheduler, VirtualClock } from '../clock.ts';
import type { Log } from '../context.ts';
import type { Random } from '../random.ts';
import type { CallbackWeather } from '../rules.ts';
import { createPayActions } from './actions.ts';
import { createPayAnswers } from './answer.ts';
import { createMoney } from './money.ts';
import { createPayNotices } from './notify.ts';
import { defaultPayRules, type PayRules } from './rules.ts';
import type { PayWorld } from './state.ts';

export { isPay, type PayAnswer } from './answer.ts';
export { payCommands } from './control.ts';
export { createPayWorld, type PayWorld } from './state.ts';

/** WeChat Pay v3 as it behaves: an API with signatures both ways, notifications, and what people do with money. */
export function createSimulatedPay(deps: {
  world: () => PayWorld;
  clock: VirtualClock;
  scheduler: Scheduler;
  random: Random;
  log: Log;
  weather: CallbackWeather;
}) {
  const rules: PayRules = { ...defaultPayRules };
  const notices = createPayNotices(deps);
  const money = createMoney({ ...deps, notices, rules });
  const answers = createPayAnswers({ ...deps, rules, money });
  return {
    ...createPayActions({ world: deps.world, now: () => deps.clock.ms(), money, notices }),
    ...answers,
    setRules: (change: Partial<PayRules>): PayRules => Object.assign(rules, change),
    settle: () => notices.settle(),
    reset(): void {
      answers.clearFaults();
      Object.assign(rules, defaultPayRules);
    },
  };
}
export type SimulatedPay = ReturnType<typeof createSimulatedPay>;
