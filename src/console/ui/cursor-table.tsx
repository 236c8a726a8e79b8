import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { Button, Table, type TableProps } from 'antd';
import { type ReactNode, type UIEvent, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '../api/http.ts';
import { useFormat } from './format.ts';
import { usePhone } from './hooks.ts';
import { Loading } from './page.tsx';
import { ProblemView } from './problem.tsx';

interface CursorTableProps<T> {
  queryKey: QueryKey;
  fetch: (cursor: string | undefined) => Promise<Page<T> & { total?: number | null }>;
  rowKey: (row: T) => string;
  columns: NonNullable<TableProps<T>['columns']>;
  /** The same row on a phone. */
  card: (row: T) => ReactNode;
  empty: ReactNode;
  selection?: TableProps<T>['rowSelection'];
  expandable?: TableProps<T>['expandable'];
  width?: number;
  onTotal?: (total: number | undefined) => void;
  refetchInterval?: number;
  testId?: string;
}

/** A list of any length: only the rows in sight are drawn, and the next page comes as one nears the end. */
export function CursorTable<T extends object>(props: CursorTableProps<T>) {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const [height, setHeight] = useState(() => Math.max(360, window.innerHeight - 330));
  const { onTotal } = props;
  const query = useInfiniteQuery({
    queryKey: props.queryKey,
    queryFn: ({ pageParam }) => props.fetch(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: props.refetchInterval,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const total = query.data?.pages[0]?.total ?? undefined;

  useEffect(() => onTotal?.(total), [onTotal, total]);
  useEffect(() => {
    const listen = () => setHeight(Math.max(360, window.innerHeight - 330));
    window.addEventListener('resize', listen);
    return () => window.removeEventListener('resize', listen);
  }, []);

  const next = () => query.hasNextPage && !query.isFetchingNextPage && query.fetchNextPage();
  const near = (event: UIEvent<HTMLElement>) => {
    const box = event.currentTarget;
    if (box.scrollTop + box.clientHeight > box.scrollHeight - 700) next();
  };

  if (query.isError && !rows.length) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading rows={8} />;
  if (!rows.length) return <>{props.empty}</>;

  const foot = (
    <div className="row wrap between soft small" style={{ padding: '8px 4px' }}>
      <span className="num">
        {total === undefined
          ? t('common.loaded', { n: format.number(rows.length) })
          : t('common.loadedOf', { n: format.number(rows.length), total: format.number(total) })}
      </span>
      {query.hasNextPage ? (
        <Button size="small" onClick={next} loading={query.isFetchingNextPage} data-testid="load-more">
          {t('common.more')}
        </Button>
      ) : (
        <span>{t('common.allLoaded')}</span>
      )}
    </div>
  );

  if (phone) {
    return (
      <div data-testid={props.testId}>
        {rows.map((row) => (
          <div key={props.rowKey(row)} className="pcard">
            {props.card(row)}
          </div>
        ))}
        {foot}
      </div>
    );
  }
  return (
    <div data-testid={props.testId}>
      <Table<T>
        virtual={!props.expandable}
        size="middle"
        dataSource={rows}
        columns={props.columns}
        rowKey={props.rowKey}
        pagination={false}
        rowSelection={props.selection}
        expandable={props.expandable}
        scroll={{ x: props.width ?? 960, y: height }}
        onScroll={near}
      />
      {foot}
    </div>
  );
}
