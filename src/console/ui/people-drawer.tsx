import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { audiences } from '../api/audiences.ts';
import { coupons, type PeopleOf } from '../api/coupons.ts';
import { experiments, type PeopleOfExperiment } from '../api/experiments.ts';
import { queryString } from '../api/http.ts';
import { insight, type PeopleQuestion } from '../api/insight.ts';
import { journeys } from '../api/journeys.ts';
import { type PeopleFilters, type Person, people } from '../api/people.ts';
import { fatigue } from '../api/reach.ts';
import type { Rule } from '../api/rule.ts';
import { useMay } from '../shell/session.tsx';
import { PersonLink, Time } from './bits.tsx';
import { useFormat } from './format.ts';
import { usePhone } from './hooks.ts';
import { LevelTag, StageTag } from './labels.tsx';
import { Loading } from './page.tsx';
import { ProblemView } from './problem.tsx';
import { TagPeople } from './tag-people.tsx';

/** Where the people behind a number come from. */
export type PeopleSource =
  | { kind: 'filters'; filters: PeopleFilters }
  | { kind: 'rule'; rule: Rule }
  | ({ kind: 'insight' } & PeopleQuestion)
  | { kind: 'journey'; id: string; node?: string; state?: string; branch?: string }
  | { kind: 'foreseen'; id: string; node: string; reason: string; existing?: boolean | undefined }
  | { kind: 'fatigue'; from: number; to: number }
  | ({ kind: 'experiment'; id: string } & PeopleOfExperiment)
  | ({ kind: 'coupon'; id: string } & PeopleOf);

interface Opened {
  title: ReactNode;
  count?: number;
  definition?: string;
  source: PeopleSource;
}

interface Row {
  person: Person;
  at?: string | null;
  /** What is said of the person in place of a time. */
  note?: string;
}

const DrawerContext = createContext<(opened: Opened) => void>(() => {});
export const usePeopleDrawer = () => useContext(DrawerContext);

async function fetchPage(source: PeopleSource, cursor?: string): Promise<{ items: Row[]; nextCursor: string | null }> {
  if (source.kind === 'journey') {
    const page = await journeys.people(source.id, { node: source.node, state: source.state, branch: source.branch, cursor });
    return { ...page, items: page.items.map((one) => ({ person: one.person, at: one.enteredAt })) };
  }
  if (source.kind === 'foreseen') {
    const { kind: _, id, ...of } = source;
    const page = await journeys.foreseen(id, { ...of, ...(cursor ? { cursor } : {}) });
    return { ...page, items: page.items.map((person) => ({ person: person as unknown as Person })) };
  }
  if (source.kind === 'fatigue') {
    const page = await fatigue.people({ from: source.from, to: source.to, ...(cursor ? { cursor } : {}) });
    return { ...page, items: page.items.map((one) => ({ person: one.person as unknown as Person, note: String(one.score) })) };
  }
  if (source.kind === 'coupon') {
    const { kind: _, id, ...of } = source;
    const page = await coupons.people(id, { ...of, cursor });
    return {
      ...page,
      items: page.items.map((one) => ({ person: one.person as unknown as Person, at: one.holding.use?.at ?? one.holding.issuedAt })),
    };
  }
  if (source.kind === 'experiment') {
    const { kind: _, id, ...of } = source;
    const page = await experiments.people(id, { ...of, ...(cursor ? { cursor } : {}) });
    return { ...page, items: page.items.map((person) => ({ person })) };
  }
  if (source.kind === 'rule') {
    const page = await audiences.people(source.rule, cursor);
    return { ...page, items: page.items.map((person) => ({ person: person as unknown as Person })) };
  }
  const page =
    source.kind === 'filters'
      ? await people.list({ ...source.filters, cursor, limit: 50 })
      : await insight.people({ question: source.question, cell: source.cell, cursor });
  return { ...page, items: page.items.map((person) => ({ person, at: person.lastSeenAt })) };
}

function PeopleList({ source }: { source: PeopleSource }) {
  const { t } = useTranslation();
  const may = useMay();
  const query = useInfiniteQuery({
    queryKey: ['drawer', source],
    queryFn: ({ pageParam }) => fetchPage(source, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading rows={8} />;
  const rows = query.data.pages.flatMap((page) => page.items);
  if (!rows.length) return <div className="soft">{t('common.drawerEmpty')}</div>;
  return (
    <div data-testid="drawer-people">
      {may('people.write') && (
        <TagPeople size="small" ids={rows.slice(0, 1000).map(({ person }) => person.id)} label={t('people.tagThese', { n: rows.length })} />
      )}
      {rows.map(({ person, at, note }) => (
        <div key={person.id} className="row between" style={{ padding: '9px 0', borderBottom: '1px solid var(--line)' }}>
          <div className="grow">
            <PersonLink person={person} sub={note ?? (at === undefined ? undefined : <Time value={at} />)} />
          </div>
          <span className="row wrap" style={{ justifyContent: 'flex-end', gap: 4 }}>
            <LevelTag level={person.level} />
            <StageTag stage={person.stage} />
          </span>
        </div>
      ))}
      {query.hasNextPage && (
        <Button block style={{ marginTop: 12 }} loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </div>
  );
}

/** Any number on any page opens here: the people behind it, and from each of them the events that prove it. */
export function PeopleDrawerProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<Opened>();
  const [shown, setShown] = useState(false);
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const navigate = useNavigate();
  const open = useMemo(
    () => (next: Opened) => {
      setOpened(next);
      setShown(true);
    },
    [],
  );
  const source = opened?.source;
  return (
    <DrawerContext value={open}>
      {children}
      <Drawer
        open={shown}
        onClose={() => setShown(false)}
        size={phone ? '100%' : 480}
        destroyOnHidden
        title={opened?.title}
        data-testid="people-drawer"
        extra={
          source?.kind === 'filters' && (
            <Button
              size="small"
              onClick={() => {
                setShown(false);
                navigate(`/people${queryString({ ...source.filters })}`);
              }}
            >
              {t('common.openInPeople')}
            </Button>
          )
        }
      >
        <div className="stack" onClickCapture={(event) => (event.target as HTMLElement).closest('a') && setShown(false)}>
          <div className="soft small">
            {opened?.count !== undefined && <b className="num">{t('common.peopleCount', { n: format.number(opened.count) })} · </b>}
            {opened?.definition ?? t('common.drawerHint')}
          </div>
          {source && <PeopleList source={source} />}
        </div>
      </Drawer>
    </DrawerContext>
  );
}
