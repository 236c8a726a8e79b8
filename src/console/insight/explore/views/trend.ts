import type { Answer, TrendRow } from '../../../api/explore.ts';
import type { View } from '../answer.tsx';
import { periodName, plainGrid, type Saying } from './context.ts';

const mostLines = 8;

export function trendView(answer: Answer<'trend'>, saying: Saying): View<TrendRow> {
  const { t, format, event, value, state } = saying;
  const broken = answer.rows.some((row) => row.value !== undefined);
  const series = [...new Set(answer.rows.map((row) => row.series))];
  const name = (row: TrendRow) => {
    const what = `${event(row.event)} · ${t(`insight.explore.measure.${row.measure}`)}`;
    if (!broken) return what;
    return series.length > 1 ? `${what} · ${value(row.value)}` : value(row.value);
  };
  const points = answer.rows.filter((row) => row.period !== null && (!broken || row.value !== undefined));
  const lines = [...Map.groupBy(points, (row) => `${row.series}|${row.value ?? ''}|${row.value === undefined}`).values()].slice(
    0,
    mostLines,
  );
  const periods = [...new Set(points.map((row) => row.period))];
  // What is compared with lies under it, point by point.
  const earlier = broken
    ? []
    : [...Map.groupBy(answer.compared?.rows.filter((r) => r.period !== null && r.value === undefined) ?? [], (r) => r.series).values()];
  const number = (n: number | null) => format.number(n, 2);
  return {
    option: {
      grid: plainGrid,
      legend: { top: 0, left: 0, type: 'scroll' },
      tooltip: { trigger: 'axis', valueFormatter: (n: number) => number(n) },
      xAxis: { type: 'category', boundaryGap: false, data: periods.map((p) => periodName(saying, p, state.interval)) },
      yAxis: { type: 'value', axisLabel: { formatter: (n: number) => format.short(n) } },
      series: [
        ...lines.map((line) => ({
          name: name(line[0]!),
          type: 'line',
          showSymbol: line.length < 60,
          data: line.map((row) => ({ value: row.number, row })),
        })),
        ...earlier.map((line) => ({
          name: `${name(line[0]!)} · ${t('insight.explore.before')}`,
          type: 'line',
          lineStyle: { type: 'dashed', opacity: 0.7 },
          showSymbol: false,
          data: line.slice(0, periods.length).map((row) => ({ value: row.number, row, earlier: true })),
        })),
      ],
    },
    onClick: ({ data }) => {
      const { row, earlier: before } = data as { row: TrendRow; earlier?: boolean };
      return {
        behind: { title: `${name(row)} · ${periodName(saying, row.period, state.interval)}`, count: row.people, cell: row.cell },
        ...(before && answer.compared ? { meta: answer.compared.meta } : {}),
      };
    },
    rows: answer.rows,
    rowKey: (row) => JSON.stringify(row.cell),
    columns: [
      { key: 'name', title: t('insight.explore.line'), text: name, raw: name, left: true },
      {
        key: 'period',
        title: t('insight.explore.period'),
        text: (row) => `${periodName(saying, row.period, state.interval)}${row.complete || row.period === null ? '' : ' *'}`,
        raw: (row) => row.period ?? '',
        left: true,
      },
      {
        key: 'number',
        title: t('insight.explore.number'),
        definition: `trend.${answer.rows[0]?.measure ?? 'events'}`,
        text: (row) => number(row.number),
        raw: (row) => row.number,
      },
      {
        key: 'people',
        title: t('insight.funnel.people'),
        text: (row) => format.number(row.people),
        raw: (row) => row.people,
        behind: (row) => ({ title: `${name(row)} · ${periodName(saying, row.period, state.interval)}`, count: row.people, cell: row.cell }),
      },
    ],
  };
}
