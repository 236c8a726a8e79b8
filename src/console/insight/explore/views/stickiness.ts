import type { Answer, StickinessRow } from '../../../api/explore.ts';
import type { View } from '../answer.tsx';
import { plainGrid, type Saying } from './context.ts';

export function stickinessView(answer: Answer<'stickiness'>, { t, format, value, state }: Saying): View<StickinessRow> {
  const unit = t(`insight.explore.unit.${state.interval ?? 'week'}`);
  const broken = answer.rows.some((row) => row.value !== undefined);
  const deepest = Math.max(1, ...answer.rows.filter((row) => row.people > 0).map((row) => row.periods));
  const shown = answer.rows.filter((row) => row.periods <= deepest);
  const lines = [...Map.groupBy(broken ? shown.filter((row) => row.value !== undefined) : shown, (row) => row.value).values()].slice(0, 8);
  const before = broken ? [] : (answer.compared?.rows.filter((row) => row.periods <= deepest && row.value === undefined) ?? []);
  const title = (row: StickinessRow) => t('insight.explore.inPeriods', { n: row.periods, unit });
  return {
    option: {
      grid: plainGrid,
      legend: lines.length > 1 || before.length ? { top: 0, left: 0, type: 'scroll' } : undefined,
      tooltip: {
        trigger: 'item',
        formatter: (at: { data: { row: StickinessRow } }) =>
          `${title(at.data.row)}<br/><b>${format.number(at.data.row.people)}</b> ${t('common.people')} · ${format.percent(at.data.row.share)}`,
      },
      xAxis: { type: 'category', data: lines[0]?.map((row) => String(row.periods)) ?? [], name: unit, nameLocation: 'middle', nameGap: 26 },
      yAxis: { type: 'value', axisLabel: { formatter: (n: number) => format.percent(n, 0) } },
      series: [
        ...lines.map((line) => ({
          name: broken ? value(line[0]?.value) : t('insight.explore.thisPeriod'),
          type: 'bar',
          barMaxWidth: 40,
          data: line.map((row) => ({ value: row.share ?? 0, row })),
        })),
        ...(before.length
          ? [
              {
                name: t('insight.explore.before'),
                type: 'line',
                showSymbol: false,
                data: before.map((row) => ({ value: row.share ?? 0, row, earlier: true })),
              },
            ]
          : []),
      ],
    },
    onClick: ({ data }) => {
      const { row, earlier } = data as { row: StickinessRow; earlier?: boolean };
      return {
        behind: { title: title(row), count: row.people, cell: row.cell },
        ...(earlier && answer.compared ? { meta: answer.compared.meta } : {}),
      };
    },
    rows: shown,
    rowKey: (row) => JSON.stringify(row.cell),
    columns: [
      ...(broken
        ? [
            {
              key: 'value',
              title: t('insight.funnel.breakdown'),
              text: (row: StickinessRow) => value(row.value),
              raw: (row: StickinessRow) => value(row.value),
              left: true,
            },
          ]
        : []),
      { key: 'periods', title: unit, text: (row) => String(row.periods), raw: (row) => row.periods, left: true },
      {
        key: 'people',
        title: t('insight.funnel.people'),
        definition: 'stickiness.people',
        text: (row) => format.number(row.people),
        raw: (row) => row.people,
        behind: (row) => ({ title: title(row), count: row.people, cell: row.cell }),
      },
      { key: 'share', title: t('insight.explore.share'), text: (row) => format.percent(row.share), raw: (row) => row.share },
      {
        key: 'atLeast',
        title: t('insight.explore.atLeast'),
        text: (row) => format.number(row.atLeast),
        raw: (row) => row.atLeast,
        behind: (row) => ({ title: `≥ ${title(row)}`, count: row.atLeast, cell: row.atLeastCell }),
      },
    ],
  };
}
