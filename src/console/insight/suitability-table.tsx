import { Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Suitability, SuitabilityRow } from '../api/position.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { useCategoryName } from './suitability-curves.tsx';

export const VERDICT_COLOURS = { pays: 'green', depends: 'gold', never: 'orange' } as const;

interface TableProps {
  rows: SuitabilityRow[];
  meta: Suitability['meta'];
  chosen: string | null;
  onChoose: (category: string | null) => void;
}

export function SuitabilityTable({ rows, meta, chosen, onChoose }: TableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const nameOf = useCategoryName();
  const defined = (key: string, text: string) => <Define text={named(meta.definitions[`suitability.${key}`], '')}>{text}</Define>;
  const reveal = (row: SuitabilityRow, what: string, cell: object, count?: number) =>
    open({
      title: t('suitability.who', { category: nameOf(row.category), what }),
      count,
      source: { kind: 'insight', question: meta.question, cell },
    });
  const curve = (row: SuitabilityRow) => row.same ?? row.any;
  const range = (low: string, high: string) => <span className="soft small num"> {`${low} – ${high}`}</span>;
  return (
    <Table
      size="small"
      rowKey={(row) => row.category ?? ''}
      dataSource={rows}
      pagination={false}
      scroll={{ x: 900 }}
      onRow={(row) => ({
        onClick: () => onChoose(row.category),
        style: { cursor: 'pointer', background: row.category === chosen ? 'var(--wash)' : undefined },
      })}
      columns={[
        { title: defined('category', t('suitability.category')), render: (_, row) => <b>{nameOf(row.category)}</b> },
        {
          title: t('suitability.people'),
          align: 'right',
          sorter: (a, b) => a.people - b.people,
          render: (_, row) => (
            <Reveal onClick={() => reveal(row, t('suitability.people'), row.cells.people, row.people)}>{format.number(row.people)}</Reveal>
          ),
        },
        {
          title: defined('repeated', t('suitability.repeated')),
          align: 'right',
          sorter: (a, b) => (a.repeated.share ?? 0) - (b.repeated.share ?? 0),
          render: (_, row) =>
            row.repeated.enough ? (
              <>
                <Reveal onClick={() => reveal(row, t('suitability.repeated'), row.cells.repeated, row.repeated.part)}>
                  {format.percent(row.repeated.share)}
                </Reveal>
                {range(format.percent(row.repeated.low, 0), format.percent(row.repeated.high, 0))}
              </>
            ) : (
              <span className="soft small">{t('common.enough')}</span>
            ),
        },
        {
          title: defined('median', t('suitability.median')),
          align: 'right',
          render: (_, row) => {
            const { days, low, high } = curve(row).median;
            if (days === null) return <span className="soft small">{t('suitability.medianNone')}</span>;
            return (
              <span className="num">
                {days} {t('common.days')}
                {range(low === null ? '…' : String(low), high === null ? '…' : String(high))}
              </span>
            );
          },
        },
        {
          title: defined('rate', t('suitability.perYear')),
          align: 'right',
          sorter: (a, b) => (a.perYear?.value ?? 0) - (b.perYear?.value ?? 0),
          render: (_, row) =>
            row.perYear ? (
              <span className="num">
                {format.number(row.perYear.value, 2)}
                {range(format.number(row.perYear.low, 2), format.number(row.perYear.high, 2))}
              </span>
            ) : (
              '–'
            ),
        },
        { title: t('suitability.average'), align: 'right', render: (_, row) => <span className="num">{format.fen(row.averageFen)}</span> },
        {
          title: defined('pool', t('suitability.verdict')),
          render: (_, row) =>
            row.pool ? (
              <Tag color={VERDICT_COLOURS[row.pool.verdict]}>{t(`suitability.${row.pool.verdict}`)}</Tag>
            ) : (
              <span className="soft">–</span>
            ),
        },
      ]}
    />
  );
}
