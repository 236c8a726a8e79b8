import { useQuery } from '@tanstack/react-query';
import { Card, Segmented, Select, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { type ValueGroup, worth } from '../api/value.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define, Loading } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { useAudiences } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';

const choices = ['level', 'tier', 'cohort', 'audience'] as const;

/** What a level, a tier or the people of a first month are worth together and each. */
/** `leaving`: the model knows of customers who left. */
export function ValueGroups({ leaving }: { leaving: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { label, named } = useLabels();
  const open = usePeopleDrawer();
  const [read, write] = useUrl();
  const by = choices.find((one) => one === read('by')) ?? 'level';
  const audiences = by === 'audience' ? (read('audiences') ?? '').split(',').filter(Boolean) : undefined;
  const all = useAudiences();
  const query = useQuery({
    queryKey: ['value', by, audiences],
    queryFn: () => worth.value(by, audiences),
    placeholderData: (before) => before,
  });
  const means = (key: string) => named(query.data?.meta.definitions[key], '');
  const word = (key: string | null) =>
    !key
      ? t('value.none')
      : by === 'level'
        ? label('levels', key)
        : by === 'tier'
          ? label('tiers', key)
          : (all.data?.items.find((one) => one.id === key)?.name ?? key);
  const reveal = (row: ValueGroup, buyers: boolean) =>
    open({
      title: t(buyers ? 'value.behindBuyers' : 'value.behind', { what: word(row.key), n: format.number(buyers ? row.buyers : row.people) }),
      count: buyers ? row.buyers : row.people,
      source: { kind: 'insight', question: query.data!.meta.question, cell: buyers ? row.buyersCell : row.cell },
    });
  const money = (value: number | null) => <span className="num">{format.fenShort(value ?? 0)}</span>;
  return (
    <Card
      size="small"
      title={t('value.groups')}
      extra={
        <Segmented
          size="small"
          value={by}
          onChange={(next) => write({ by: String(next) })}
          options={choices.map((one) => ({ value: one, label: t(`value.by.${one}`) }))}
        />
      }
      data-testid="value-groups"
    >
      {audiences && (
        <div className="stack tight" style={{ marginBottom: 8 }}>
          <Select
            mode="multiple"
            style={{ width: '100%' }}
            placeholder={t('value.chooseAudiences')}
            value={audiences}
            maxCount={20}
            showSearch={{ optionFilterProp: 'label' }}
            onChange={(next: string[]) => write({ audiences: next.join(',') || null })}
            options={all.data?.items.map((one) => ({ value: one.id, label: one.name }))}
            data-testid="value-audiences"
          />
          <span className="soft small">{t('value.severalAudiences')}</span>
        </div>
      )}
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && (
        <Table<ValueGroup>
          size="small"
          rowKey={(row) => row.key ?? ''}
          dataSource={query.data.rows as ValueGroup[]}
          pagination={by === 'cohort' ? { pageSize: 12, size: 'small', hideOnSinglePage: true } : false}
          scroll={{ x: 'max-content' }}
          columns={[
            { title: t(`value.by.${by}`), render: (_, row) => word(row.key), fixed: 'left' },
            {
              title: t('value.people'),
              align: 'right',
              render: (_, row) => (
                <Reveal onClick={() => reveal(row, false)} testId={`group-people-${row.key}`}>
                  {format.number(row.people)}
                </Reveal>
              ),
            },
            {
              title: t('value.buyers'),
              align: 'right',
              render: (_, row) => <Reveal onClick={() => reveal(row, true)}>{format.number(row.buyers)}</Reveal>,
            },
            ...(leaving
              ? [
                  {
                    title: <Define text={means('alive')}>{t('value.alive')}</Define>,
                    align: 'right' as const,
                    render: (_: unknown, row: ValueGroup) => <span className="num">{format.percent(row.alive)}</span>,
                  },
                ]
              : []),
            {
              title: t('value.orders365'),
              align: 'right',
              render: (_, row) => <span className="num">{format.number(row.orders365)}</span>,
            },
            {
              title: <Define text={means('value365')}>{t('value.value365')}</Define>,
              align: 'right',
              render: (_, row) => money(row.value365),
            },
            { title: <Define text={means('clv')}>{t('value.clv')}</Define>, align: 'right', render: (_, row) => money(row.clv) },
            { title: t('value.perBuyer'), align: 'right', render: (_, row) => <span className="num">{format.fen(row.clvPerBuyer)}</span> },
            { title: t('value.spent'), align: 'right', render: (_, row) => money(row.spent) },
          ]}
        />
      )}
    </Card>
  );
}
