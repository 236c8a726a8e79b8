import { Button, Card, Tag } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Progress, TargetProgress } from '../api/position.ts';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Metric } from '../ui/metric.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { STATE_COLOURS, usePositionWords } from './position-words.ts';

/** The way so far, the straight way to the target, and where it goes at this pace. */
function PaceChart({ target }: { target: TargetProgress }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { say, nameOf } = usePositionWords();
  // biome-ignore lint/correctness/useExhaustiveDependencies: everything else is made of these
  const option = useMemo(() => {
    const way = target.points.map((p) => [p.at, p.value]);
    const start = target.lies === 'flow' ? 0 : (target.points[0]?.value ?? null);
    const end = format.startOfDay(target.by).add(1, 'day').toISOString();
    const from = format.startOfDay(target.from).toISOString();
    const last = target.points.at(-1);
    const { projected } = target;
    const to = (value: number) =>
      last
        ? [
            [last.at, last.value],
            [end, value],
          ]
        : [];
    const dashed = (name: string, data: unknown[], extra: object = {}) => ({
      name,
      type: 'line',
      symbol: 'none',
      data,
      lineStyle: { type: 'dashed', width: 1.5, ...extra },
    });
    return {
      grid: { left: 4, right: 12, top: 10, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      tooltip: {
        trigger: 'item',
        formatter: (at: { data: [string, number] }) => `${format.day(at.data[0])}<br/><b>${say(at.data[1], target.unit)}</b>`,
      },
      xAxis: { type: 'time', min: from, max: end },
      yAxis: {
        type: 'value',
        scale: target.lies !== 'flow',
        splitNumber: 3,
        axisLabel: {
          formatter: (v: number) =>
            target.unit === 'share' ? format.percent(v, 0) : target.unit === 'fen' ? format.fenShort(v) : format.short(v),
        },
      },
      series: [
        dashed(
          t('position.target'),
          start === null
            ? []
            : [
                [from, start],
                [end, target.target],
              ],
          { color: '#7F7F7F' },
        ),
        ...(projected
          ? [
              dashed('', to(projected.low), { color: '#E69F00', width: 1, opacity: 0.6 }),
              dashed('', to(projected.high), { color: '#E69F00', width: 1, opacity: 0.6 }),
              dashed(t('position.pace'), to(projected.value), { color: '#E69F00' }),
            ]
          : []),
        {
          name: nameOf(target.metric),
          type: 'line',
          symbolSize: 6,
          data: target.lies === 'flow' ? [[from, 0], ...way] : way,
          color: '#0072B2',
        },
      ],
    };
  }, [target, format, t]);
  const open = usePeopleDrawer();
  const offset = target.lies === 'flow' ? 1 : 0;
  return (
    <Chart
      option={option}
      height={150}
      label={`${nameOf(target.metric)}: ${t('position.pace')}`}
      onClick={(what) => {
        const point = what.seriesName === nameOf(target.metric) ? target.points[what.dataIndex - offset] : undefined;
        if (point)
          open({
            title: `${nameOf(target.metric, target.carrier)} · ${format.day(point.at)}`,
            source: { kind: 'insight', question: point.question, cell: point.cell },
          });
      }}
    />
  );
}

function TargetCard({ target, definition }: { target: TargetProgress; definition: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  const { nameOf, say } = usePositionWords();
  const shown = (value: number) => say(target.unit === 'share' || target.unit === 'ratio' ? value : Math.round(value), target.unit);
  return (
    <Card size="small" data-testid={`target-${target.metric}`}>
      <div className="row between" style={{ alignItems: 'flex-start' }}>
        <Metric
          label={nameOf(target.metric, target.carrier)}
          definition={definition}
          value={say(target.value, target.unit)}
          unit={`/ ${say(target.target, target.unit)}`}
          onClick={
            target.value === null
              ? undefined
              : () =>
                  open({
                    title: nameOf(target.metric, target.carrier),
                    definition,
                    source: { kind: 'insight', question: target.question, cell: target.cell },
                  })
          }
        />
        <span className="row wrap" style={{ justifyContent: 'flex-end', gap: 4 }}>
          <Tag>{t(`position.${target.term}`)}</Tag>
          <Tag color={STATE_COLOURS[target.state]} style={{ marginInlineEnd: 0 }}>
            {target.ahead ? t('position.notBegun') : t(`position.state.${target.state}`)}
          </Tag>
        </span>
      </div>
      {target.points.length > 0 && <PaceChart target={target} />}
      <div className="soft small num">
        {format.day(target.from)} → {format.day(target.by)}
        {target.expected !== null && ` · ${t('position.expected', { x: shown(target.expected) })}`}
        {target.projected &&
          ` · ${t('position.projected', { x: shown(target.projected.value), low: shown(target.projected.low), high: shown(target.projected.high) })}`}
      </div>
    </Card>
  );
}

export function PositionTargets({ progress, onEdit }: { progress: Progress; onEdit?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const { nameOf, say } = usePositionWords();
  const { northStar } = progress;
  const definition = (key: string) => named(progress.meta.definitions[key], '');
  return (
    <Card size="small" title={t('position.targets')} data-testid="position-targets">
      <div className="stack">
        <Metric
          testId="position-north-star"
          label={`${t('position.northStar')} · ${nameOf(northStar.metric, northStar.carrier)} (${t('position.lastDays', { n: northStar.days })})`}
          definition={definition(northStar.definition)}
          value={say(northStar.value, northStar.unit)}
          unit={northStar.unit === 'people' ? t('common.people') : undefined}
          onClick={() =>
            open({
              title: nameOf(northStar.metric, northStar.carrier),
              definition: definition(northStar.definition),
              source: { kind: 'insight', question: northStar.question, cell: northStar.cell },
            })
          }
          foot={northStar.targets.length === 0 ? t('position.noTarget') : undefined}
        />
        {progress.targets.length === 0 && (
          <div className="row wrap">
            <span className="soft">{t('position.targetsNone')}</span>
            {onEdit && <Button onClick={onEdit}>{t('position.setTarget')}</Button>}
          </div>
        )}
        <div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 330px), 1fr))' }}>
          {progress.targets.map((target) => (
            <TargetCard
              key={`${target.metric}:${target.carrier}:${target.by}:${target.from}`}
              target={target}
              definition={definition(target.definition)}
            />
          ))}
        </div>
      </div>
    </Card>
  );
}
