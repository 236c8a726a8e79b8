import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { position, type ValuePoint } from '../api/position.ts';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Metric } from '../ui/metric.tsx';
import { Loading } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';

const FACTORS = [
  { key: 'size', cell: 'size', colour: '#0072B2', of: (p: ValuePoint) => p.size },
  { key: 'fanMaking', cell: 'fans', colour: '#009E73', of: (p: ValuePoint) => p.fanMaking },
  { key: 'monetisation', cell: 'paying', colour: '#E69F00', of: (p: ValuePoint) => p.monetisationFen },
  { key: 'product', cell: 'paying', colour: '#8C6BB1', of: (p: ValuePoint) => p.valueFen },
] as const;
type Factor = (typeof FACTORS)[number];

function Curve({ factor, points, onOpen }: { factor: Factor; points: ValuePoint[]; onOpen: (point: ValuePoint) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const option = useMemo(() => {
    const said = (value: number) =>
      factor.key === 'size' ? format.number(value) : factor.key === 'fanMaking' ? format.percent(value) : format.fen(value);
    const short = (value: number) =>
      factor.key === 'size' ? format.short(value) : factor.key === 'fanMaking' ? format.percent(value, 0) : format.fenShort(value);
    return {
      grid: { left: 4, right: 10, top: 8, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      tooltip: {
        trigger: 'axis',
        formatter: (at: { dataIndex: number }[]) => {
          const point = points[at[0]?.dataIndex ?? 0];
          const value = point && factor.of(point);
          return point
            ? `${format.day(point.from)} – ${format.day(new Date(Date.parse(point.to) - 1).toISOString())}<br/><b>${value === null || value === undefined ? '–' : said(value)}</b>`
            : '';
        },
      },
      xAxis: {
        type: 'category',
        boundaryGap: false,
        data: points.map((p) => format.zoned(new Date(Date.parse(p.to) - 1).toISOString()).format('M/D')),
      },
      yAxis: { type: 'value', splitNumber: 3, axisLabel: { formatter: short } },
      series: [{ type: 'line', symbolSize: 6, color: factor.colour, areaStyle: { opacity: 0.1 }, data: points.map(factor.of) }],
    };
  }, [points, factor, format]);
  return (
    <Chart
      option={option}
      height={150}
      label={t(`position.${factor.key}`)}
      onClick={(what) => {
        const point = points[what.dataIndex];
        if (point) onOpen(point);
      }}
    />
  );
}

/** Pool size × fan-making power × monetisation: three curves and their product, each point with its people. */
export function PositionValue() {
  const { t } = useTranslation();
  const format = useFormat();
  const { named, label } = useLabels();
  const open = usePeopleDrawer();
  const query = useQuery({ queryKey: ['position', 'value'], queryFn: () => position.value(30, 8), staleTime: 300_000 });
  const { data } = query;
  const last = data?.points.at(-1);
  const titles = { size: t('position.size'), fans: t('position.fans'), paying: t('position.paying') };
  const reveal = (factor: Factor, point: ValuePoint) =>
    open({
      title: titles[factor.cell],
      count: point[factor.cell],
      definition: named(data?.meta.definitions[`value.${factor.key}`], ''),
      source: { kind: 'insight', question: point.question, cell: point.cells[factor.cell] },
    });
  const shown = (factor: Factor, point: ValuePoint) => {
    const value = factor.of(point);
    if (value === null) return '–';
    return factor.key === 'size' ? format.number(value) : factor.key === 'fanMaking' ? format.percent(value) : format.fen(value);
  };
  return (
    <Card
      size="small"
      title={t('position.value')}
      extra={data && <span className="soft small">{`${t('position.fans')}: ${label('levels', data.fanLevel)}+`}</span>}
      data-testid="position-value"
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={4} />}
      {data && last && (
        <div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 260px), 1fr))' }}>
          {FACTORS.map((factor) => (
            <div key={factor.key}>
              <Metric
                label={t(`position.${factor.key}`)}
                definition={named(data.meta.definitions[`value.${factor.key}`], '')}
                value={shown(factor, last)}
                onClick={() => reveal(factor, last)}
                foot={
                  factor.key === 'fanMaking'
                    ? `${format.number(last.fans)} / ${format.number(last.size)}`
                    : factor.key === 'monetisation'
                      ? `${titles.paying} ${format.number(last.paying)}`
                      : t('position.lastDays', { n: 30 })
                }
              />
              {data.points.some((point) => factor.of(point)) && (
                <Curve factor={factor} points={data.points} onOpen={(point) => reveal(factor, point)} />
              )}
            </div>
          ))}
        </div>
      )}
    </Card>
  );
}
