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
  period: 'day' | 'week' | 'month';
  count: number;
}

export function RetentionResult({ rows, meta, period, count }: ResultProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { dark } = useTheme();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const nth = (n: number) => t(`insight.retention.nth.${period}`, { n });
  const whole = rows.find((row) => row.cohort === null);
  const cohorts = rows.filter((row) => row.cohort !== null && row.people > 0);
  const reveal = (row: RetentionRow, cell: RetentionCell) =>
    open({
      title: t('insight.retention.cell', {
        cohort: row.cohort ?? t('insight.retention.all'),
        nth: nth(cell.period),
        n: format.number(cell.people),
      }),
      count: cell.people,
      definition: named(meta.definitions['retention.returned'], ''),
      source: { kind: 'insight', question: meta.question, cell: cell.cell },
    });

  // biome-ignore lint/correctness/useExhaustiveDependencies: everything else is made of these
  const option = useMemo(() => {
    const cells = whole?.periods ?? [];
    return {
      grid: { left: 4, right: 12, top: 14, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
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
        { type: 'line', data: cells.map((cell) => cell.share), symbolSize: 7, itemStyle: { color: dark ? '#4EA8DE' : '#0072B2' } },
      ],
    };
  }, [rows, format, t, dark]);

  const shade = (cell: RetentionCell) =>
    cell.share === null
      ? undefined
      : `color-mix(in srgb, ${dark ? '#2587a6' : '#2587a6'} ${Math.round(8 + cell.share * 78)}%, transparent)`;
  const line = (row: RetentionRow) => (
    <tr key={row.cohort ?? 'all'}>
      <th scope="row">{row.cohort ?? t('insight.retention.all')}</th>
      <td className="num">{format.number(row.people)}</td>
      {Array.from({ length: count + 1 }, (_, n) => {
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
          <table className="cohorts">
            <thead>
              <tr>
                <th>{t('insight.retention.cohort')}</th>
                <th>{t('insight.retention.size')}</th>
                {Array.from({ length: count + 1 }, (_, n) => (
                  <th key={n}>{nth(n)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {whole && line(whole)}
              {cohorts.map(line)}
            </tbody>
          </table>
        </div>
      </Card>
    </div>
  );
}
