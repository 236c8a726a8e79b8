import { Card, Table } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Meta } from '../../api/explore.ts';
import { Reveal } from '../../ui/bits.tsx';
import { Chart, type ChartOption } from '../../ui/chart.tsx';
import { useLabels } from '../../ui/labels.tsx';
import { Define } from '../../ui/page.tsx';
import { usePeopleDrawer } from '../../ui/people-drawer.tsx';
import type { Cell } from './export.ts';

/** A number that opens: how many, what it is called, and which cell of the answer it is. */
export interface Behind {
  title: string;
  count: number;
  cell: object;
}

export interface Column<Row> {
  key: string;
  title: string;
  /** Key of its meaning in the answer. */
  definition?: string;
  text: (row: Row) => ReactNode;
  /** For the file. */
  raw: (row: Row) => Cell;
  behind?: (row: Row) => Behind | undefined;
  left?: boolean;
  width?: number;
}

export interface View<Row> {
  option?: ChartOption;
  height?: number;
  onClick?: (what: {
    dataIndex: number;
    data: unknown;
    seriesName?: string;
    dataType?: string;
  }) => { behind: Behind; meta?: Meta } | undefined;
  rows: Row[];
  rowKey: (row: Row) => string;
  columns: Column<Row>[];
  note?: ReactNode;
}

export function csvRows<Row>({ columns, rows }: View<Row>): { head: string[]; rows: Cell[][] } {
  return { head: columns.map((c) => c.title), rows: rows.map((row) => columns.map((c) => c.raw(row))) };
}

/** A chart and the same as a table; every number opens the people behind it. */
export function AnswerCards<Row extends object>({ view, meta, label }: { view: View<Row>; meta: Meta; label: string }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const reveal = (behind: Behind, of: Meta = meta) =>
    open({ title: behind.title, count: behind.count, source: { kind: 'insight', question: of.question, cell: behind.cell } });
  return (
    <div className="stack loose" data-testid="answer">
      {view.option && (
        <Card size="small">
          <Chart
            option={view.option}
            height={view.height ?? 320}
            label={label}
            onClick={(what) => {
              const found = view.onClick?.(what);
              if (found) reveal(found.behind, found.meta);
            }}
          />
          {view.note && <div className="soft small">{view.note}</div>}
        </Card>
      )}
      <Card
        size="small"
        title={t('common.asTable')}
        extra={<span className="soft small num">{t('insight.funnel.elapsed', { ms: meta.elapsedMs })}</span>}
      >
        <Table<Row>
          size="small"
          rowKey={view.rowKey}
          dataSource={view.rows}
          pagination={view.rows.length > 50 ? { pageSize: 50, size: 'small', showSizeChanger: false } : false}
          scroll={{ x: 'max-content' }}
          columns={view.columns.map((column) => ({
            key: column.key,
            title: <Define text={column.definition && named(meta.definitions[column.definition], '')}>{column.title}</Define>,
            align: column.left ? undefined : ('right' as const),
            width: column.width,
            render: (_: unknown, row: Row) => {
              const behind = column.behind?.(row);
              return behind && behind.count > 0 ? <Reveal onClick={() => reveal(behind)}>{column.text(row)}</Reveal> : column.text(row);
            },
          }))}
        />
      </Card>
    </div>
  );
}
