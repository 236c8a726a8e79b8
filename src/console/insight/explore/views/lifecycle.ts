import type { Answer, LifecycleRow } from '../../../api/explore.ts';
import type { View } from '../answer.tsx';
import { periodName, plainGrid, type Saying } from './context.ts';

const phases = ['new', 'resurrecting', 'returning', 'dormant'] as const;
const COLOURS = { new: '#0072B2', returning: '#009E73', resurrecting: '#56B4E9', dormant: '#D55E00' };

export function lifecycleView(answer: Answer<'lifecycle'>, saying: Saying): View<LifecycleRow> {
  const { t, format, state } = saying;
  const periods = [...new Set(answer.rows.map((row) => row.period))];
  const phase = (is: string) => t(`insight.explore.phase.${is}`);
  const title = (row: LifecycleRow) => `${phase(row.is)} · ${periodName(saying, row.period, state.interval)}`;
  return {
    option: {
      grid: plainGrid,
      legend: { top: 0, left: 0, type: 'scroll' },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: (n: number) => format.number(Math.abs(n)) },
      xAxis: { type: 'category', data: periods.map((p) => periodName(saying, p, state.interval)) },
      yAxis: { type: 'value', axisLabel: { formatter: (n: number) => format.short(Math.abs(n)) } },
      // Who went is drawn below the line; the number is theirs all the same.
      series: phases.map((is) => ({
        name: phase(is),
        type: 'bar',
        stack: 'all',
        barMaxWidth: 46,
        itemStyle: { color: COLOURS[is], borderRadius: 0 },
        data: answer.rows
          .filter((row) => row.is === is)
          .map((row) => ({ value: is === 'dormant' ? -row.people : row.people, row, itemStyle: { opacity: row.complete ? 1 : 0.5 } })),
      })),
    },
    onClick: ({ data }) => {
      const { row } = data as { row: LifecycleRow };
      return { behind: { title: title(row), count: row.people, cell: row.cell } };
    },
    rows: answer.rows,
    rowKey: (row) => JSON.stringify(row.cell),
    columns: [
      {
        key: 'period',
        title: t('insight.explore.period'),
        text: (row) => `${periodName(saying, row.period, state.interval)}${row.complete ? '' : ' *'}`,
        raw: (row) => row.period,
        left: true,
      },
      { key: 'is', title: t('insight.explore.kinds.lifecycle'), text: (row) => phase(row.is), raw: (row) => phase(row.is), left: true },
      {
        key: 'people',
        title: t('insight.funnel.people'),
        text: (row) => format.number(row.people),
        raw: (row) => row.people,
        behind: (row) => ({ title: title(row), count: row.people, cell: row.cell }),
      },
      ...(answer.compared
        ? [
            {
              key: 'before',
              title: t('insight.explore.before'),
              text: (row: LifecycleRow) => format.number(beforeOf(answer, row)),
              raw: (row: LifecycleRow) => beforeOf(answer, row),
            },
          ]
        : []),
    ],
  };
}

/** The same place in the period that it is compared with. */
function beforeOf(answer: Answer<'lifecycle'>, row: LifecycleRow): number | null {
  const place = answer.rows.filter((one) => one.is === row.is).indexOf(row);
  return answer.compared?.rows.filter((one) => one.is === row.is)[place]?.people ?? null;
}
