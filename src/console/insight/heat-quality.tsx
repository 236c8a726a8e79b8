import { Card } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { HeatFit } from '../api/value.ts';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';

const grid = { left: 4, right: 12, top: 34, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' };

/** Whether what was foretold came true, and how readiness fades. */
export function HeatQuality({ fit }: { fit: HeatFit }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { quality } = fit;
  const percent = useMemo(
    () => ({ type: 'value', min: 0, axisLabel: { formatter: (value: number) => format.percent(value, 0) } }),
    [format],
  );
  const tenths = useMemo(
    () => ({
      grid,
      legend: { top: 0 },
      tooltip: {
        trigger: 'axis',
        formatter: (at: { dataIndex: number }[]) => {
          const one = quality?.tenths[at[0]?.dataIndex ?? 0];
          return one
            ? `${t('heat.foretold')} <b>${format.percent(one.foretold)}</b><br/>${t('heat.happened')} <b>${format.percent(one.happened)}</b> · ${format.number(one.orders)} / ${format.number(one.people)}`
            : '';
        },
      },
      xAxis: { type: 'category', data: quality?.tenths.map((_, i) => t('heat.tenth', { n: i + 1 })) ?? [] },
      yAxis: percent,
      series: [
        { type: 'bar', name: t('heat.happened'), data: quality?.tenths.map((one) => one.happened) },
        { type: 'line', name: t('heat.foretold'), data: quality?.tenths.map((one) => one.foretold) },
      ],
    }),
    [quality, format, t, percent],
  );
  const fading = useMemo(() => {
    const { intents, orders } = fit.decay;
    const name = (one: (typeof intents)[number]) =>
      one.to === null ? t('heat.daysMore', { from: one.from }) : t('heat.days', { from: one.from, to: one.to });
    const curve = (points: typeof intents) => points.map((one) => (one.ordered.of >= 10 ? one.ordered.share : null));
    return {
      grid,
      legend: { top: 0 },
      tooltip: {
        trigger: 'axis',
        formatter: (at: { dataIndex: number; seriesName: string; seriesIndex: number }[]) =>
          at
            .map(({ dataIndex, seriesName, seriesIndex }) => {
              const { ordered } = (seriesIndex === 0 ? intents : orders)[dataIndex]!;
              return `${seriesName}: <b>${format.percent(ordered.share)}</b> (${format.percent(ordered.low)} – ${format.percent(ordered.high)}) · ${format.number(ordered.part)} / ${format.number(ordered.of)}`;
            })
            .join('<br/>'),
      },
      xAxis: { type: 'category', boundaryGap: false, data: intents.map(name) },
      yAxis: percent,
      series: [
        { type: 'line', connectNulls: true, name: t('heat.sinceIntent'), data: curve(intents) },
        { type: 'line', connectNulls: true, name: t('heat.sinceOrder'), data: curve(orders), lineStyle: { type: 'dashed' } },
      ],
    };
  }, [fit.decay, format, t, percent]);
  const top = quality?.tenths.at(-1);
  return (
    <div className="grid two">
      {quality && top && (
        <Card size="small" title={t('heat.calibration')} data-testid="heat-calibration">
          <div className="soft small">
            {t('heat.calibrationWords', {
              ...{ early: fit.weeks - fit.laterWeeks, late: fit.laterWeeks, rows: format.number(quality.rows) },
              ...{ foretold: format.percent(top.foretold), happened: format.percent(top.happened), auc: format.percent(quality.auc, 0) },
            })}{' '}
            {t('heat.brier', { x: format.number(quality.brier, 4), base: format.number(quality.brierOfBase, 4) })}
          </div>
          <Chart option={tenths} height={260} label={t('heat.calibration')} />
        </Card>
      )}
      <Card size="small" title={t('heat.decay')} data-testid="heat-decay">
        <div className="soft small">{t('heat.decayHint')}</div>
        <Chart option={fading} height={260} label={t('heat.decay')} />
      </Card>
    </div>
  );
}
