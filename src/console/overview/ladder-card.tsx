import { useQuery } from '@tanstack/react-query';
import { Card, DatePicker, Segmented, Skeleton, Table } from 'antd';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { insight, type LadderFlow } from '../api/insight.ts';
import type { Standing } from '../api/ladder.ts';
import { useStandingColours } from '../theme/theme.tsx';
import { Reveal } from '../ui/bits.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone, useUrl } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { EmptyStart, Hint } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';

type Row = LadderFlow['rows'][number];

function useSankey(flow: LadderFlow | undefined) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const phone = usePhone();
  const colours = useStandingColours();
  return useMemo(() => {
    if (!flow) return undefined;
    const order = [null, ...flow.levels.map((level) => level.key)];
    const name = (key: string | null) =>
      key === null ? t('overview.outside') : named(flow.levels.find((level) => level.key === key)?.name, key);
    const sum = (side: 'from' | 'to', key: string | null) =>
      flow.rows.filter((row) => row[side] === key).reduce((total, row) => total + row.people, 0);
    // Deepest on top on both sides, so that a rise is a band that goes up.
    const nodes = (side: 'from' | 'to') =>
      order
        .filter((key) => flow.rows.some((row) => row[side] === key))
        .reverse()
        .map((key) => ({
          name: `${side}:${key ?? ''}`,
          depth: side === 'from' ? 0 : 1,
          itemStyle: { color: colours[key ?? 'none'] ?? '#8aa' },
          label: {
            fontSize: phone ? 11 : 13,
            position: side === 'from' ? 'right' : 'left',
            formatter: `${name(key)}  ${format.number(sum(side, key))}`,
          },
        }));
    return {
      tooltip: {
        trigger: 'item',
        formatter: (at: { dataType: string; data: { row?: Row } }) =>
          at.data.row
            ? `${name(at.data.row.from)} → ${name(at.data.row.to)}<br/><b>${format.number(at.data.row.people)}</b> ${t('common.people')}`
            : '',
      },
      series: [
        {
          type: 'sankey',
          left: 4,
          right: 4,
          top: 8,
          bottom: 8,
          nodeGap: 18,
          nodeWidth: 12,
          layoutIterations: 0,
          draggable: false,
          emphasis: { focus: 'adjacency' },
          label: { fontSize: phone ? 11 : 13 },
          lineStyle: { color: 'gradient', opacity: 0.38, curveness: 0.5 },
          data: [...nodes('from'), ...nodes('to')],
          links: flow.rows.map((row) => ({ source: `from:${row.from ?? ''}`, target: `to:${row.to ?? ''}`, value: row.people, row })),
        },
      ],
    };
  }, [flow, t, format, named, phone, colours]);
}

