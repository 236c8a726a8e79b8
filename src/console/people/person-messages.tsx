import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { messages } from '../api/channels.ts';
import { people } from '../api/people.ts';
import { MessageState, SkipReason } from '../channels/message-bits.tsx';
import { Time } from '../ui/bits.tsx';
import { EmptyStart, Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useBranchName, useNames } from './names.ts';

export function PersonMessages({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['messages', 'of', personId], queryFn: () => messages.list({ personId }), refetchInterval: 10_000 });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading />;
  if (!query.data.items.length) return <EmptyStart title={t('people.noMessages')} />;
  return (
    <div data-testid="person-messages">
      {query.data.items.map((one) => (
        <div key={one.id} className="pcard stack tight">
          <div className="row wrap between">
            <span className="row wrap">
              <MessageState state={one.state} />
              <span className="soft small">{t(`common.channel.${one.channel}`, one.channel)}</span>
              <SkipReason reason={one.reason} />
            </span>
            <span className="soft small">
              <Time value={one.sentAt ?? one.queuedAt} />
            </span>
          </div>
          <div>{one.text ?? one.contentName}</div>
        </div>
      ))}
    </div>
  );
}

/** The journeys that a person went through, read from the journey events. */
export function PersonJourneys({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const names = useNames();
  const branchName = useBranchName();
  const query = useQuery({
    queryKey: ['person', personId, 'journeys'],
    queryFn: async () => {
      const names = ['Journey Entered', 'Journey Branched', 'Journey Converted', 'Journey Exited'];
      const pages = await Promise.all(names.map((event) => people.events(personId, { event, limit: 50 })));
      return pages.flatMap((page) => page.items).sort((a, b) => b.timestamp.localeCompare(a.timestamp));
    },
  });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading />;
  if (!query.data.length) return <EmptyStart title={t('people.noJourneys')} />;
  return (
    <div data-testid="person-journeys">
      {query.data.map((one) => (
        <div key={one.messageId} className="pcard row wrap between">
          <span className="row wrap">
            <b style={{ fontWeight: 500 }}>{t(`journey.event.${one.event.split(' ')[1]?.toLowerCase()}`, one.event)}</b>
            <Link to={`/journeys/${String(one.properties.journeyId)}?tab=results`}>
              {names.get(String(one.properties.journeyId)) ?? String(one.properties.journeyId ?? '')}
            </Link>
            {one.event === 'Journey Branched' && (
              <span className="soft">{branchName(one.properties.journeyId, one.properties.nodeId, one.properties.branch)}</span>
            )}
            {one.properties.reason !== undefined && (
              <span className="soft">{t(`journey.reason.${String(one.properties.reason)}`, String(one.properties.reason))}</span>
            )}
          </span>
          <span className="soft small">
            <Time value={one.timestamp} />
          </span>
        </div>
      ))}
    </div>
  );
}
