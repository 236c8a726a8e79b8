import { ExperimentOutlined, PlusOutlined } from '@ant-design/icons';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Experiment, experiments } from '../api/experiments.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { usePhone } from '../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';

const COLOURS = { draft: 'default', running: 'processing', stopped: 'warning', decided: 'success' } as const;

export function ExperimentState({ state }: { state: Experiment['state'] }) {
  const { t } = useTranslation();
  return <Tag color={COLOURS[state]}>{t(`experiment.state.${state}`)}</Tag>;
}

export default function ExperimentsPage() {
  const { t } = useTranslation();
  const phone = usePhone();
  const may = useMay();
  const query = useInfiniteQuery({
    queryKey: ['experiments'],
    queryFn: ({ pageParam }) => experiments.list(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const create = may('experiments.write') && (
    <Link to="/experiments/new">
      <Button type="primary" icon={<PlusOutlined />} data-testid="new-experiment">
        {t('experiment.create')}
      </Button>
    </Link>
  );
  const name = (one: Experiment) => (
    <Link to={one.state === 'draft' ? `/experiments/${one.id}/edit` : `/experiments/${one.id}`}>{one.name}</Link>
  );
  return (
    <Page title={t('experiment.title')} question={t('experiment.question')} testId="experiments-page" extra={create}>
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && rows.length === 0 && (
        <EmptyStart icon={<ExperimentOutlined />} title={t('experiment.emptyTitle')} text={t('experiment.emptyText')} action={create} />
      )}
      {rows.length > 0 &&
        (phone ? (
          <div className="stack">
            {rows.map((one) => (
              <div key={one.id} className="pcard stack tight">
                <div className="row between">
                  {name(one)} <ExperimentState state={one.state} />
                </div>
                <span className="soft small">
                  {t(`experiment.on.${one.definition.on.kind}`)} · {one.definition.primary.name}
                </span>
              </div>
            ))}
          </div>
        ) : (
          <Table<Experiment>
            rowKey="id"
            size="middle"
            pagination={false}
            dataSource={rows}
            columns={[
              { title: t('common.name'), key: 'name', render: (_, one) => name(one) },
              { title: t('experiment.stateOf'), key: 'state', width: 110, render: (_, one) => <ExperimentState state={one.state} /> },
              { title: t('experiment.who'), key: 'on', width: 160, render: (_, one) => t(`experiment.on.${one.definition.on.kind}`) },
              { title: t('experiment.primary'), key: 'primary', width: 200, render: (_, one) => one.definition.primary.name },
              { title: t('experiment.arms'), key: 'arms', render: (_, one) => one.definition.arms.map((a) => a.name).join(' / ') },
              {
                title: t('experiment.launched'),
                key: 'launched',
                width: 130,
                render: (_, one) => (one.launchedAt ? <Time value={one.launchedAt} /> : '–'),
              },
            ]}
          />
        ))}
      {query.hasNextPage && (
        <Button block style={{ marginTop: 12 }} loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </Page>
  );
}
