import type { FunnelQuestion } from '../api/insight.ts';
import type { Span } from '../api/rule.ts';
import { type WhereState, whereDone, whereOut } from '../rules/state.ts';

export interface StepState {
  event?: string;
  where?: WhereState[];
}

/** What the explorer holds in the address. */
export interface FunnelState {
  steps: StepState[];
  within?: Span;
  breakdown?: FunnelQuestion['breakdown'];
}

export const EMPTY_FUNNEL: FunnelState = { steps: [{}, {}] };

export const PRESETS: { key: 'presetShop' | 'presetRepeat' | 'presetMessage'; state: FunnelState }[] = [
  {
    key: 'presetShop',
    state: { steps: [{ event: 'Product Viewed' }, { event: 'Product Added' }, { event: 'Order Completed' }], within: { days: 7 } },
  },
  { key: 'presetRepeat', state: { steps: [{ event: 'Order Completed' }, { event: 'Order Completed' }], within: { days: 60 } } },
  {
    key: 'presetMessage',
    state: { steps: [{ event: 'Message Sent' }, { event: 'Message Clicked' }, { event: 'Order Completed' }], within: { days: 7 } },
  },
];

/** The question, once there is enough to ask. */
export function funnelQuestion(state: FunnelState, period: { from: string; to: string }): FunnelQuestion | undefined {
  const steps = state.steps.filter((step) => step.event);
  if (steps.length < 2 || steps.length < state.steps.length) return undefined;
  if (!steps.every((step) => whereDone(step.where ?? []))) return undefined;
  const { breakdown } = state;
  const asked = breakdown && 'property' in breakdown && !breakdown.property ? undefined : breakdown;
  return {
    steps: steps.map((step) => ({ event: step.event as string, ...(step.where?.length ? { where: whereOut(step.where) } : {}) })),
    within: state.within ?? { days: 7 },
    from: period.from,
    to: period.to,
    ...(asked ? { breakdown: asked } : {}),
  };
}
