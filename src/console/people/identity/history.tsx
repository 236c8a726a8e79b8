import { useQuery } from '@tanstack/react-query';
import { Drawer, Timeline } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type HistoryEntry, identity } from '../../api/identity.ts';
import { Time } from '../../ui/bits.tsx';
import { Loading } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem.tsx';

const colours: Record<HistoryEntry['kind'], string> = {
  attached: 'gray',
  repointed: 'gray',
  merged: 'blue',
  split: 'orange',
  conflict: 'red',
  quarantined: 'red',
};

/** How a person came to hold what they hold. */
export function HistoryLink({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="linklike small" onClick={() => setOpen(true)} data-testid="identity-history">
        {t('identity.history')}
      </button>
      <Drawer open={open} onClose={() => setOpen(false)} title={t('identity.history')} size={480} destroyOnHidden>
        <History personId={personId} />
      </Drawer>
    </>
  );
}

function History({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['identity', 'history', personId], queryFn: () => identity.history(personId) });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading rows={8} />;
  const why = (entry: HistoryEntry): string | null => {
    if (entry.kind === 'conflict' || entry.kind === 'quarantined') return entry.reason && t(`identity.reason_${entry.reason}`);
    return entry.reason;
  };
  return (
    <Timeline
      data-testid="identity-history-list"
      items={query.data.items.map((entry, at) => ({
        key: at,
        color: colours[entry.kind],
        content: (
          <div className="stack tight" style={{ gap: 2 }}>
            <span className="row wrap" style={{ gap: 6 }}>
              <b style={{ fontWeight: 500 }}>{t(`identity.did_${entry.kind}`)}</b>
              {entry.forced && <span className="warn small">{t('identity.forced')}</span>}
              <span className="soft small">
                <Time value={entry.at} full />
              </span>
            </span>
            {entry.identities.map((one) => (
              <span key={`${one.type}:${one.id}`} className="small" style={{ overflowWrap: 'anywhere' }}>
                <span className="soft">{one.type}</span> <span className="mono">{one.id}</span>
              </span>
            ))}
            {entry.person && (
              <Link className="mono small" to={`/people/${entry.person}`}>
                {entry.person}
              </Link>
            )}
            {why(entry) && <span className="small">{why(entry)}</span>}
            <span className="soft small" style={{ overflowWrap: 'anywhere' }}>
              {entry.actor
                ? t('identity.byPerson', { name: entry.actor.name })
                : entry.messageId && t('identity.byMessage', { id: entry.messageId })}
            </span>
          </div>
        ),
      }))}
    />
  );
}
