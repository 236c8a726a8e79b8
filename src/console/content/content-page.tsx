import { DeleteOutlined, FileTextOutlined, FilterOutlined } from '@ant-design/icons';
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Input, Segmented, Select, Table } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { content, type FoundItem } from '../api/content.ts';
import { useEffects } from '../api/content-effect.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useDebounced, usePhone, useUrl } from '../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';
import { Marked, ReviewTag } from './bits.tsx';
import { EffectLine } from './effect-line.tsx';
import { FACETS, type Facet, FacetPanel } from './facets.tsx';
import { ItemCard } from './item-card.tsx';
import { LibraryActions } from './library-actions.tsx';

const STARTERS = ['welcome', 'second', 'silent'] as const;
const SORTS = ['newest', 'changed', 'name'] as const;
const effectDays = 30;

export default function ContentPage() {
  const { t } = useTranslation();
  const may = useMay();
  const phone = usePhone();
  const client = useQueryClient();
  const say = useSay();
  const undo = useUndo();
  const [read, write] = useUrl();
  const [word, setWord] = useState(read('q') ?? '');
  const [filtering, setFiltering] = useState(false);
  const settled = useDebounced(word.trim(), 250);
  const asked = read('q') ?? '';
  useEffect(() => {
    if (asked !== settled) write({ q: settled });
  }, [asked, settled, write]);
  const chosen = (facet: Facet): string[] => read(facet)?.split(',') ?? [];
  const filters = { query: settled || undefined, ...Object.fromEntries(FACETS.map((facet) => [facet, read(facet)])) };
  const sort = read('sort') ?? (settled ? 'best' : 'newest');
  const table = read('view') === 'table';
  const found = useInfiniteQuery({
    queryKey: ['content', 'find', filters, sort],
    queryFn: ({ pageParam, signal }) => content.find({ ...filters, sort, limit: 30, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const facets = useQuery({
    queryKey: ['content', 'facets', filters],
    queryFn: ({ signal }) => content.facets(filters, signal),
    placeholderData: keepPreviousData,
  });
  const effects = useEffects(effectDays);
  const rows = found.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Boolean(settled) || FACETS.some((facet) => read(facet));
  const panel = (
    <FacetPanel facets={facets.data} chosen={chosen} onChange={(facet, values) => write({ [facet]: values.join(',') || null })} />
  );

  const drop = async (one: FoundItem) => {
    const refresh = () => client.invalidateQueries({ queryKey: ['content'] });
    try {
      await content.remove(one.id);
      await refresh();
      undo(t('common.deleted', { name: one.name }), async () => {
        const { kind, name, body, purpose, link, card, detail, variants, scenes, products, audiences, topics, answers, author, rights } =
          one;
        const again = {
          kind,
          name,
          body,
          purpose,
          link,
          card,
          detail,
          variants,
          scenes,
          products,
          audiences,
          topics,
          answers,
          author,
          rights,
        };
        await content.create(again).catch(say.failed);
        await refresh();
      });
    } catch (error) {
      say.failed(error);
    }
  };
  const dropButton = (one: FoundItem) =>
    may('content.write') && (
      <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t('common.delete')} onClick={() => drop(one)} />
    );

  return (
    <Page title={t('content.title')} question={t('content.question')} testId="content-page" extra={<LibraryActions />}>
      {found.isError && <ProblemView error={found.error} retry={() => found.refetch()} />}
      {found.isPending && <Loading />}
      {found.isSuccess && rows.length === 0 && !filtered && (
        <EmptyStart
          icon={<FileTextOutlined />}
          title={t('content.emptyTitle')}
          text={t('content.emptyText')}
          action={STARTERS.map((one) => (
            <Link key={one} to={`/content/new?starter=${one}`}>
              <Button size="small">{t(`content.starter.${one}`)}</Button>
            </Link>
          ))}
        />
      )}
      {found.isSuccess && (rows.length > 0 || filtered) && (
        <div
          style={{ display: 'grid', gap: 20, gridTemplateColumns: phone ? 'minmax(0, 1fr)' : '200px minmax(0, 1fr)', alignItems: 'start' }}
        >
          {!phone && panel}
          <div className="stack loose" style={{ minWidth: 0 }}>
            <div className="row wrap between">
              <div className="row wrap grow" style={{ minWidth: 260 }}>
                <Input.Search
                  allowClear
                  value={word}
                  placeholder={t('content.search')}
                  style={{ flex: '1 1 160px', maxWidth: 320 }}
                  onChange={(event) => setWord(event.target.value)}
                  data-testid="content-search"
                />
                {phone && (
                  <Button icon={<FilterOutlined />} onClick={() => setFiltering(true)}>
                    {t('content.filter')}
                  </Button>
                )}
                <span className="soft small num" data-testid="content-total">
                  {t('content.total', { n: facets.data?.total ?? 0 })}
                </span>
              </div>
              <div className="row">
                <Select
                  size="small"
                  value={sort}
                  onChange={(next) => write({ sort: next })}
                  options={[...(settled ? ['best' as const] : []), ...SORTS].map((one) => ({
                    value: one,
                    label: t(`content.sort.${one}`),
                  }))}
                  style={{ minWidth: 110 }}
                />
                <Segmented
                  size="small"
                  value={table ? 'table' : 'cards'}
                  onChange={(view) => write({ view: view === 'table' ? 'table' : null })}
                  options={(['cards', 'table'] as const).map((one) => ({ value: one, label: t(`content.view.${one}`) }))}
                />
              </div>
            </div>
            {rows.length === 0 && (
              <EmptyStart
                title={t('content.noneFit')}
                action={
                  <Button
                    onClick={() => {
                      setWord('');
                      write({ q: null, ...Object.fromEntries(FACETS.map((one) => [one, null])) });
                    }}
                  >
                    {t('content.clear')}
                  </Button>
                }
              />
            )}
            {table ? (
              <Table<FoundItem>
                size="small"
                rowKey="id"
                dataSource={rows}
                pagination={false}
                scroll={{ x: 760 }}
                columns={[
                  {
                    title: t('content.name'),
                    render: (_, one) => (
                      <Link to={`/content/${one.id}`}>
                        <Marked pieces={one.highlight?.name} plain={one.name} />
                      </Link>
                    ),
                  },
                  { title: t('content.facet.kind'), render: (_, one) => t(`content.kind.${one.kind}`), width: 100 },
                  { title: t('content.facet.review'), render: (_, one) => <ReviewTag state={one.review.state} />, width: 100 },
                  {
                    title: t('content.effect.title'),
                    render: (_, one) => <EffectLine row={effects.get(one.id)} days={effectDays} />,
                    width: 260,
                  },
                  { title: t('content.updated'), render: (_, one) => <Time value={one.updatedAt} />, width: 120 },
                  { title: '', render: (_, one) => dropButton(one), width: 48 },
                ]}
              />
            ) : (
              <div
                style={{ display: 'grid', gap: 16, gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 260px), 1fr))' }}
                data-testid="content-cards"
              >
                {rows.map((one) => (
                  <ItemCard
                    key={one.id}
                    item={one}
                    effect={<EffectLine row={effects.get(one.id)} days={effectDays} />}
                    actions={dropButton(one)}
                  />
                ))}
              </div>
            )}
            {found.hasNextPage && (
              <Button onClick={() => found.fetchNextPage()} loading={found.isFetchingNextPage} data-testid="load-more">
                {t('common.more')}
              </Button>
            )}
          </div>
        </div>
      )}
      <Drawer open={filtering} onClose={() => setFiltering(false)} title={t('content.filter')} placement="bottom" size="large">
        {panel}
      </Drawer>
    </Page>
  );
}
