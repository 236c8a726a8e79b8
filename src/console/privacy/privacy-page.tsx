import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Popconfirm, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Erasure, privacy } from '../api/privacy.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

function KeyState() {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const query = useQuery({ queryKey: ['privacy'], queryFn: privacy.state, refetchInterval: 10_000 });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading rows={4} />;
  const { key, values, older, plain, traits, properties } = query.data;
  const rotate = () =>
    privacy
      .rotate()
      .then(() => {
        say.done(t('privacy.rotated'));
        return client.invalidateQueries({ queryKey: ['privacy'] });
      })
      .catch(say.failed);
  const line = (name: string, value: React.ReactNode) => (
    <div className="row between" style={{ padding: '3px 0' }}>
      <span className="soft">{name}</span>
      <span className="mono">{value}</span>
    </div>
  );
  return (
    <>
      <Card
        size="small"
        title={t('privacy.keys')}
        extra={
          may('keys.write') && (
            <Popconfirm title={t('privacy.rotateSure')} onConfirm={rotate} okText={t('privacy.rotate')}>
              <Button size="small">{t('privacy.rotate')}</Button>
            </Popconfirm>
          )
        }
      >
        {line(t('privacy.values'), values)}
        {line(t('privacy.plain'), plain.done ? t('privacy.plainDone') : t('privacy.plainUnderWay', { count: plain.sealed }))}
        {line(t('privacy.dataKey'), `#${key.dataKey}`)}
        {line(t('privacy.since'), <Time value={key.since} full />)}
        {line(t('privacy.masterKey'), key.masterKey)}
        {older > 0 && <span className="soft small">{t('privacy.older', { count: older })}</span>}
        <p className="soft small" style={{ marginBottom: 0 }}>
          {t('privacy.keptFor')}
        </p>
      </Card>
      <Card size="small" title={t('privacy.sealedNames')}>
        <p className="soft" style={{ marginTop: 0 }}>
          {t('privacy.sealedText')}
        </p>
        <div className="row wrap" style={{ gap: 6 }}>
          {[...new Set([...traits, ...properties])].map((name) => (
            <Tag key={name} className="mono" style={{ marginInlineEnd: 0 }}>
              {name}
            </Tag>
          ))}
        </div>
      </Card>
    </>
  );
}

function Erased({ one }: { one: Erasure }) {
  const { t } = useTranslation();
  const events = (one.removed.events ?? []).reduce((sum, e) => sum + e.count, 0);
  return (
    <div className="row wrap between" style={{ padding: '9px 0', borderBottom: '1px solid var(--line)' }}>
      <span>
        <span className="mono">{one.personId}</span> · {one.by.name} {one.reason && `· ${one.reason}`}
        <div className="soft small">
          <Time value={one.askedAt} />
          {one.state === 'done' && ` · ${t('privacy.events', { count: events })}`}
        </div>
      </span>
      <Tag style={{ marginInlineEnd: 0 }}>{t(`privacy.state.${one.state}`)}</Tag>
    </div>
  );
}

function Erasures() {
  const { t } = useTranslation();
  const query = useInfiniteQuery({
    queryKey: ['erasures'],
    queryFn: ({ pageParam }) => privacy.erasures(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    // One that is under way is watched to its end.
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some((one) => one.state !== 'done')) ? 3_000 : false),
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card size="small" title={t('privacy.erasures')} data-testid="erasures">
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={3} />}
      {query.isSuccess && !items.length && <EmptyStart title={t('privacy.noErasures')} />}
      {items.map((one) => (
        <Erased key={one.id} one={one} />
      ))}
      {query.hasNextPage && <Button onClick={() => query.fetchNextPage()}>{t('common.more')}</Button>}
    </Card>
  );
}

export default function PrivacyPage() {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <Page title={t('privacy.title')} question={t('privacy.question')} testId="privacy-page">
      <div className="stack loose">
        <KeyState />
        {may('people.erase') && <Erasures />}
      </div>
    </Page>
  );
}
