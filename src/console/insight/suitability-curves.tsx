import { Card, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Suitability, SuitabilityRow } from '../api/position.ts';
import { SERIES, SERIES_DARK } from '../theme/palette.ts';
import { useTheme } from '../theme/theme.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';

/** More lines than this cannot be told apart. */
const drawn = 6;

export function useCategoryName() {
  const { t } = useTranslation();
  return (category: string | null) => (category === null ? t('suitability.all') : category === '~' ? t('suitability.unsorted') : category);
}

interface CurvesProps {
  rows: SuitabilityRow[];
  chosen: SuitabilityRow;
  meta: Suitability['meta'];
  onChoose: (category: string | null) => void;
}

/** The share that has not come back, by category; with its band for the one that is chosen. */
export function SuitabilityCurves({ rows, chosen, meta, onChoose }: CurvesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { dark } = useTheme();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const nameOf = useCategoryName();
  const [scope, setScope] = useState<'same' | 'any'>('same');
  const curveOf = (row: SuitabilityRow) => (scope === 'same' ? (row.same ?? row.any) : row.any);
  const first = rows.slice(0, drawn + 1);
  const shown = first.includes(chosen) ? first : [...first.slice(0, drawn), chosen];

  // biome-ignore lint/correctness/useExhaustiveDependencies: everything else is made of these
  const option = useMemo(() => {
    const colours = dark ? SERIES_DARK : SERIES;
    const steps = (of: 'survival' | 'low' | 'high', row: SuitabilityRow): [number, number][] => {
      const { points } = curveOf(row);
      const last = points.at(-1);
      const horizon = curveOf(row).within.at(-1)?.days ?? 365;
      return [[0, 1], ...points.map((p): [number, number] => [p.day, p[of]]), ...(last ? [[horizon, last[of]] as [number, number]] : [])];
    };
    const line = (row: SuitabilityRow, at: number) => ({
      name: nameOf(row.category),
      type: 'line',
      step: 'end',
      symbol: 'none',
      color: colours[at % colours.length],
      data: steps('survival', row),
      lineStyle: { width: row === chosen ? 3 : 1.5, opacity: row === chosen ? 1 : 0.65 },
      z: row === chosen ? 5 : 2,
    });
    const at = shown.indexOf(chosen);
    const bound = (of: 'low' | 'high') => ({
      type: 'line',
      step: 'end',
      symbol: 'none',
      silent: true,
      data: steps(of, chosen),
      color: colours[at % colours.length],
      lineStyle: { width: 1, type: 'dashed', opacity: 0.7 },
      tooltip: { show: false },
    });
    return {
      grid: { left: 4, right: 16, top: 44, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      legend: { top: 0, type: 'plain', data: shown.map((row) => nameOf(row.category)) },
      tooltip: {
        trigger: 'axis',
        formatter: (points: { axisValue: number; seriesName: string; data: [number, number]; marker: string }[]) => {
          const day = Math.floor(points[0]?.axisValue ?? 0);
          const lines = shown.map((row) => {
            const point = curveOf(row).points.findLast((p) => p.day <= day);
            return `${nameOf(row.category)} <b>${format.percent(point?.survival ?? 1)}</b>${point ? ` <small>(${format.percent(point.low, 0)} – ${format.percent(point.high, 0)})</small>` : ''}`;
          });
          return `${t('suitability.day', { n: day })}<br/>${lines.join('<br/>')}`;
        },
      },
      xAxis: { type: 'value', min: 0, max: curveOf(chosen).within.at(-1)?.days ?? 365, axisLabel: { formatter: (v: number) => `${v}` } },
      yAxis: { type: 'value', min: 0, max: 1, axisLabel: { formatter: (v: number) => format.percent(v, 0) } },
      series: [...shown.map(line), bound('low'), bound('high')],
    };
  }, [rows, chosen, scope, format, t, dark]);

  const within = curveOf(chosen).within;
  return (
    <Card
      size="small"
      title={<Define text={named(meta.definitions['suitability.curve'], '')}>{t('suitability.curves')}</Define>}
      extra={
        <Segmented
          size="small"
          value={scope}
          onChange={setScope}
          options={(['same', 'any'] as const).map((one) => ({ value: one, label: t(`suitability.${one}`) }))}
        />
      }
      data-testid="suitability-curves"
    >
      <Chart
        option={option}
        height={360}
        label={t('suitability.curves')}
        onClick={(what) => {
          const row = shown.find((one) => nameOf(one.category) === what.seriesName);
          if (row) onChoose(row.category);
        }}
      />
      <div className="row wrap" style={{ gap: 18, marginTop: 8 }}>
        <b>{nameOf(chosen.category)}</b>
        {within.map((one) => (
          <span key={one.days} className="small">
            <span className="soft">{t('suitability.within', { n: one.days })} </span>
            <button
              type="button"
              className="linklike num"
              onClick={() =>
                open({
                  title: t('suitability.who', { category: nameOf(chosen.category), what: t('suitability.within', { n: one.days }) }),
                  definition: named(meta.definitions['suitability.curve'], ''),
                  source: { kind: 'insight', question: meta.question, cell: one.cell },
                })
              }
            >
              <b>{one.atRisk === 0 ? '–' : format.percent(one.share)}</b>
            </button>
            <span className="soft num">
              {' '}
              {one.atRisk === 0
                ? t('common.enough')
                : `${format.percent(one.low, 0)} – ${format.percent(one.high, 0)} · ${t('suitability.atRisk', { n: format.number(one.atRisk) })}`}
            </span>
          </span>
        ))}
      </div>
    </Card>
  );
}
