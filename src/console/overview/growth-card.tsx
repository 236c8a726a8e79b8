import { Card } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Overview } from '../api/insight.ts';
import { Reveal } from '../ui/bits.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';

export function GrowthCard({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  const option = useMemo(() => {
    const totals = data.growth.map((one) => one.total);
    return {
      grid: { left: 8, right: 8, top: 34, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      legend: { top: 0, left: 0 },
      tooltip: { trigger: 'axis', valueFormatter: (value: number) => `${format.number(value)} ${t('common.people')}` },
      xAxis: { type: 'category', data: data.growth.map((one) => one.day), axisLabel: { formatter: (day: string) => day.slice(5) } },
      yAxis: [
        {
          type: 'value',
          min: Math.floor(Math.min(...totals, 0) === 0 ? 0 : Math.min(...totals) * 0.98),
          axisLabel: { formatter: (value: number) => format.short(value) },
        },
        { type: 'value', splitLine: { show: false }, axisLabel: { formatter: (value: number) => format.short(value) }, minInterval: 1 },
      ],
      series: [
        { name: t('overview.growthTotal'), type: 'line', data: totals, showSymbol: false, z: 3 },
        {
          name: t('overview.growthNew'),
          type: 'bar',
          yAxisIndex: 1,
          data: data.growth.map((one) => one.new),
          barMaxWidth: 18,
          itemStyle: { opacity: 0.75 },
        },
      ],
    };
  }, [data.growth, format, t]);
  return (
    <Card size="small" title={t('overview.growth')} data-testid="growth">
      <Chart
        option={option}
        height={260}
        label={t('overview.growth')}
        onClick={(what) => {
          const day = data.growth[what.dataIndex];
          if (day)
            open({
              title: `${day.day} · ${t('overview.growthNew')}`,
              count: day.new,
              source: { kind: 'insight', question: data.people.question, cell: day.cell },
            });
        }}
      />
    </Card>
  );
}

export function CarriersCard({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  const most = Math.max(1, ...data.byCarrier.map((one) => one.value));
  if (!data.byCarrier.length) return null;
  return (
    <Card size="small" title={<Define text={t('overview.byCarrierHint')}>{t('overview.byCarrier')}</Define>} data-testid="carriers">
      <div className="stack tight">
        {data.byCarrier.map((one) => {
          const name = t(`common.carrier.${one.carrier || 'other'}`, one.carrier);
          return (
            <div key={one.carrier} className="stack" style={{ gap: 3 }}>
              <div className="row between">
                <span>{name}</span>
                <Reveal
                  onClick={() =>
                    open({ title: name, count: one.value, source: { kind: 'insight', question: one.question, cell: one.cell } })
                  }
                >
                  {format.number(one.value)}
                </Reveal>
              </div>
              <div style={{ height: 6, borderRadius: 3, background: 'var(--line)' }}>
                <div style={{ height: 6, borderRadius: 3, width: `${(100 * one.value) / most}%`, background: '#2587a6' }} />
              </div>
            </div>
          );
        })}
      </div>
    </Card>
  );
}
