import type { Answer, WorthRow } from '../../../api/explore.ts';
import type { View } from '../answer.tsx';
import { plainGrid, type Saying } from './context.ts';

export function worthView(answer: Answer<'worth'>, { t, format, value, state }: Saying): View<WorthRow> {
  const broken = answer.rows.some((row) => row.value !== undefined);
  const together = answer.rows.filter((row) => row.cohort === null && (!broken || row.value !== undefined)).slice(0, 8);
  const count = Math.max(0, ...together.flatMap((row) => row.periods.map((p) => p.period)));
  const nth = (n: number) => t(`insight.retention.nth.${state.period === 'week' ? 'week' : 'month'}`, { n });
  const name = (row: WorthRow) => `${row.cohort ?? t('insight.retention.all')}${broken ? ` · ${value(row.value)}` : ''}`;
  const line = (row: WorthRow, earlier = false) => ({
    name: earlier ? t('insight.explore.before') : name(row),
    type: 'line',
    lineStyle: earlier ? { type: 'dashed' } : undefined,
    data: row.periods.map((cell) => ({ value: cell.fenPerPerson, row, cell, earlier })),
  });
  const before = broken ? undefined : answer.compared?.rows.find((row) => row.cohort === null);
  const places = Array.from({ length: count + 1 }, (_, n) => n);
  return {
    option: {
      grid: plainGrid,
      legend: { top: 0, left: 0, type: 'scroll' },
      tooltip: { trigger: 'axis', valueFormatter: (n: number) => format.fen(n) },
      xAxis: { type: 'category', boundaryGap: false, data: places.map(nth) },
      yAxis: { type: 'value', axisLabel: { formatter: (n: number) => format.fenShort(n) } },
      series: [...together.map((row) => line(row)), ...(before ? [line(before, true)] : [])],
    },
    onClick: ({ data }) => {
      const { row, cell, earlier } = data as { row: WorthRow; cell: WorthRow['periods'][number]; earlier: boolean };
      const behind = {
        title: t('insight.explore.orderedBy', { cohort: name(row), nth: nth(cell.period) }),
        count: cell.people,
        cell: cell.cell,
      };
      return { behind, ...(earlier && answer.compared ? { meta: answer.compared.meta } : {}) };
    },
    note: t('insight.explore.worthNote'),
    rows: answer.rows.filter((row) => row.people > 0),
    rowKey: (row) => JSON.stringify(row.cell),
    columns: [
      { key: 'cohort', title: t('insight.retention.cohort'), text: name, raw: name, left: true },
      {
        key: 'people',
        title: t('insight.retention.size'),
        text: (row) => format.number(row.people),
        raw: (row) => row.people,
        behind: (row) => ({ title: name(row), count: row.people, cell: row.cell }),
      },
      ...places.map((n) => ({
        key: `p${n}`,
        title: nth(n),
        definition: n === 0 ? 'worth.perPerson' : undefined,
        text: (row: WorthRow) => {
          const cell = row.periods.find((one) => one.period === n);
          return cell ? `${format.fen(cell.fenPerPerson)}${cell.complete ? '' : ' *'}` : '';
        },
        raw: (row: WorthRow) => {
          const fen = row.periods.find((one) => one.period === n)?.fenPerPerson;
          return fen === undefined || fen === null ? null : Math.round(fen) / 100;
        },
        behind: (row: WorthRow) => {
          const cell = row.periods.find((one) => one.period === n);
          return cell && { title: t('insight.explore.orderedBy', { cohort: name(row), nth: nth(n) }), count: cell.people, cell: cell.cell };
        },
      })),
    ],
  };
}
