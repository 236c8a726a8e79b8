import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { HealthPoint } from '../api/events.ts';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';

/** What came, as a line over the band of what was to be expected; the time of a finding is shaded. */
export function BandChart({ points, unit, height = 220, label }: { points: HealthPoint[]; unit: string; height?: number; label: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const option = useMemo(() => {
    const say = (v: number) => (unit === 'share' ? format.percent(v) : format.number(v, 1));
    const at = points.map((p) => format.zoned(p.at).format('MM-DD HH:mm'));
    const band = points.some((p) => p.high !== undefined);
    const usual = points.some((p) => p.expected !== undefined);
    const invisible = { type: 'line', stack: 'band', symbol: 'none', lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } };
    return {
      grid: { left: 8, right: 12, top: 30, bottom: 4, containLabel: true },
      legend: {
        top: 0,
        right: 0,
        data: [t('health.observed'), ...(usual ? [t('health.expected')] : []), ...(band ? [t('health.band')] : [])],
      },
      tooltip: { trigger: 'axis', valueFormatter: (v: number) => (typeof v === 'number' ? say(v) : '–') },
      xAxis: { type: 'category', data: at, boundaryGap: false },
      yAxis: {
        type: 'value',
        min: 0,
        ...(unit === 'events' ? { minInterval: 1 } : {}),
        axisLabel: { formatter: (v: number) => (unit === 'share' ? format.percent(v, 0) : format.short(v)) },
      },
      series: [
        ...(band
          ? [
              { ...invisible, name: 'low', data: points.map((p) => p.low ?? null) },
              {
                ...invisible,
                name: t('health.band'),
                itemStyle: { color: 'rgba(0,114,178,.25)' },
                areaStyle: { color: 'rgba(0,114,178,.14)' },
                data: points.map((p) => (p.high === undefined ? null : p.high - (p.low ?? 0))),
              },
            ]
          : []),
        ...(usual
          ? [
              {
                name: t('health.expected'),
                type: 'line',
                symbol: 'none',
                lineStyle: { type: 'dashed', width: 1.5 },
                itemStyle: { color: '#7F7F7F' },
                data: points.map((p) => p.expected ?? null),
              },
            ]
          : []),
        {
          name: t('health.observed'),
          type: 'line',
          symbol: 'none',
          lineStyle: { width: 2 },
          itemStyle: { color: '#D55E00' },
          data: points.map((p) => p.observed),
        },
      ],
    };
  }, [points, unit, format, t]);
  return <Chart option={option} height={height} label={label} />;
}

/** A small line without axes. */
export function Spark({ values, width = 110, height = 26 }: { values: readonly number[]; width?: number; height?: number }) {
  if (values.length < 2) return null;
  const top = Math.max(1, ...values);
  const path = values.map(
    (v, i) =>
      `${i === 0 ? 'M' : 'L'}${((i / (values.length - 1)) * width).toFixed(1)} ${(height - 2 - (v / top) * (height - 4)).toFixed(1)}`,
  );
  return (
    <svg width={width} height={height} aria-hidden="true" style={{ display: 'block' }}>
      <path d={path.join('')} fill="none" stroke="var(--ant-color-primary, #0b6b83)" strokeWidth="1.5" />
    </svg>
  );
}
