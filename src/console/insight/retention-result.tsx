import { Card, Tooltip } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Meta, RetentionCell, RetentionRow } from '../api/insight.ts';
import { useTheme } from '../theme/theme.tsx';
import { Reveal } from '../ui/bits.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';

interface ResultProps {
  rows: RetentionRow[];
  meta: Meta;
  period: 'hour' | 'day' | 'week' | 'month';
  /** From which to which period after the cohort's each column goes; the first is the cohort itself. */
  columns: [number, number][];
  valueName: (value: string | null | undefined) => string;
  compared?: { rows: RetentionRow[]; meta: Meta } | undefined;
}

export function RetentionResult({ rows, meta, period, columns, valueName, compared }: ResultProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { dark } = useTheme();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const nth = (column: number) => {
    const [from, to] = columns[column] ?? [column, column];
    return t(`insight.retention.nth.${period}`, { n: from === to ? from : `${from}–${to}` });
  };
  const whole = rows.find((row) => row.cohort === null && row.value === undefined);
  const before = compared?.rows.find((row) => row.cohort === null && row.value === undefined);
  const values = rows.filter((row) => row.cohort === null && row.value !== undefined).slice(0, 7);
  const cohorts = rows.filter((row) => row.cohort !== null && row.people > 0);
  const name = (row: RetentionRow) =>
    row.value === undefined
      ? (row.cohort ?? t('insight.retention.all'))
      : `${valueName(row.value)} · ${row.cohort ?? t('insight.retention.all')}`;
  const reveal = (row: RetentionRow, cell: RetentionCell, of: Meta = meta) =>
    open({
      title: t('insight.retention.cell', {
        cohort: name(row),
        nth: nth(cell.period),
        n: format.number(cell.people),
      }),
      count: cell.people,
      definition: named(meta.definitions['retention.returned'], ''),
      source: { kind: 'insight', question: of.question, cell: cell.cell },
    });

  // biome-ignore lint/correctness/useExhaustiveDependencies: everything else is made of these
  const option = useMemo(() => {
    const cells = whole?.periods ?? [];
    return {
      grid: {
        left: 4,
        right: 12,
        top: values.length || before ? 34 : 14,
        bottom: 4,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      tooltip: {
        trigger: 'axis',
        formatter: (at: { dataIndex: number }[]) => {
          const cell = cells[at[0]?.dataIndex ?? 0];
          return cell
            ? `${nth(cell.period)}<br/><b>${format.percent(cell.share)}</b> · ${format.number(cell.people)} ${t('common.people')}<br/>${t('common.interval', { low: format.percent(cell.low), high: format.percent(cell.high) })}`
            : '';
        },
      },
      xAxis: { type: 'category', boundaryGap: false, data: cells.map((cell) => nth(cell.period)) },
      yAxis: { type: 'value', min: 0, max: 1, axisLabel: { formatter: (value: number) => format.percent(value, 0) } },
      series: [
        { type: 'line', data: cells.map((cell) => cell.low), stack: 'band', symbol: 'none', lineStyle: { opacity: 0 }, silent: true },
        {
          type: 'line',
          data: cells.map((cell) => (cell.high ?? 0) - (cell.low ?? 0)),
          stack: 'band',
          symbol: 'none',
          lineStyle: { opacity: 0 },
          areaStyle: { opacity: 0.18, color: '#0072B2' },
          silent: true,
        },
        {
          type: 'line',
          data: cells.map((cell) => cell.share),
          symbolSize: 7,
          name: t('insight.retention.all'),
          itemStyle: { color: dark ? '#4EA8DE' : '#0072B2' },
        },
        ...values.map((row) => ({
          type: 'line',
          name: valueName(row.value),
          data: row.periods.map((cell) => ({ value: cell.share, row, cell })),
        })),
        ...(before
          ? [
              {
                type: 'line',
                name: t('insight.explore.before'),
                lineStyle: { type: 'dashed' },
                data: before.periods.map((cell) => ({ value: cell.share, row: before, cell, earlier: true })),
              },
            ]
          : []),
      ],
      ...(values.length || before
        ? {
            legend: {
              top: 0,
              left: 0,
              type: 'scroll',
              data: [
                t('insight.retention.all'),
                ...values.map((row) => valueName(row.value)),
                ...(before ? [t('insight.explore.before')] : []),
              ],
            },
          }
        : {}),
    };
  }, [rows, compared, format, t, dark]);

  const shade = (cell: RetentionCell) =>
    cell.share === null
      ? undefined
      : `color-mix(in srgb, ${dark ? '#2587a6' : '#2587a6'} ${Math.round(8 + cell.share * 78)}%, transparent)`;
  const line = (row: RetentionRow) => (
    <tr key={name(row)}>
      <th scope="row">{name(row)}</th>
      <td className="num">{format.number(row.people)}</td>
      {columns.map((_, n) => {
        const cell = row.periods.find((one) => one.period === n);
        if (!cell) return <td key={n} />;
        const text = cell.share === null ? '–' : format.percent(cell.share, cell.share < 0.1 ? 1 : 0);
        return (
          <td key={n} style={{ background: shade(cell), opacity: cell.complete ? 1 : 0.6 }}>
            <Tooltip
              title={`${format.number(cell.people)} / ${format.number(cell.of)}${cell.low !== null ? ` · ${t('common.interval', { low: format.percent(cell.low), high: format.percent(cell.high) })}` : ''}${cell.complete ? '' : ` · ${t('insight.retention.incomplete')}`}`}
            >
              <span>
                <Reveal onClick={() => reveal(row, cell)} testId={`cell-${row.cohort ?? 'all'}-${n}`}>
                  {text}
                  {cell.complete ? '' : '*'}
                </Reveal>
              </span>
            </Tooltip>
          </td>
        );
      })}
    </tr>
  );
  return (
    <div className="stack loose" data-testid="retention-result">
      <Card
        size="small"
        title={t('insight.retention.curve')}
        extra={<span className="soft small">{t('insight.retention.benchmark')}</span>}
      >
        <Chart
          option={option}
          height={250}
          label={t('insight.retention.curve')}
          onClick={(what) => {
            const told = what.data as { row?: RetentionRow; cell?: RetentionCell; earlier?: boolean };
            if (told.row && told.cell) return reveal(told.row, told.cell, told.earlier ? compared?.meta : meta);
            const cell = whole?.periods[what.dataIndex];
            if (whole && cell) reveal(whole, cell);
          }}
        />
      </Card>
      <Card
        size="small"
        title={<Define text={named(meta.definitions['retention.cohort'], '')}>{t('insight.retention.table')}</Define>}
        extra={<span className="soft small num">{t('insight.funnel.elapsed', { ms: meta.elapsedMs })}</span>}
      >
        <div style={{ overflowX: 'auto' }}>
          <table className="cohorts whole">
            <thead>
              <tr>
                <th>{t('insight.retention.cohort')}</th>
                <th>{t('insight.retention.size')}</th>
                {columns.map((_, n) => (
                  <th key={n}>{nth(n)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {whole && line(whole)}
              {values.map(line)}
              {cohorts.slice(0, 120).map(line)}
            </tbody>
          </table>
        </div>
      </Card>
    </div>
  );
}
