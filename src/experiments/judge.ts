import { answerOf } from './answer.ts';
import { dayMs } from './outcome-sql.ts';
import { outcomes } from './outcomes.ts';
import type { ComparisonView, Definition, Metric, MetricResult, Results } from './schema.ts';
import { cupedOf, plainOf, type Side } from './sides.ts';
import { benjaminiHochberg, holm } from './statistics/adjust.ts';
import { bayesian } from './statistics/bayes.ts';
import { compare } from './statistics/compare.ts';
import { enoughPeople } from './statistics/proportion.ts';
import { sampleRatio } from './statistics/srm.ts';
import { incremental } from './statistics/stratified.ts';
import { cupedSlope, moments } from './statistics/summary.ts';
import { added, type Cell, noSums, type Sums } from './sums.ts';

/** Below this the sizes of the arms are no chance any more; looked at as often as one likes. */
const ratioAlarm = 0.01;
/** Where no number of people is planned the interval is narrowest here. */
const usualPeople = 5_000;

/** An arm against the control; null where too few, or nothing, is known. `tests`: how many arms are compared, which the interval allows for. */
function comparison(
  control: Side,
  arm: Side & { key: string },
  kind: Metric['kind'],
  better: Metric['better'],
  options: { alpha: number; tuning: number; tests: number },
): ComparisonView | null {
  if (control.n < enoughPeople || arm.n < enoughPeople) return null;
  const alpha = options.alpha / options.tests;
  const sequential = { tuning: options.tuning };
  const [a, b] = [cupedOf(control), cupedOf(arm)];
  const slope = cupedSlope(a, b);
  const [ca, cb] = slope === 0 ? [plainOf(control, kind), plainOf(arm, kind)] : [a, b];
  const found = compare(ca, cb, { difference: 'absolute', alpha, sequential });
  if (!found) return null;
  const relative = compare(ca, cb, { difference: 'relative', alpha, sequential });
  const belief = bayesian(ca, cb, { difference: 'absolute', alpha: options.alpha })!;
  const up = better === 'up';
  const without = moments(plainOf(control, kind)).variance / control.n + moments(plainOf(arm, kind)).variance / arm.n;
  const whole = incremental({ effect: found.effect, low: found.low, high: found.high }, arm.n);
  return {
    arm: arm.key,
    people: arm.n,
    difference: { value: found.effect, low: found.low, high: found.high },
    relative: relative && { value: relative.effect, low: relative.low, high: relative.high },
    p: found.p,
    adjustedP: found.p,
    says: 'unclear',
    cuped: slope === 0 || without === 0 ? 0 : Math.max(0, 1 - found.se ** 2 / without),
    bayes: { chance: up ? belief.chance : 1 - belief.chance, low: belief.low, high: belief.high, risk: belief.risk[up ? 1 : 0] },
    incremental: whole,
  };
}

const verdict = (c: Pick<ComparisonView, 'difference' | 'adjustedP'>, better: Metric['better'], alpha: number): ComparisonView['says'] =>
  c.adjustedP >= alpha ? 'unclear' : c.difference.value > 0 === (better === 'up') ? 'better' : 'worse';

/** Corrects the p of comparisons that are asked together, and says what each of them comes to. */
function corrected<T extends Pick<ComparisonView, 'p' | 'adjustedP' | 'says' | 'difference'>>(
  asked: readonly { one: T; better: Metric['better'] }[],
  how: typeof holm,
  alpha: number,
): void {
  const ps = how(asked.map((a) => a.one.p));
  for (const [i, { one, better }] of asked.entries()) {
    one.adjustedP = ps[i]!;
    one.says = verdict(one, better, alpha);
  }
}

