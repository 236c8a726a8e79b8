import type { MetricResult, Results } from '../api/experiments.ts';
import type { Format } from '../ui/format.ts';

type Kind = MetricResult['kind'];
/** How points of a percentage are said. */
export type Points = (values: { n: string }) => string;

/** A value of a metric as it is said: a share, a number of times, or money. */
export function valueWords(format: Format, kind: Kind, value: number | null | undefined): string {
  if (kind === 'conversion') return format.percent(value, 2);
  return kind === 'value' ? format.fen(value) : format.number(value, 2);
}

/** A difference: of shares in points, with its sign. */
export function differenceWords(format: Format, kind: Kind, value: number, points: Points): string {
  const sign = value > 0 ? '+' : '';
  return `${sign}${kind === 'conversion' ? points({ n: format.number(value * 100, 2) }) : valueWords(format, kind, value)}`;
}

/** From … to; of shares the unit stands once. */
export function intervalWords(format: Format, kind: Kind, { low, high }: { low: number; high: number }, points: Points): string {
  const first = kind === 'conversion' ? format.number(low * 100, 2) : differenceWords(format, kind, low, points);
  return `${first} … ${differenceWords(format, kind, high, points)}`;
}

/** The answer in one sentence: which text, and what is filled in. */
export function answerWords(
  results: Results,
  say: (key: string, values: Record<string, string>) => string,
  format: Format,
  points: Points,
  sure: string,
): string {
  const { answer } = results;
  const metric = results.metrics[0]!;
  const d = answer.difference;
  const difference = (value: number | undefined) => (value === undefined ? '–' : differenceWords(format, metric.kind, value, points));
  const down = answer.kind === 'better' && metric.better === 'down';
  const early = results.counted === 0 ? 'too_early' : 'no_plan';
  const key = down ? 'betterDown' : answer.kind === 'not_enough' && (answer.need === null || early === 'too_early') ? early : answer.kind;
  return say(`experiment.answer.${key}`, {
    arm: results.arms.find((a) => a.key === answer.arm)?.name ?? '',
    metric: metric.name,
    value: difference(d?.value),
    interval: d ? intervalWords(format, metric.kind, d, points) : '–',
    sure,
    have: format.number(answer.have),
    need: answer.need === null ? '–' : format.number(answer.need),
  });
}
