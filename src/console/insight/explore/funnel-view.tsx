import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Answer, FunnelTime, FunnelTrend, Meta } from '../../api/explore.ts';
import { Chart } from '../../ui/chart.tsx';
import { useFormat } from '../../ui/format.ts';
import { usePeopleDrawer } from '../../ui/people-drawer.tsx';
import { sayDuration } from '../duration.ts';
import { FunnelResult } from '../funnel-result.tsx';
import type { Breakdown } from './state.ts';

const grid = { left: 4, right: 14, top: 30, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' };

export function FunnelView({ answer, breakdown }: { answer: Answer<'funnel'>; breakdown: Breakdown | undefined }) {
  const by = breakdown && 'by' in breakdown ? breakdown.by : breakdown && 'tags' in breakdown ? 'tags' : undefined;
  return (
    <div className="stack loose">
      <FunnelResult rows={answer.rows} meta={answer.meta} by={by} compared={answer.compared} />
      {answer.trend && <TrendCard trend={answer.trend} meta={answer.meta} />}
      <TimesCard times={answer.times} meta={answer.meta} />
    </div>
  );
}

function TrendCard({ trend, meta }: { trend: FunnelTrend[]; meta: Meta }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  return (
    <Card size="small" title={t('insight.explore.trendOf')}>
      <Chart
        label={t('insight.explore.trendOf')}
        height={240}
        option={{
          grid,
          legend: { top: 0, left: 0 },
          tooltip: { trigger: 'axis' },
          xAxis: { type: 'category', data: trend.map((one) => one.period) },
          yAxis: [
            { type: 'value', axisLabel: { formatter: (n: number) => format.percent(n, 0) } },
            { type: 'value', splitLine: { show: false }, axisLabel: { formatter: (n: number) => format.short(n) } },
          ],
          series: [
            {
              name: t('insight.funnel.conversion'),
              type: 'line',
              showSymbol: trend.length < 60,
              tooltip: { valueFormatter: (n: number) => format.percent(n) },
              data: trend.map((one) => ({ value: one.conversion.share, one })),
            },
            {
              name: t('insight.explore.entered'),
              type: 'bar',
              yAxisIndex: 1,
              itemStyle: { opacity: 0.35 },
              tooltip: { valueFormatter: (n: number) => format.number(n) },
              data: trend.map((one) => ({ value: one.entered, one, whole: true })),
            },
          ],
        }}
        onClick={({ data }) => {
          const { one, whole } = data as { one: FunnelTrend; whole?: boolean };
          open({
            title: `${one.period} · ${t(whole ? 'insight.explore.entered' : 'insight.explore.converted')}`,
            count: whole ? one.entered : one.converted,
            source: { kind: 'insight', question: meta.question, cell: whole ? one.cell : one.convertedCell },
          });
        }}
      />
    </Card>
  );
}

function TimesCard({ times, meta }: { times: FunnelTime[]; meta: Meta }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  if (times.every((one) => one.people === 0)) return null;
  const say = (seconds: number) => sayDuration(seconds, format.locale, (unit) => t(`common.${unit}`), 's');
  const name = (one: FunnelTime) => (one.toSeconds === null ? `≥ ${say(one.fromSeconds)}` : `< ${say(one.toSeconds)}`);
  return (
    <Card size="small" title={t('insight.explore.timesOf')}>
      <Chart
        label={t('insight.explore.timesOf')}
        height={200}
        option={{
          grid: { ...grid, top: 14 },
          tooltip: { trigger: 'item', valueFormatter: (n: number) => format.number(n) },
          xAxis: { type: 'category', data: times.map(name), axisLabel: { interval: 0, rotate: times.length > 8 ? 30 : 0 } },
          yAxis: { type: 'value', axisLabel: { formatter: (n: number) => format.short(n) } },
          series: [{ type: 'bar', barMaxWidth: 44, data: times.map((one) => ({ value: one.people, one })) }],
        }}
        onClick={({ data }) => {
          const { one } = data as { one: FunnelTime };
          open({
            title: `${t('insight.explore.timesOf')} ${name(one)}`,
            count: one.people,
            source: { kind: 'insight', question: meta.question, cell: one.cell },
          });
        }}
      />
    </Card>
  );
}
