import { Card, Table, Tag } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { BranchResult, Graph, JourneyResults } from '../api/journeys.ts';
import { SERIES } from '../theme/palette.ts';
import { Reveal } from '../ui/bits.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { nodeOf } from './graph.ts';
import { useNodeWords } from './words.ts';

const ENOUGH = 30;

/** Conversion of each branch with its interval, drawn on one scale. */
function Forest({ rows, name }: { rows: BranchResult[]; name: (row: BranchResult) => string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const option = useMemo(() => {
    const shown = rows.filter((row) => row.entered > 0).toReversed();
    return {
      grid: { left: 4, right: 24, top: 6, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      tooltip: {
        trigger: 'item',
        formatter: (at: { dataIndex: number }) => {
          const row = shown[at.dataIndex];
          return row
            ? `${name(row)}<br/><b>${format.percent(row.rate)}</b><br/>${t('common.interval', { low: format.percent(row.low), high: format.percent(row.high) })}`
            : '';
        },
      },
      xAxis: {
        type: 'value',
        min: 0,
        max: (value: { max: number }) => Math.min(1, value.max * 1.1),
        axisLabel: { formatter: (value: number) => format.percent(value, 0) },
      },
      yAxis: { type: 'category', data: shown.map(name), axisLabel: { width: 130, overflow: 'truncate' } },
      series: [
        {
          type: 'custom',
          encode: { x: [1, 2, 3], y: 0 },
          data: shown.map((row, index) => [index, row.low, row.rate, row.high]),
          renderItem: (_: unknown, api: { value(at: number): number; coord(point: [number, number]): [number, number] }) => {
            const at = api.value(0);
            const [x1, y] = api.coord([api.value(1), at]);
            const [x2] = api.coord([api.value(2), at]);
            const [x3] = api.coord([api.value(3), at]);
            const style = { stroke: SERIES[0], lineWidth: 2, fill: SERIES[0] };
            return {
              type: 'group',
              children: [
                { type: 'line', shape: { x1, y1: y, x2: x3, y2: y }, style },
                { type: 'line', shape: { x1, y1: y - 6, x2: x1, y2: y + 6 }, style },
                { type: 'line', shape: { x1: x3, y1: y - 6, x2: x3, y2: y + 6 }, style },
                { type: 'circle', shape: { cx: x2, cy: y, r: 5 }, style },
              ],
            };
          },
        },
      ],
    };
  }, [rows, name, format, t]);
  return <Chart option={option} height={40 + 34 * rows.length} label={t('journey.compare')} />;
}

export function BranchCompare({ id, graph, results }: { id: string; graph: Graph; results: JourneyResults }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  const { title, wayName } = useNodeWords();
  const nodes = [...new Set(results.branches.map((row) => row.node))];
  const verdict = (row: BranchResult) => {
    if (!row.difference) return <Tag>{t('journey.base')}</Tag>;
    if (row.entered < ENOUGH) return <span className="soft small">{t('common.enough')}</span>;
    const { value, low, high } = row.difference;
    const sure = low > 0 ? 'better' : high < 0 ? 'worse' : 'noDifference';
    return (
      <span className="num">
        {value > 0 ? '+' : ''}
        {format.percent(value)}{' '}
        <span className="soft small">
          ({format.percent(low)} – {format.percent(high)})
        </span>{' '}
        <span className={sure === 'better' ? 'good small' : sure === 'worse' ? 'bad small' : 'soft small'}>{t(`journey.${sure}`)}</span>
      </span>
    );
  };
  return (
    <>
      {nodes.map((nodeId) => {
        const node = nodeOf(graph, nodeId);
        const rows = results.branches.filter((row) => row.node === nodeId);
        const name = (row: BranchResult) => row.name || wayName(node, row.branch);
        const reveal = (row: BranchResult, state: 'entered' | 'converted') =>
          open({
            title: `${name(row)} · ${t(`journey.${state}`)}`,
            count: row[state],
            source: { kind: 'journey', id, node: nodeId, branch: row.branch, state },
          });
        return (
          <Card
            key={nodeId}
            size="small"
            title={`${t('journey.compare')} · ${node ? title(node) : nodeId}`}
            data-testid={`compare-${nodeId}`}
          >
            <div className="stack">
              {rows.some((row) => row.entered > 0) && <Forest rows={rows} name={name} />}
              <Table<BranchResult>
                size="small"
                rowKey="branch"
                pagination={false}
                dataSource={rows}
                scroll={{ x: 620 }}
                columns={[
                  { title: t('journey.branch'), key: 'name', render: (_, row) => name(row) },
                  {
                    title: t('journey.entered'),
                    key: 'entered',
                    width: 90,
                    align: 'right',
                    render: (_, row) => <Reveal onClick={() => reveal(row, 'entered')}>{format.number(row.entered)}</Reveal>,
                  },
                  {
                    title: t('journey.converted'),
                    key: 'converted',
                    width: 90,
                    align: 'right',
                    render: (_, row) => <Reveal onClick={() => reveal(row, 'converted')}>{format.number(row.converted)}</Reveal>,
                  },
                  {
                    title: t('journey.rate'),
                    key: 'rate',
                    width: 190,
                    align: 'right',
                    render: (_, row) =>
                      row.entered ? (
                        <span className="num">
                          {format.percent(row.rate)}{' '}
                          <span className="soft small">
                            ({format.percent(row.low)} – {format.percent(row.high)})
                          </span>
                        </span>
                      ) : (
                        '–'
                      ),
                  },
                  {
                    title: <Define text={t('journey.differenceDefinition')}>{t('journey.difference')}</Define>,
                    key: 'difference',
                    width: 280,
                    render: (_, row) => verdict(row),
                  },
                ]}
              />
            </div>
          </Card>
        );
      })}
    </>
  );
}
