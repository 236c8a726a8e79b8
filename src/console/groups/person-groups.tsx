import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { groupPlans } from '../api/group-plans.ts';
import { useStaff } from '../staff/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Loading } from '../ui/page.tsx';

/** In which groups somebody is and was, how they came and who ended it; where WeCom told of none, what the events tell. */
export function PersonGroups({ personId, otherwise }: { personId: string; otherwise: ReactNode }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { nameOf } = useStaff();
  const query = useQuery({ queryKey: ['groups', 'of', personId], queryFn: () => groupPlans.ofPerson(personId) });
  if (query.isPending) return <Loading rows={3} />;
  const items = query.data?.items ?? [];
  if (items.length === 0) return <>{otherwise}</>;
  const now = items.filter((one) => one.leftAt === null).length;
  return (
    <div data-testid="person-groups">
      <div className="soft small">{t('groupPlan.inNow', { n: now })}</div>
      {items.map((one) => (
        <div key={one.id} className="pcard row wrap between">
          <span className="stack tight" style={{ gap: 0 }}>
            <Link to={`/groups?state=all&group=${one.id}`}>{one.name || t('group.unnamed')}</Link>
            <span className="soft small">{[one.purpose, one.owner && nameOf(one.owner)].filter(Boolean).join(' · ')}</span>
          </span>
          <span className="soft small" style={{ textAlign: 'right' }}>
            {t('group.since')} {format.day(one.since)} · {t(`group.viaOf.${one.via}`)}
            {one.leftAt && (
              <>
                <br />
                {t('group.left')} {format.day(one.leftAt)} {one.leftBy && `· ${t(`group.leftBy.${one.leftBy}`, one.leftBy)}`}
              </>
            )}
          </span>
        </div>
      ))}
    </div>
  );
}
