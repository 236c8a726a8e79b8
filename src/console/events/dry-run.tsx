import { Alert, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Import } from '../api/events.ts';
import { useFormat } from '../ui/format.ts';
import { Metric } from '../ui/metric.tsx';

/** What an import would do, before it does it. */
export function DryRunResult({ one }: { one: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { result } = one;
  if (!result) return null;
  const { people, months } = result;
  return (
    <div className="stack" data-testid="dry-run-result">
      <Alert
        type={one.rows.accepted === 0 ? 'warning' : 'info'}
        showIcon
        title={t('data.imports.dryRunText', {
          accepted: format.number(one.rows.accepted),
          duplicate: format.number(one.rows.duplicate),
          rejected: format.number(one.rows.rejected),
        })}
        description={
          result.earliest && result.latest
            ? t('data.imports.dryRunSpan', { from: format.time(result.earliest), to: format.time(result.latest) })
            : undefined
        }
      />
      <div className="grid metrics">
        {(['new', 'known', 'merged'] as const).map((key) => (
          <Metric key={key} label={t(`data.imports.people.${key}`)} value={format.number(people[key])} />
        ))}
      </div>
      {months.length > 0 && (
        <Table
          size="small"
          rowKey={(m) => `${m.month} ${m.currency}`}
          dataSource={months}
          pagination={months.length > 24 ? { pageSize: 24 } : false}
          scroll={{ x: 420 }}
          columns={[
            { title: t('data.imports.month'), dataIndex: 'month', width: 90 },
            { title: t('data.imports.totals.orders'), key: 'orders', align: 'right', render: (_, m) => format.number(m.orders) },
            { title: t('data.imports.totals.revenueFen'), key: 'revenue', align: 'right', render: (_, m) => format.fen(m.revenueFen) },
            { title: t('data.imports.totals.refundFen'), key: 'refund', align: 'right', render: (_, m) => format.fen(m.refundFen) },
          ]}
        />
      )}
    </div>
  );
}
