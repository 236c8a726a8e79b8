import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Card, Select, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type PurposeRow, position, type Statement } from '../api/position.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Define, Loading } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { PeriodPicker, usePeriod } from '../ui/period.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

const PURPOSES = ['notify', 'benefit', 'convert', 'community', 'service'] as const;
type Follow = keyof PurposeRow['followed'];

export function PositionPurposes({ statement, mayEdit }: { statement: Statement; mayEdit: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const client = useQueryClient();
  const say = useSay();
  const period = usePeriod(30);
  const days = statement.followDays;
  const query = useQuery({
    queryKey: ['position', 'purposes', period.firstDay, period.lastDay, days],
    queryFn: () => position.purposes(period.from, period.to, days),
    placeholderData: (before) => before,
  });
  const definition = (key: string) => named(query.data?.meta.definitions[`purpose.${key}`], '');
  const reveal = (row: PurposeRow, metric: Follow | 'reached', count: number) =>
    open({
      title: `${row.name} · ${metric === 'reached' ? t('position.reached') : t(`position.follow.${metric}`)}`,
      count,
      definition: definition(metric),
      source: { kind: 'insight', question: query.data?.meta.question ?? {}, cell: row.cells[metric] },
    });
  const share = (row: PurposeRow, metric: Follow) => {
    const one = row.followed[metric];
    return (
      <span key={metric} className="small" style={{ marginRight: 14, whiteSpace: 'nowrap' }}>
        <span className="soft">
          <Define text={definition(metric)}>{t(`position.follow.${metric}`)}</Define>{' '}
        </span>
        <Reveal onClick={() => reveal(row, metric, one.part)}>
          <b>{one.enough ? format.percent(one.share) : format.number(one.part)}</b>
        </Reveal>
        <span className="soft num">
          {one.enough ? ` ${format.percent(one.low, 0)} – ${format.percent(one.high, 0)}` : ` (${t('common.enough')})`}
        </span>
      </span>
    );
  };
  const setGroup = async (id: string, purpose: (typeof PURPOSES)[number]) => {
    try {
      await position.put({ ...statement, groups: [...statement.groups.filter((g) => g.id !== id), { id, purpose }] });
      await client.invalidateQueries({ queryKey: ['position'] });
      say.saved();
    } catch (error) {
      say.failed(error);
    }
  };
  const purposeOf = (row: PurposeRow) => {
    if (row.kind === 'group' && mayEdit)
      return (
        <Select
          size="small"
          style={{ minWidth: 110 }}
          value={row.purpose ?? undefined}
          placeholder={t('position.groupPurpose')}
          onChange={(purpose) => void setGroup(row.id, purpose)}
          options={PURPOSES.map((one) => ({ value: one, label: t(`common.purpose.${one}`) }))}
        />
      );
    if (row.purpose) return <Tag color="blue">{t(`common.purpose.${row.purpose}`)}</Tag>;
    const to = row.kind === 'journey' ? `/journeys/${row.id}` : `/content/${row.id}`;
    return (
      <Link to={to} className="warn small">
        {t('position.purposeNone')}
      </Link>
    );
  };
  return (
    <Card
      size="small"
      title={<Define text={t('position.purposesHint', { n: days })}>{t('position.purposes')}</Define>}
      extra={<PeriodPicker first={30} choices={[7, 30, 90]} />}
      data-testid="position-purposes"
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={4} />}
      {query.data && query.data.rows.length === 0 && <span className="soft">{t('position.purposesNone')}</span>}
      {query.data && query.data.rows.length > 0 && (
        <Table
          size="small"
          rowKey={(row) => `${row.kind}:${row.id}`}
          dataSource={query.data.rows}
          pagination={{ pageSize: 20, hideOnSinglePage: true }}
          scroll={{ x: 820 }}
          columns={[
            {
              title: t('common.name'),
              render: (_, row) => (
                <div>
                  <div>{row.name}</div>
                  <span className="soft small">{t(`position.thing.${row.kind}`)}</span>
                </div>
              ),
            },
            { title: t('position.purpose'), render: (_, row) => purposeOf(row) },
            {
              title: <Define text={definition('reached')}>{t('position.reached')}</Define>,
              align: 'right',
              render: (_, row) => (
                <div>
                  <Reveal onClick={() => reveal(row, 'reached', row.reached)}>{format.number(row.reached)}</Reveal>
                  {row.open > 0 && <div className="soft small">{t('position.open', { n: format.number(row.open) })}</div>}
                </div>
              ),
            },
            {
              title: t('position.judged'),
              render: (_, row) => (row.judgedBy.length ? row.judgedBy.map((m) => share(row, m)) : <span className="soft">–</span>),
            },
            {
              title: <Define text={definition('revenue')}>{t('position.revenue')}</Define>,
              align: 'right',
              render: (_, row) => (
                <Reveal onClick={() => reveal(row, 'ordered', row.followed.ordered.part)}>{format.fen(row.revenueFen)}</Reveal>
              ),
            },
          ]}
        />
      )}
    </Card>
  );
}
