import { useQuery } from '@tanstack/react-query';
import { Card, Skeleton } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { messages } from '../api/channels.ts';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone } from '../ui/hooks.ts';
import { Metric } from '../ui/metric.tsx';
import { EmptyStart } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useReason } from './message-bits.tsx';

const DAILY = ['sent', 'clicked', 'skipped', 'failed'] as const;
const COLOURS = { sent: '#0072B2', clicked: '#009E73', skipped: '#E69F00', failed: '#D55E00' };

export function MessageCharts({
  days,
  onState,
  onReason,
}: {
  days: number;
  onState: (state: string) => void;
  onReason: (reason: string) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const say = useReason();
  const query = useQuery({
    queryKey: ['messages', 'summary', days],
    queryFn: () => messages.summary(days),
    refetchInterval: 15_000,
    placeholderData: (before) => before,
  });
  const data = query.data;
  const reasons = useMemo(
    () =>
      Object.entries(data?.byReason ?? {})
        .sort((a, b) => a[1] - b[1])
        .slice(-10),
    [data],
  );
  const daily = useMemo(
    () => ({
      grid: { left: 4, right: 8, top: 32, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      legend: { top: 0, left: 0 },
      tooltip: { trigger: 'axis' },
      xAxis: {
        type: 'category',
        data: (data?.perDay ?? []).map((one) => one.day),
        axisLabel: { formatter: (day: string) => day.slice(5) },
      },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { formatter: (value: number) => format.short(value) } },
      series: DAILY.map((key) => ({
        name: t(`message.state.${key}`),
        type: 'bar',
        itemStyle: { color: COLOURS[key] },
        stack: key === 'clicked' ? 'clicked' : 'all',
        barMaxWidth: 16,
        data: (data?.perDay ?? []).map((one) => one[key]),
      })),
    }),
    [data, format, t],
  );
  const why = useMemo(
    () => ({
      grid: { left: 4, right: 44, top: 4, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      tooltip: { trigger: 'item' },
      xAxis: { type: 'value', show: false },
      yAxis: { type: 'category', data: reasons.map(([key]) => say(key)), axisLabel: { width: 150, overflow: 'truncate' } },
      series: [
        {
          type: 'bar',
          barMaxWidth: 18,
          itemStyle: { color: '#E69F00', borderRadius: [0, 3, 3, 0] },
          label: { show: true, position: 'right' },
          data: reasons.map(([, n]) => n),
        },
      ],
    }),
    [reasons, say],
  );
  if (query.isError && !data) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (!data) return <Skeleton active />;
  const n = (state: string) => data.byState[state] ?? 0;
  const sent = n('sent') + n('delivered') + n('opened');
  return (
    <div className="stack loose" data-testid="message-summary">
      <Card size="small">
        <div className="grid metrics dense">
          {(['queued', 'submitted', 'sent', 'clicked', 'skipped', 'failed'] as const).map((state) => (
            <Metric
              key={state}
              label={t(`message.state.${state}`)}
              definition={t('message.summaryDefinition')}
              value={format.number(state === 'sent' ? sent : n(state))}
              foot={t('common.lastDays', { n: days })}
              onClick={() => onState(state)}
              testId={`count-${state}`}
            />
          ))}
          <Metric
            label={t('message.clickRate')}
            definition={t('message.clickRateDefinition')}
            value={
              sent >= 30 ? (
                format.percent(n('clicked') / sent)
              ) : (
                <span style={{ fontSize: 15 }} className="soft">
                  {t('common.enough')}
                </span>
              )
            }
            foot={t('common.lastDays', { n: days })}
            onClick={() => onState('clicked')}
          />
          {Object.entries(data?.costFen ?? {}).map(([channel, fen]) => (
            <Metric
              key={channel}
              label={`${t('message.cost')} · ${t(`common.channel.${channel}`)}`}
              definition={t('message.spent')}
              value={t('message.fen', { n: format.number(fen) })}
              foot={t('common.lastDays', { n: days })}
              testId={`cost-${channel}`}
            />
          ))}
        </div>
      </Card>
      <div className="grid two">
        <Card size="small" title={t('message.perDay')}>
          <Chart
            option={daily}
            height={230}
            label={t('message.perDay')}
            onClick={(what) => onState(DAILY.find((key) => t(`message.state.${key}`) === what.seriesName) ?? '')}
          />
        </Card>
        <Card size="small" title={t('message.byReason')}>
          {reasons.length ? (
            <Chart
              option={why}
              height={phone ? 200 : 230}
              label={t('message.byReason')}
              onClick={(what) => onReason(reasons[what.dataIndex]?.[0] ?? '')}
            />
          ) : (
            <EmptyStart title={t('message.noReasons')} />
          )}
        </Card>
      </div>
    </div>
  );
}
