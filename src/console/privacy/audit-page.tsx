import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Card, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { privacy } from '../api/privacy.ts';
import { Time } from '../ui/bits.tsx';
import { useUrl } from '../ui/hooks.ts';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';

/** What was done, in words; a change through the API that has none is shown as it was asked. */
function Action({ of }: { of: string }) {
  const { t, i18n } = useTranslation();
  const key = `privacy.action.${of.replaceAll('.', '_')}`;
  return /^[a-z_.]+$/.test(of) && i18n.exists(key) ? <span title={of}>{t(key as never)}</span> : <span className="mono">{of}</span>;
}

/** Who did what, newest first. */
export default function AuditPage() {
  const { t } = useTranslation();
  const [read, write] = useUrl();
  const action = read('action') ?? '';
  const query = useInfiniteQuery({
    queryKey: ['audit', action],
    queryFn: ({ pageParam }) => privacy.audit(pageParam, action || undefined),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t('privacy.audit')} question={t('privacy.auditQuestion')} testId="audit-page">
      <Card
        size="small"
        title={
          <Segmented
            value={action}
            onChange={(next) => write({ action: next || null })}
            options={[
              { value: '', label: t('privacy.allActions') },
              { value: 'people.revealed', label: t('privacy.onlyReveals') },
              { value: 'people.erased', label: t('privacy.erasures') },
            ]}
          />
        }
      >
        {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {query.isPending && <Loading rows={8} />}
        {items.map((entry) => (
          <div
            key={entry.id}
            className="row wrap between"
            style={{ padding: '7px 0', borderBottom: '1px solid var(--line)' }}
            data-testid="audit-entry"
          >
            <span style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              <b style={{ fontWeight: 500 }}>{entry.actor.name}</b> <Action of={entry.action} />{' '}
              {entry.target?.startsWith('p_') ? (
                <Link to={`/people/${entry.target}`}>{entry.target}</Link>
              ) : (
                <span className="soft mono">{entry.target}</span>
              )}
              {Object.keys(entry.details).length > 0 && <div className="soft small mono">{JSON.stringify(entry.details)}</div>}
            </span>
            <span className="soft small">
              <Time value={entry.at} />
            </span>
          </div>
        ))}
        {query.hasNextPage && (
          <Button style={{ marginTop: 12 }} onClick={() => query.fetchNextPage()} loading={query.isFetchingNextPage}>
            {t('common.more')}
          </Button>
        )}
      </Card>
    </Page>
  );
}
