import { CopyOutlined } from '@ant-design/icons';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { content, type TwinPair } from '../api/content.ts';
import { useMay } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

/** Pairs that say, or show, about the same. */
export default function TwinsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ['content', 'twins'],
    queryFn: ({ pageParam }) => content.twins(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const pairs = query.data?.pages.flatMap((page) => page.items) ?? [];
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await client.invalidateQueries({ queryKey: ['content'] });
    } catch (error) {
      say.failed(error);
    }
  };
  const side = (one: TwinPair['a']) => (
    <div className="row between grow" style={{ minWidth: 0 }}>
      <Link to={`/content/${one.id}`} className="clip">
        {one.name}
      </Link>
      {may('content.write') && (
        <Button size="small" type="text" danger onClick={() => act(() => content.remove(one.id))}>
          {t('common.delete')}
        </Button>
      )}
    </div>
  );
  return (
    <Page title={t('content.twins')} question={t('content.twinsQuestion')} testId="content-twins-page">
      {query.isPending && <Loading />}
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isSuccess && pairs.length === 0 && (
        <EmptyStart icon={<CopyOutlined />} title={t('content.twinsEmpty')} text={t('content.twinsEmptyText')} />
      )}
      <div className="stack">
        {pairs.map((pair) => (
          <Card key={`${pair.a.id}${pair.b.id}${pair.what}`} size="small" data-testid="twin-pair">
            <div className="row wrap">
              <Tag color={pair.likeness === 1 ? 'error' : 'warning'}>
                {t(`content.twinOf.${pair.what}`)} {format.percent(pair.likeness)}
              </Tag>
              {side(pair.a)}
              {side(pair.b)}
              {may('content.write') && (
                <Button size="small" onClick={() => act(() => content.dismissTwins(pair.a.id, pair.b.id))}>
                  {t('content.keepBoth')}
                </Button>
              )}
            </div>
          </Card>
        ))}
        {query.hasNextPage && <Button onClick={() => query.fetchNextPage()}>{t('common.more')}</Button>}
      </div>
    </Page>
  );
}