/** The whole answer, from sums alone. */
export function judge(definition: Definition, sums: Sums, state: { running: boolean; now: number; stoppedByGuard: boolean }): Results {
  const { alpha, arms, control } = definition;
  const planned = definition.people ?? null;
  const tuning = Math.max(100, ((planned ?? usualPeople) * 2) / arms.length);
  const tests = arms.length - 1;
  const options = { alpha, tuning, tests };
  const cellOf = (arm: string, fits: (of: Cell['of']) => boolean) => sums.cells.find((c) => c.arm === arm && fits(c.of));
  const all = (arm: string) => cellOf(arm, (of) => of.kind === 'all');
  const sideOf = (cell: Cell | undefined, i: number): Side => ({ n: cell?.counted ?? 0, sums: cell?.metrics[i] ?? noSums });
  const others = arms.filter((a) => a.key !== control);

  const metrics: { metric: Metric; role: MetricResult['role']; limit?: number }[] = [
    { metric: definition.primary, role: 'primary' },
    ...definition.secondary.map((metric) => ({ metric, role: 'secondary' as const })),
    ...definition.guards.map((g) => ({ metric: g, role: 'guard' as const, limit: g.limit })),
  ];
  const views = metrics.map(({ metric, role, limit }, i): MetricResult => {
    const { kind, better } = metric;
    const base = sideOf(all(control), i);
    const comparisons = others.flatMap(({ key }) => comparison(base, { key, ...sideOf(all(key), i) }, kind, better, options) ?? []);
    return {
      ...{ key: metric.key, name: metric.name, role, kind, better },
      arms: outcomes(
        arms.map(({ key }) => ({ key, ...sideOf(all(key), i) })),
        kind,
        better,
      ),
      comparisons,
      guard:
        limit === undefined
          ? null
          : { limit, broken: comparisons.filter((c) => isBroken(base, sideOf(all(c.arm), i), metric, limit, options)).map((c) => c.arm) },
    };
  });
  const primary = views[0]!;
  const asked = (role: MetricResult['role']) =>
    views.filter((v) => v.role === role).flatMap((v) => v.comparisons.map((one) => ({ one, better: v.better })));
  corrected(asked('primary'), holm, alpha);
  corrected(asked('secondary'), benjaminiHochberg, alpha);
  corrected(asked('guard'), holm, alpha);

  const total = (of: 'assigned' | 'counted') => arms.reduce((sum, a) => sum + (all(a.key)?.[of] ?? 0), 0);
  const ratio = sampleRatio(
    arms.map((a) => all(a.key)?.assigned ?? 0),
    arms.map((a) => a.weight),
  );
  const alarm = ratio.alwaysValidP < ratioAlarm;
  const counted = total('counted');
  return {
    answer: answerOf({
      primary,
      counted,
      planned,
      alarm,
      ...state,
      broken: views.some((v) => (v.guard?.broken.length ?? 0) > 0) || state.stoppedByGuard,
      effect: definition.effect,
    }),
    assigned: total('assigned'),
    counted,
    planned,
    countsFrom: sums.firstAt === null ? null : new Date(sums.firstAt + definition.windowDays * dayMs).toISOString(),
    arms: arms.map((a) => ({
      ...{ key: a.key, name: a.name, weight: a.weight, control: a.key === control },
      assigned: all(a.key)?.assigned ?? 0,
      counted: all(a.key)?.counted ?? 0,
    })),
    sampleRatio: { ...ratio, alarm },
    metrics: views,
    looks: looksOf(definition, sums, options),
    segments: { stage: segments('stage'), level: segments('level') },
    asOf: new Date(state.now).toISOString(),
  };

  function segments(kind: 'stage' | 'level'): Results['segments']['stage'] {
    const keys = [...new Set(sums.cells.flatMap((c) => (c.of.kind === kind && c.of.key !== '' ? [c.of.key] : [])))].sort();
    const found = keys.map((key) => {
      const at = (arm: string) => cellOf(arm, (of) => of.kind === kind && of.key === key);
      const base = sideOf(at(control), 0);
      return {
        key,
        people: arms.reduce((sum, a) => sum + (at(a.key)?.counted ?? 0), 0),
        comparisons: others.flatMap(
          (a) => comparison(base, { key: a.key, ...sideOf(at(a.key), 0) }, primary.kind, primary.better, options) ?? [],
        ),
      };
    });
    // Whoever looks at many parts finds something in one of them: each counts with all the others.
    corrected(
      found.flatMap((s) => s.comparisons.map((one) => ({ one, better: primary.better }))),
      holm,
      alpha,
    );
    return found.map((s) => ({
      ...s,
      comparisons: s.comparisons.map(({ arm, people, difference, p, adjustedP, says }) => ({
        arm,
        people,
        difference,
        p,
        adjustedP,
        says,
      })),
    }));
  }
}

/** Is the arm worse than the control by more than the limit, beyond doubt? */
function isBroken(
  control: Side,
  arm: Side,
  metric: Metric,
  limit: number,
  { alpha, tuning, tests }: { alpha: number; tuning: number; tests: number },
): boolean {
  const up = metric.better === 'up';
  const found = compare(plainOf(control, metric.kind), plainOf(arm, metric.kind), {
    ...{ difference: 'relative', sides: up ? 'lesser' : 'greater', alpha: alpha / tests, sequential: { tuning } },
  });
  if (!found) return false;
  return up ? found.high < -limit : found.low > limit;
}

function looksOf(definition: Definition, sums: Sums, options: { alpha: number; tuning: number; tests: number }): Results['looks'] {
  const { arms, control, primary } = definition;
  const so = new Map<string, Side>(arms.map((a) => [a.key, { n: 0, sums: noSums }]));
  return sums.looks.map((at, look) => {
    for (const a of arms) {
      const cell = sums.cells.find((c) => c.arm === a.key && c.of.kind === 'look' && c.of.look === look);
      const before = so.get(a.key)!;
      if (cell) so.set(a.key, { n: before.n + cell.counted, sums: added(before.sums, cell.metrics[0]!) });
    }
    return {
      at: new Date(at).toISOString(),
      people: [...so.values()].reduce((sum, s) => sum + s.n, 0),
      comparisons: arms
        .filter((a) => a.key !== control)
        .flatMap((a) => {
          const found = comparison(so.get(control)!, { key: a.key, ...so.get(a.key)! }, primary.kind, primary.better, options);
          return found ? [{ arm: a.key, ...found.difference }] : [];
        }),
    };
  });
}