/** Who went from which level to which, between any two days: the pool's true result. */
export function LadderCard({
  flow,
  question,
  from,
  to,
  of,
}: {
  flow: LadderFlow;
  question: object;
  from: string;
  to: string;
  /** Of what, where the page chooses that and the dates; without it, levels between dates of the card's own. */
  of?: Standing;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const phone = usePhone();
  const open = usePeopleDrawer();
  const [read, write] = useUrl();
  const [asTable, setAsTable] = useState(false);
  const ownFrom = of ? null : read('lfrom');
  const ownTo = of ? null : read('lto');
  const own =
    ownFrom && ownTo
      ? { from: dayjs.tz(ownFrom, format.zone).toISOString(), to: dayjs.tz(ownTo, format.zone).add(1, 'day').toISOString() }
      : undefined;
  const asked = useQuery({
    queryKey: ['ladder', own],
    queryFn: () => insight.ladder(own as { from: string; to: string }),
    enabled: Boolean(own),
  });
  const shown: LadderFlow | undefined = own ? asked.data : flow;
  const ask = own ? asked.data?.meta.question : question;
  const option = useSankey(shown);
  const level = (key: string | null) =>
    key === null ? t('overview.outside') : named(shown?.levels.find((one) => one.key === key)?.name, key);
  const reveal = (title: string, count: number, cell: object) =>
    ask && open({ title, count, source: { kind: 'insight', question: ask, cell } });
  const range: [dayjs.Dayjs, dayjs.Dayjs] = [
    dayjs(ownFrom ?? format.zoned(from).format('YYYY-MM-DD')),
    dayjs(ownTo ?? format.zoned(to).subtract(1, 'second').format('YYYY-MM-DD')),
  ];
  return (
    <Card
      size="small"
      title={
        <span className="row">
          {of ? t(`ladder.flow.${of}`) : t('overview.ladder')} <Hint text={t('overview.ladderHint')} />
        </span>
      }
      extra={
        <span className="row wrap">
          {!phone && !of && (
            <DatePicker.RangePicker
              size="small"
              allowClear={Boolean(own)}
              value={range}
              onChange={(next) => write({ lfrom: next?.[0]?.format('YYYY-MM-DD'), lto: next?.[1]?.format('YYYY-MM-DD') })}
              data-testid="ladder-range"
            />
          )}
          <Segmented
            size="small"
            value={asTable ? 'table' : 'chart'}
            onChange={(next) => setAsTable(next === 'table')}
            options={[
              { value: 'chart', label: t('common.asChart') },
              { value: 'table', label: t('common.asTable') },
            ]}
          />
        </span>
      }
      data-testid="ladder"
    >
      {own && asked.isError && <ProblemView error={asked.error} retry={() => asked.refetch()} />}
      {own && asked.isPending && <Skeleton active />}
      {shown && !shown.rows.length && <EmptyStart title={t('overview.noEvents')} />}
      {shown && shown.rows.length > 0 && (
        <div className="stack">
          <div className="row wrap" style={{ gap: 20 }}>
            {/* Stages are a circle, not a way up. */}
            {(of === 'stage' ? (['stay'] as const) : (['up', 'down', 'stay'] as const)).map((move) => (
              <span key={move} className="row" style={{ gap: 6 }}>
                <span className="soft">{t(`overview.${move === 'up' ? 'rose' : move === 'down' ? 'fell' : 'stayed'}`)}</span>
                <Reveal
                  testId={`ladder-${move}`}
                  style={{ fontWeight: 600 }}
                  onClick={() =>
                    reveal(t(`overview.${move === 'up' ? 'rose' : move === 'down' ? 'fell' : 'stayed'}`), shown[move], shown.cells[move])
                  }
                >
                  <span className={move === 'up' ? 'good' : move === 'down' ? 'bad' : ''}>{format.number(shown[move])}</span>
                </Reveal>
              </span>
            ))}
          </div>
          {asTable ? (
            <Table<Row>
              size="small"
              rowKey={(row) => `${row.from}>${row.to}`}
              pagination={false}
              dataSource={shown.rows}
              columns={[
                { title: t('common.from'), key: 'from', render: (_, row) => level(row.from) },
                { title: t('common.to'), key: 'to', render: (_, row) => level(row.to) },
                {
                  title: t('common.people'),
                  key: 'people',
                  align: 'right',
                  render: (_, row) => (
                    <Reveal onClick={() => reveal(`${level(row.from)} → ${level(row.to)}`, row.people, row.cell)}>
                      {format.number(row.people)}
                    </Reveal>
                  ),
                },
              ]}
            />
          ) : (
            option && (
              <Chart
                option={option}
                height={phone ? 300 : 340}
                label={t('overview.ladder')}
                onClick={(what) => {
                  const { row } = what.data as { row?: Row };
                  if (row) return reveal(`${level(row.from)} → ${level(row.to)}`, row.people, row.cell);
                  const [side, key] = what.name.split(':');
                  const one = shown.levels.find((candidate) => candidate.key === key);
                  if (one) reveal(level(one.key), side === 'from' ? one.before : one.after, side === 'from' ? one.beforeCell : one.cell);
                  return undefined;
                }}
              />
            )
          )}
        </div>
      )}
    </Card>
  );
}
