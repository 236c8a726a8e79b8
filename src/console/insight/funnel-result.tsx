import { Card, Table, Tooltip } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { FunnelRow, Meta, Proportion } from '../api/insight.ts';
import { eventName } from '../i18n/event-name.ts';
import { Reveal } from '../ui/bits.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { sayDuration } from './duration.ts';

interface ResultProps {
  rows: FunnelRow[];
  meta: Meta & { values?: number };
  /** What the values of the breakdown are, when they are not words of an event. */
  by: 'level' | 'carrier' | 'tags' | undefined;
  /** The same for the period that it is compared with. */
  compared?: { rows: FunnelRow[]; meta: Meta } | undefined;
}

export function Share({ of }: { of: Proportion }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (of.share === null) return <span className="soft">–</span>;
  const interval = t('common.interval', { low: format.percent(of.low), high: format.percent(of.high) });
  return (
    <Tooltip title={of.enough ? interval : `${t('common.enough')} · ${interval}`}>
      <span className={of.enough ? 'num' : 'num soft'}>{format.percent(of.share)}</span>
    </Tooltip>
  );
}

export function FunnelResult({ rows, meta, by, compared }: ResultProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named, label } = useLabels();
  const open = usePeopleDrawer();
  const definition = (key: string) => named(meta.definitions[key], '');
  const valueName = (value: string | null | undefined) =>
    value === null || value === '' || value === undefined
      ? t('insight.funnel.missingValue')
      : by === 'carrier'
        ? t(`common.carrier.${value}`, value)
        : by
          ? label(by === 'level' ? 'levels' : 'tags', value)
          : value;
  const whole = rows.filter((row) => row.value === undefined);
  const groups = [...new Set(rows.filter((row) => row.value !== undefined).map((row) => row.value))];
  const earlier = compared?.rows.filter((row) => row.value === undefined) ?? [];
  const reach = (row: FunnelRow, of: Meta = meta) =>
    open({
      title: t('insight.funnel.reached', { n: row.step, event: eventName(t, row.event) }),
      count: row.people,
      definition: definition('funnel.people'),
      source: { kind: 'insight', question: of.question, cell: row.cell },
    });
  const drop = (row: FunnelRow) =>
    row.droppedCell &&
    open({
      title: t('insight.funnel.droppedAt', { n: row.step, event: eventName(t, row.event) }),
      count: row.dropped,
      source: { kind: 'insight', question: meta.question, cell: row.droppedCell },
    });

  const say = (seconds: number | null) => sayDuration(seconds, format.locale, (unit) => t(`common.${unit}`), 's');

  // biome-ignore lint/correctness/useExhaustiveDependencies: everything else is made of these
  const option = useMemo(() => {
    const shown = groups.length ? groups.slice(0, 8) : [undefined];
    return {
      grid: {
        left: 4,
        right: 8,
        top: groups.length || earlier.length ? 34 : 14,
        bottom: 4,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      legend: groups.length || earlier.length ? { top: 0, left: 0, type: 'scroll' } : undefined,
      tooltip: {
        trigger: 'item',
        formatter: (at: { data: { row: FunnelRow }; seriesName: string }) =>
          `${groups.length ? `${at.seriesName}<br/>` : ''}${at.data.row.step}. ${eventName(t, at.data.row.event)}<br/><b>${format.number(at.data.row.people)}</b> ${t('common.people')} · ${format.percent(at.data.row.conversion.share)}`,
      },
      xAxis: {
        type: 'category',
        data: whole.map((row) => `${row.step}. ${eventName(t, row.event)}`),
        axisLabel: { interval: 0, width: 150, overflow: 'truncate' },
      },
      yAxis: {
        type: 'value',
        axisLabel: { formatter: (value: number) => (groups.length ? format.percent(value, 0) : format.short(value)) },
      },
      series: [
        ...shown.map((value) => ({
          name: value === undefined ? t('insight.funnel.people') : valueName(value),
          type: 'bar',
          barMaxWidth: groups.length ? 36 : 110,
          label: {
            show: !groups.length,
            position: 'top',
            formatter: (at: { data: { row: FunnelRow } }) =>
              `${format.number(at.data.row.people)}  ${format.percent(at.data.row.conversion.share)}`,
          },
          data: rows
            .filter((row) => row.value === value)
            .map((row) => ({ value: groups.length ? (row.conversion.share ?? 0) : row.people, row })),
        })),
        ...(earlier.length && !groups.length
          ? [
              {
                name: t('insight.explore.before'),
                type: 'bar',
                barMaxWidth: 60,
                itemStyle: { opacity: 0.45 },
                data: earlier.map((row) => ({ value: row.people, row, earlier: true })),
              },
            ]
          : []),
      ],
    };
  }, [rows, compared, format, t]);

  return (
    <div className="stack loose" data-testid="funnel-result">
      <Card size="small">
        <Chart
          option={option}
          height={300}
          label={t('insight.funnel.title')}
          onClick={(what) => {
            const { row, earlier: before } = what.data as { row: FunnelRow; earlier?: boolean };
            reach(row, before ? compared?.meta : meta);
          }}
        />
      </Card>
      <Card
        size="small"
        extra={<span className="soft small num">{t('insight.funnel.elapsed', { ms: meta.elapsedMs })}</span>}
        title={t('common.asTable')}
      >
        <Table<FunnelRow>
          size="small"
          rowKey={(row) => `${row.value ?? '*'}:${row.value === undefined}:${row.step}`}
          pagination={false}
          dataSource={rows}
          scroll={{ x: 720 }}
          columns={[
            ...(groups.length
              ? [
                  {
                    title: t('insight.funnel.breakdown'),
                    key: 'value',
                    width: 140,
                    render: (_: unknown, row: FunnelRow) => (row.value === undefined ? <b>{t('common.all')}</b> : valueName(row.value)),
                  },
                ]
              : []),
            { title: t('insight.funnel.step'), key: 'step', render: (_, row) => `${row.step}. ${eventName(t, row.event)}` },
            {
              title: <Define text={definition('funnel.people')}>{t('insight.funnel.people')}</Define>,
              key: 'people',
              width: 110,
              align: 'right',
              render: (_, row) => (
                <Reveal testId={`funnel-people-${row.step}`} onClick={() => reach(row)}>
                  {format.number(row.people)}
                </Reveal>
              ),
            },
            {
              title: <Define text={definition('funnel.conversion')}>{t('insight.funnel.fromPrevious')}</Define>,
              key: 'previous',
              width: 130,
              align: 'right',
              render: (_, row) => (row.step === 1 ? '–' : <Share of={row.fromPrevious} />),
            },
            {
              title: <Define text={definition('funnel.conversion')}>{t('insight.funnel.conversion')}</Define>,
              key: 'conversion',
              width: 110,
              align: 'right',
              render: (_, row) => <Share of={row.conversion} />,
            },
            {
              title: t('insight.funnel.dropped'),
              key: 'dropped',
              width: 110,
              align: 'right',
              render: (_, row) => (row.droppedCell ? <Reveal onClick={() => drop(row)}>{format.number(row.dropped)}</Reveal> : '–'),
            },
            {
              title: <Define text={definition('funnel.median')}>{t('insight.funnel.median')}</Define>,
              key: 'median',
              width: 120,
              align: 'right',
              render: (_, row) => say(row.medianSecondsFromPrevious),
            },
            {
              title: <Define text={definition('funnel.median')}>{t('insight.explore.p90')}</Define>,
              key: 'p90',
              width: 120,
              align: 'right',
              render: (_, row) => say(row.p90SecondsFromPrevious),
            },
            ...(earlier.length
              ? [
                  {
                    title: t('insight.explore.before'),
                    key: 'before',
                    width: 120,
                    align: 'right' as const,
                    render: (_: unknown, row: FunnelRow) => {
                      const before = compared?.rows.find((one) => one.value === row.value && one.step === row.step);
                      return before ? (
                        <Reveal onClick={() => reach(before, compared?.meta)}>{format.percent(before.conversion.share)}</Reveal>
                      ) : (
                        '–'
                      );
                    },
                  },
                ]
              : []),
          ]}
        />
        {meta.values !== undefined && meta.values > groups.length && (
          <div className="soft small">{t('insight.funnel.values', { n: groups.length, all: meta.values })}</div>
        )}
      </Card>
    </div>
  );
}
