import { useTranslation } from 'react-i18next';
import type { Results } from '../api/experiments.ts';
import { SERIES, SERIES_DARK } from '../theme/palette.ts';
import { useTheme } from '../theme/theme.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { differenceWords, intervalWords, type Points } from './words.ts';

/** The difference of each arm at each look, with its interval as a band. */
export function LooksChart({ results }: { results: Results }) {
  const { t } = useTranslation();
  const format = useFormat();
  const metric = results.metrics[0]!;
  const looks = results.looks.filter((l) => l.comparisons.length > 0);
  const scale = metric.kind === 'conversion' ? 100 : metric.kind === 'value' ? 0.01 : 1;
  const points: Points = (values) => t('common.points', values);
  const say = (value: number) => differenceWords(format, metric.kind, value / scale, points);
  const names = new Map(results.arms.map((a) => [a.key, a.name]));
  const arms = results.arms.filter((a) => !a.control);
  const days = looks.map((l) => format.day(l.at));
  const of = (arm: string, end: 'value' | 'low' | 'high') =>
    looks.map((l) => (l.comparisons.find((c) => c.arm === arm)?.[end] ?? Number.NaN) * scale);
  const { dark } = useTheme();
  const series = arms.flatMap(({ key }, i) => {
    const color = (dark ? SERIES_DARK : SERIES)[i % SERIES.length];
    const low = of(key, 'low');
    const high = of(key, 'high');
    const band = { type: 'line', stack: `band ${key}`, stackStrategy: 'all', symbol: 'none', silent: true, lineStyle: { opacity: 0 } };
    return [
      { ...band, data: low, tooltip: { show: false } },
      { ...band, data: high.map((h, j) => h - low[j]!), areaStyle: { opacity: 0.18 }, tooltip: { show: false }, color },
      { type: 'line', name: names.get(key), data: of(key, 'value'), symbolSize: 6, color },
    ];
  });
  return (
    <Chart
      height={260}
      label={t('experiment.looks')}
      option={{
        grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
        legend: { top: 0, data: arms.map((a) => a.name) },
        tooltip: {
          trigger: 'axis',
          formatter: (rows: { dataIndex: number }[]) => {
            const look = looks[rows[0]!.dataIndex]!;
            const lines = look.comparisons.map(
              (c) => `${names.get(c.arm)}: ${say(c.value * scale)} (${intervalWords(format, metric.kind, c, points)})`,
            );
            return [format.day(look.at), `${t('experiment.people')} ${format.number(look.people)}`, ...lines].join('<br/>');
          },
        },
        xAxis: { type: 'category', data: days, boundaryGap: looks.length < 2 },
        yAxis: { type: 'value', scale: false, axisLabel: { formatter: (v: number) => format.number(v, 1) } },
        series,
      }}
    />
  );
}
