import { Card, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Meta, PathsAnswer } from '../../api/explore.ts';
import { eventName } from '../../i18n/event-name.ts';
import { Reveal } from '../../ui/bits.tsx';
import { useFormat } from '../../ui/format.ts';
import { usePeopleDrawer } from '../../ui/people-drawer.tsx';

type Top = PathsAnswer['top'][number];

/** Whole ways from the first step to the last, the most used first. */
export function TopPaths({ top, meta }: { top: Top[]; meta: Meta }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  const name = (one: Top) => one.path.map((step) => eventName(t, step)).join(' → ');
  return (
    <Card size="small" title={t('insight.explore.topPaths')}>
      <Table<Top>
        size="small"
        rowKey={(one) => JSON.stringify(one.path)}
        pagination={false}
        dataSource={top}
        scroll={{ x: 'max-content' }}
        columns={[
          { key: 'path', title: t('insight.explore.kinds.paths'), render: (_, one) => name(one) },
          {
            key: 'people',
            title: t('insight.funnel.people'),
            align: 'right',
            render: (_, one) => (
              <Reveal
                onClick={() =>
                  open({ title: name(one), count: one.people, source: { kind: 'insight', question: meta.question, cell: one.cell } })
                }
              >
                {format.number(one.people)}
              </Reveal>
            ),
          },
          { key: 'paths', title: t('common.times'), align: 'right', render: (_, one) => format.number(one.paths) },
        ]}
      />
    </Card>
  );
}
