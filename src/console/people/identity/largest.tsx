import { useQuery } from '@tanstack/react-query';
import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { identity, type Largest } from '../../api/identity.ts';
import { PersonLink } from '../../ui/bits.tsx';
import { Loading } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem.tsx';

/** Who holds the most identities: what was glued and is not one person shows here first. */
export function LargestGraphs() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['identity', 'largest'], queryFn: identity.largest });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading rows={8} />;
  return (
    <Table<Largest>
      size="middle"
      rowKey="id"
      pagination={false}
      dataSource={query.data.items}
      data-testid="largest-table"
      scroll={{ x: 560 }}
      columns={[
        { title: t('people.name'), render: (_, row) => <PersonLink person={{ id: row.id, name: row.name }} /> },
        { title: t('identity.holds'), dataIndex: 'identities', align: 'right', width: 90 },
        { title: t('identity.merged'), dataIndex: 'merged', align: 'right', width: 110 },
        {
          title: t('identity.identity'),
          render: (_, row) => (
            <span className="soft small">
              {Object.entries(row.types)
                .map(([type, n]) => `${type} ${n}`)
                .join(' · ')}
            </span>
          ),
        },
      ]}
    />
  );
}
