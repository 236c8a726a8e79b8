import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Segmented, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type ApprovalView, approvals } from '../api/approvals.ts';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { APPROVALS_KEY } from './approval-ask.tsx';
import { ApprovalDrawer } from './approval-drawer.tsx';

const COLOUR = { waiting: 'gold', approved: 'green', refused: 'red', withdrawn: 'default', lapsed: 'default' } as const;

/** What reaches many and waits for another member, and what was decided. */
export default function ApprovalsPage() {
  const { t } = useTranslation();
  const [read, write] = useUrl();
  const state = read('state') ?? 'waiting';
  const id = read('id');
  const query = useInfiniteQuery({
    queryKey: [...APPROVALS_KEY, 'list', state],
    queryFn: ({ pageParam }) => approvals.list({ ...(state === 'waiting' ? { state } : {}), ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  const items = query.data?.pages.flatMap((one) => one.items) ?? [];
  return (
    <Page
      title={t('approval.title')}
      question={t('approval.question')}
      testId="approvals-page"
      extra={
        <Segmented
          value={state}
          onChange={(next) => write({ state: next === 'waiting' ? null : next })}
          options={['waiting', 'all'].map((value) => ({ value, label: t(`approval.show.${value}`) }))}
        />
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && items.length === 0 && (
        <Empty
          description={
            <div className="stack tight">
              <span>{t('approval.none')}</span>
              <Link to="/settings/policy">{t('approval.setSize')}</Link>
            </div>
          }
        />
      )}
      <div className="stack">
        {items.map((one) => (
          <Line key={one.id} one={one} open={() => write({ id: one.id })} />
        ))}
      </div>
      {query.hasNextPage && (
        <Button block style={{ marginTop: 12 }} loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
      {id && <ApprovalDrawer id={id} close={() => write({ id: null })} />}
    </Page>
  );
}

function Line({ one, open }: { one: ApprovalView; open: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Card size="small" hoverable onClick={open} data-testid="approval">
      <div className="row wrap between">
        <div className="grow" style={{ minWidth: 200 }}>
          <div className="row wrap">
            <b>{one.name || t(`approval.kind.${one.kind}`)}</b>
            <Tag color={COLOUR[one.state]}>{t(`approval.state.${one.state}`)}</Tag>
          </div>
          <span className="soft small">
            {t(`approval.kind.${one.kind}`, { defaultValue: one.kind })} · {one.by.name} · <Time value={one.askedAt} />
            {one.word ? ` · ${one.decidedBy?.name ?? ''}：${one.word}` : one.why ? ` · ${one.why}` : ''}
          </span>
        </div>
        <span className="num" style={{ fontWeight: 600 }}>
          {t('approval.size', { people: format.number(one.people), above: format.number(one.above) })}
        </span>
      </div>
    </Card>
  );
}
