import type { Model } from './schema.ts';

const cases = ['low', 'likely', 'high'] as const;
export type Case = (typeof cases)[number];

export interface Worth {
  members: number;
  /** Orders a year more than without a pool. */
  extraOrders: number;
  /** What a member leaves a year after costs. */
  perMemberFen: number;
  totalFen: number;
}

export interface PoolValue {
  cases: Record<Case, Worth>;
  /** `pays` even with the cautious guesses, `never` even with the hopeful ones. */
  verdict: 'pays' | 'depends' | 'never';
  /** Each alone, with the other guesses likely: from where on it pays. null: nothing would be enough. */
  breakEven: { uplift: number | null; perYear: number | null; costFen: number };
}

/** reach × uplift in repurchase × margin − cost a member, for a year. */
export function poolValue(model: Model, base: { buyers: number; perYear: number; averageFen: number }): PoolValue {
  const worth = (of: Case): Worth => {
    const members = base.buyers * model.reach[of];
    const more = base.perYear * model.uplift[of];
    const perMemberFen = more * base.averageFen * model.margin[of] - model.costFen[of];
    return {
      members: Math.round(members),
      extraOrders: Math.round(members * more),
      perMemberFen: Math.round(perMemberFen),
      totalFen: Math.round(members * perMemberFen - model.fixedFen),
    };
  };
  const [low, likely, high] = cases.map(worth) as [Worth, Worth, Worth];
  const members = base.buyers * model.reach.likely;
  const costFen = model.costFen.likely + (members > 0 ? model.fixedFen / members : 0);
  const ratio = (below: number) => (below > 0 ? costFen / below : null);
  return {
    cases: { low, likely, high },
    verdict: low.totalFen > 0 ? 'pays' : high.totalFen > 0 ? 'depends' : 'never',
    breakEven: {
      uplift: ratio(base.perYear * base.averageFen * model.margin.likely),
      perYear: ratio(model.uplift.likely * base.averageFen * model.margin.likely),
      costFen: Math.round(base.perYear * model.uplift.likely * base.averageFen * model.margin.likely),
    },
  };
}
