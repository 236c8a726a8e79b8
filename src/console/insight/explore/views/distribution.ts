import type { Answer, DistributionRow } from '../../../api/explore.ts';
import type { View } from '../answer.tsx';
import { plainGrid, type Saying } from './context.ts';

export function distributionView(answer: Answer<'distribution'>, { t, format, value, state }: Saying): View<DistributionRow> {
  const whole = state.of === undefined || state.of === 'events' || state.of === 'days';
  const bar = (row: DistributionRow): string => {
    if (row.text !== undefined) return row.text;
    const [from, to] = [row.from ?? null, row.to ?? null];
    if (from === null) return `< ${format.number(to, 2)}`;
    if (to === null) return whole && answer.summary.most === from ? format.number(from) : `≥ ${format.number(from, 2)}`;
    if (whole) return to - from === 1 ? format.number(from) : `${format.number(from)}–${format.number(to - 1)}`;
    return `${format.number(from, 2)} – ${format.number(to, 2)}`;
  };
  const broken = answer.rows.some((row) => row.value !== undefined);
  const lines = [
    ...Map.groupBy(broken ? answer.rows.filter((row) => row.value !== undefined) : answer.rows, (row) => row.value).values(),
  ].slice(0, 8);
  const bars = [...new Set((broken ? lines.flat() : answer.rows).map(bar))];
  const before = broken ? [] : (answer.compared?.rows ?? []);
  const texts = answer.meta.of === 'texts';
  const categories = { type: 'category', data: bars, axisLabel: { width: 110, overflow: 'truncate' }, ...(texts ? { inverse: true } : {}) };
  const numbers = { type: 'value', axisLabel: { formatter: (n: number) => format.percent(n, 0) } };
  const at = (line: DistributionRow[], earlier: boolean) =>
    bars.map((name) => {
      const row = line.find((one) => bar(one) === name);
      return { value: row?.share ?? 0, row, earlier };
    });
  const { people, mean, median, p90 } = answer.summary;
  return {
    option: {
      grid: plainGrid,
      legend: lines.length > 1 || before.length ? { top: 0, left: 0, type: 'scroll' } : undefined,
      tooltip: {
        trigger: 'item',
        formatter: (one: { name: string; data: { row?: DistributionRow } }) =>
          `${one.name}<br/><b>${format.number(one.data.row?.people ?? 0)}</b> ${t('common.people')} · ${format.percent(one.data.row?.share ?? 0)}`,
      },
      xAxis: texts ? numbers : categories,
      yAxis: texts ? categories : numbers,
      series: [
        ...lines.map((line) => ({
          name: broken ? value(line[0]?.value) : t('insight.explore.thisPeriod'),
          type: 'bar',
          barMaxWidth: 44,
          data: at(line, false),
        })),
        ...(before.length
          ? [{ name: t('insight.explore.before'), type: 'bar', barMaxWidth: 44, itemStyle: { opacity: 0.5 }, data: at(before, true) }]
          : []),
      ],
    },
    height: texts ? Math.max(240, bars.length * 26 + 70) : 320,
    onClick: ({ data }) => {
      const { row, earlier } = data as { row?: DistributionRow; earlier: boolean };
      if (!row) return undefined;
      return {
        behind: { title: bar(row), count: row.people, cell: row.cell },
        ...(earlier && answer.compared ? { meta: answer.compared.meta } : {}),
      };
    },
    note:
      mean === null
        ? undefined
        : t('insight.explore.summary', {
            people: format.number(people),
            mean: format.number(mean, 2),
            median: format.number(median, 2),
            p90: format.number(p90, 2),
          }),
    rows: answer.rows,
    rowKey: (row) => JSON.stringify(row.cell),
    columns: [
      ...(broken
        ? [
            {
              key: 'value',
              title: t('insight.funnel.breakdown'),
              text: (row: DistributionRow) => value(row.value),
              raw: (row: DistributionRow) => value(row.value),
              left: true,
            },
          ]
        : []),
      { key: 'bar', title: t('insight.explore.bar'), text: bar, raw: bar, left: true },
      {
        key: 'people',
        title: t('insight.funnel.people'),
        text: (row) => format.number(row.people),
        raw: (row) => row.people,
        behind: (row) => ({ title: bar(row), count: row.people, cell: row.cell }),
      },
      { key: 'share', title: t('insight.explore.share'), text: (row) => format.percent(row.share), raw: (row) => row.share },
      { key: 'events', title: t('insight.explore.measure.events'), text: (row) => format.number(row.events), raw: (row) => row.events },
    ],
  };
}
