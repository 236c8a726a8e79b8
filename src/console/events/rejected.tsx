import { DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Import, imports } from '../api/events.ts';
import { keep } from '../api/touchpoints.ts';
import { useFormat } from '../ui/format.ts';
import { useSay } from '../ui/undo.tsx';

/** Why rows were rejected, how many, the first of them, and all as a file. */
export function Rejected({ one }: { one: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasons = Object.entries(one.reasons ?? {}).sort((a, b) => b[1] - a[1]);
  const query = useQuery({
    queryKey: ['imports', one.id, 'rejected', one.rows.rejected > 0],
    queryFn: () => imports.rejectedRows(one.id),
    enabled: one.rows.rejected > 0,
  });
  const say = useSay();
  const [fetching, setFetching] = useState(false);
  const fetchAll = async () => {
    setFetching(true);
    await imports.rejectedFile(one.id).then((blob) => keep(blob, `rejected-${one.id}.csv`), say.failed);
    setFetching(false);
  };
  if (one.rows.rejected === 0) return null;
  return (
    <Card
      size="small"
      title={t('data.imports.reasons')}
      extra={
        <Button size="small" icon={<DownloadOutlined />} loading={fetching} onClick={fetchAll} data-testid="download-rejected">
          {t('data.imports.download')}
        </Button>
      }
    >
      {reasons.map(([reason, count]) => (
        <div key={reason} className="row between" style={{ padding: '4px 0' }}>
          <span>{t(`data.imports.reason.${reason}`, reason)}</span>
          <b className="num">{format.number(count)}</b>
        </div>
      ))}
      {!reasons.length && <span className="soft">{t('data.imports.rejectedDefinition')}</span>}
      {query.data && query.data.items.length > 0 && (
        <Table
          style={{ marginTop: 12 }}
          size="small"
          rowKey="row"
          pagination={false}
          scroll={{ x: 520 }}
          dataSource={query.data.items}
          columns={[
            { title: t('data.imports.row'), dataIndex: 'row', width: 70 },
            { title: t('data.imports.why'), dataIndex: 'reason', width: 240 },
            {
              title: t('data.imports.asItCame'),
              key: 'values',
              render: (_, row) => <span className="soft small">{Object.values(row.values).join(' · ').slice(0, 160)}</span>,
            },
          ]}
        />
      )}
    </Card>
  );
}
