import { CaretRightOutlined } from '@ant-design/icons';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Segmented, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Happening, people } from '../api/people.ts';
import { eventName } from '../i18n/event-name.ts';
import { SERIES } from '../theme/palette.ts';
import { CopyButton } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { EmptyStart, Loading } from '../ui/page.tsx';
import { useCatalog } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { type EventGroup, gistOf, groupOf, titleOf } from './event-words.ts';
import { useNames } from './names.ts';

const COLOURS: Record<EventGroup, string> = {
  orders: SERIES[1] ?? '',
  messages: SERIES[0] ?? '',
  changes: SERIES[3] ?? '',
  behaviour: SERIES[2] ?? '',
};

function EventLine({ event, names }: { event: Happening; names: Map<string, string> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const labels = useLabels();
  const [open, setOpen] = useState(false);
  const raw = JSON.stringify({ ...event }, null, 2);
  return (
    <div style={{ borderBottom: '1px solid var(--line)', padding: '8px 0' }} data-testid="timeline-event">
      <button
        type="button"
        className="linklike row"
        style={{ width: '100%', textDecoration: 'none' }}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <CaretRightOutlined className="soft" rotate={open ? 90 : 0} style={{ fontSize: 10 }} />
        <span style={{ width: 8, height: 8, borderRadius: 8, background: COLOURS[groupOf(event)], flex: 'none' }} />
        <span className="num soft small" style={{ width: 62, flex: 'none' }}>
          {format.zoned(event.timestamp).format('HH:mm:ss')}
        </span>
        <span className="grow" style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <b style={{ fontWeight: 500 }}>{titleOf(event, t)}</b> <span className="soft">{gistOf(event, { t, format, labels, names })}</span>
        </span>
        {event.source && event.source !== 'http' && <Tag style={{ marginInlineEnd: 0 }}>{event.source}</Tag>}
      </button>
      {open && (
        <div className="stack tight" style={{ padding: '8px 0 4px 28px' }}>
          <div className="row wrap between soft small">
            <span>
              {format.time(event.timestamp)} · {t('people.received', { time: format.time(event.receivedAt) })}
            </span>
            <CopyButton text={raw} />
          </div>
          <pre className="json" data-testid="event-json">
            {raw}
          </pre>
        </div>
      )}
    </div>
  );
}

/** Everything that happened to a person, newest first, by day in the workspace's zone. */
export function Timeline({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [read, write] = useUrl();
  const group = (read('group') ?? 'all') as EventGroup | 'all';
  const event = read('event');
  const catalogue = useCatalog();
  const day = read('day');
  // A day of the workspace's zone, as two instants.
  const range = day ? { from: format.startOfDay(day).toISOString(), to: format.startOfDay(day).add(1, 'day').toISOString() } : undefined;
  const query = useInfiniteQuery({
    queryKey: ['person', personId, 'events', event, group, day],
    queryFn: ({ pageParam }) =>
      people.events(personId, { cursor: pageParam, event, ...(group === 'all' ? {} : { group }), ...range, limit: 50 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: 10_000,
  });
  const shown = query.data?.pages.flatMap((page) => page.items) ?? [];
  const days = Map.groupBy(shown, (one) => format.zoned(one.timestamp).format('YYYY-MM-DD'));
  const known = useNames();
  const names = [...new Set((catalogue.data?.items ?? []).map((one) => one.event).filter(Boolean))];
  return (
    <div className="stack" data-testid="timeline">
      <div className="row wrap">
        <Segmented
          value={group}
          onChange={(next) => write({ group: next === 'all' ? null : next })}
          options={(['all', 'behaviour', 'orders', 'messages', 'changes'] as const).map((one) => ({
            value: one,
            label: t(`people.group.${one}`),
          }))}
        />
        <Select
          allowClear
          showSearch
          style={{ width: 220 }}
          placeholder={t('people.allEvents')}
          value={event}
          onChange={(next?: string) => write({ event: next ?? null })}
          options={names.map((name) => ({ value: name, label: eventName(t, name) }))}
          data-testid="timeline-filter"
        />
        {day && (
          <Tag closable onClose={() => write({ day: null })} style={{ marginInlineEnd: 0 }}>
            {t('people.story.onDay', { day })}
          </Tag>
        )}
      </div>
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={8} />}
      {query.isSuccess && !shown.length && !query.hasNextPage && <EmptyStart title={t('people.noEvents')} />}
      {[...days].map(([day, items]) => (
        <section key={day}>
          <div className="row between soft small" style={{ position: 'sticky', top: 0 }}>
            <b>{format.day(items[0]?.timestamp)}</b>
            <span className="num">{t('people.daySep', { n: items.length })}</span>
          </div>
          {items.map((one) => (
            <EventLine key={one.messageId} event={one} names={known} />
          ))}
        </section>
      ))}
      {query.hasNextPage && (
        <Button onClick={() => query.fetchNextPage()} loading={query.isFetchingNextPage} data-testid="timeline-more">
          {t('common.more')}
        </Button>
      )}
    </div>
  );
}
