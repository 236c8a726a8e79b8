import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { nameOf, people } from '../../api/people.ts';
import { touchpoints } from '../../api/touchpoints.ts';
import { useFormat } from '../../ui/format.ts';
import { ProblemView } from '../../ui/problem.tsx';

const most = 10;

/** Whose posters brought the most people in. */
export function SharersCard({ touchpointId }: { touchpointId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery({ queryKey: ['touchpoints', touchpointId, 'sharers'], queryFn: () => touchpoints.sharers(touchpointId) });
  return (
    <Card size="small" title={t('poster.sharers')} data-testid="poster-sharers">
      <div className="stack tight">
        {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {query.data?.items.length === 0 && <span className="soft small">{t('poster.sharersNone')}</span>}
        {query.data?.items.slice(0, most).map((one) => (
          <div key={one.personId ?? ''} className="row between">
            {one.personId ? <PersonName id={one.personId} /> : <span className="soft">{t('poster.sharerGone')}</span>}
            <span className="small num">
              {t('poster.sharerBrought', { people: format.number(one.people), scans: format.number(one.scans) })}
            </span>
          </div>
        ))}
      </div>
    </Card>
  );
}

function PersonName({ id }: { id: string }) {
  const query = useQuery({ queryKey: ['people', id], queryFn: () => people.get(id) });
  return (
    <Link to={`/people/${id}`} className="clip">
      {query.data ? nameOf(query.data) : id}
    </Link>
  );
}
