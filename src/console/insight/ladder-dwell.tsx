import { FallOutlined, RiseOutlined } from '@ant-design/icons';
import { Card, Table } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Dwell, DwellRow, Standing } from '../api/ladder.ts';
import { useStandingColours } from '../theme/theme.tsx';
import { Dot, Reveal } from '../ui/bits.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define, EmptyStart } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';

const dayMs = 86_400_000;

/** How long people stay on each level that they came to, and where they went from it. */
export function LadderDwell({ of, answer }: { of: Standing; answer: Dwell }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const { rows, meta } = answer;
  const came = rows.filter((row) => row.people > 0);
  const definition = named(meta.definitions['dwell.median'], '');
  const nameOf = (row: { name: DwellRow['name']; level: string }) => named(row.name, row.level);
  const nameOfKey = (key: string) => named(rows.find((row) => row.level === key)?.name, key);
  const seen = Math.round((Date.parse(meta.to) - Date.parse(meta.from)) / dayMs);
  const number = (title: string, count: number, cell: object) =>
    count > 0 ? (
      <Reveal onClick={() => open({ title, count, definition, source: { kind: 'insight', question: meta.question, cell } })}>
        {format.number(count)}
      </Reveal>
    ) : (
      <span className="num soft">0</span>
    );
  const stay = (row: DwellRow, days: number | null) =>
    days === null ? t('ladder.notYet', { n: row.longestDays }) : t('ladder.days', { n: days });
  const colours = useStandingColours();
  // biome-ignore lint/correctness/useExhaustiveDependencies: everything else is made of these
  const option = useMemo(() => {
    return {
      grid: { left: 4, right: 16, top: 34, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      legend: { top: 0, type: 'scroll' },
      tooltip: {
        trigger: 'axis',
        formatter: (points: { axisValue: number }[]) => {
          const day = Math.floor(points[0]?.axisValue ?? 0);
          const lines = came.map((row) => {
            const point = row.curve.findLast((p) => p.days <= day);
            return `${nameOf(row)} <b>${format.percent(point?.share ?? 1, 0)}</b>${point ? ` <small>(${format.percent(point.low, 0)} – ${format.percent(point.high, 0)})</small>` : ''}`;
          });
          return `${t('ladder.curveDay', { n: day })}<br/>${lines.join('<br/>')}`;
        },
      },
      xAxis: { type: 'value', min: 0, max: seen, axisLabel: { formatter: (v: number) => t('ladder.days', { n: v }) } },
      yAxis: { type: 'value', min: 0, max: 1, axisLabel: { formatter: (v: number) => format.percent(v, 0) } },
      series: came.map((row) => ({
        name: nameOf(row),
        type: 'line',
        step: 'end',
        symbol: 'none',
        color: colours[row.level],
        lineStyle: { width: 2.5, type: row.enough ? 'solid' : 'dotted' },
        data: [[0, 1], ...row.curve.map((p) => [p.days, p.share]), [row.longestDays, row.curve.at(-1)?.share ?? 1]],
      })),
    };
  }, [rows, format, t, colours]);
  const quarters = (row: DwellRow) => `${stay(row, row.firstQuarterDays)} / ${stay(row, row.lastQuarterDays)}`;
  return (
    <Card size="small" title={<Define text={definition}>{t('ladder.dwell')}</Define>} data-testid="ladder-dwell">
      {came.length === 0 ? (
        <EmptyStart title={t('ladder.noDwell')} text={t('ladder.noDwellText')} />
      ) : (
        <div className="stack">
          <div className="soft small">
            {meta.everyDays === 1 ? t('ladder.dwellHintDaily') : t('ladder.dwellHint', { n: meta.everyDays })}
          </div>
          <Table<DwellRow>
            size="small"
            rowKey="level"
            pagination={false}
            scroll={{ x: 'max-content' }}
            dataSource={came}
            columns={[
              {
                title: t(`ladder.where.${of}`),
                key: 'level',
                fixed: 'left',
                render: (_, row) => <Dot colour={colours[row.level] ?? '#8aa'}>{nameOf(row)}</Dot>,
              },
              {
                title: t('ladder.came'),
                key: 'came',
                align: 'right',
                render: (_, row) => number(t('ladder.cameTo', { name: nameOf(row) }), row.people, row.cell),
              },
              {
                title: t('ladder.half'),
                key: 'half',
                align: 'right',
                render: (_, row) =>
                  row.enough ? (
                    <span className="num">
                      <b>{stay(row, row.medianDays)}</b>
                      {row.lowDays !== null && (
                        <span className="soft small">
                          {' '}
                          (
                          {row.highDays === null
                            ? t('ladder.bandOpen', { low: row.lowDays })
                            : t('ladder.band', { low: row.lowDays, high: row.highDays })}
                          )
                        </span>
                      )}
                    </span>
                  ) : (
                    <span className="soft">{t('common.enough')}</span>
                  ),
              },
              {
                title: t('ladder.quarters'),
                key: 'quarters',
                align: 'right',
                render: (_, row) => (row.enough ? <span className="num">{quarters(row)}</span> : '–'),
              },
              {
                title: t('ladder.still'),
                key: 'still',
                align: 'right',
                render: (_, row) => number(t('ladder.stillOn', { name: nameOf(row) }), row.still, row.stillCell),
              },
              {
                title: t('ladder.left'),
                key: 'left',
                align: 'right',
                render: (_, row) => number(t('ladder.leftFrom', { name: nameOf(row) }), row.left, row.leftCell),
              },
              {
                title: t('ladder.went'),
                key: 'went',
                render: (_, row) => (
                  <span className="row wrap" style={{ gap: 12 }}>
                    {row.next.length === 0 && '–'}
                    {row.next.map((next) => (
                      <span key={next.level} className="row" style={{ gap: 4 }}>
                        {of !== 'stage' && (next.move === 'up' ? <RiseOutlined className="good" /> : <FallOutlined className="bad" />)}
                        {nameOfKey(next.level)}
                        {number(t('ladder.wentTo', { from: nameOf(row), to: nameOfKey(next.level) }), next.people, next.cell)}
                      </span>
                    ))}
                  </span>
                ),
              },
            ]}
          />
          <b>{t('ladder.curve')}</b>
          <Chart option={option} height={280} label={t('ladder.curve')} />
        </div>
      )}
    </Card>
  );
}
