import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { definitions, type Interest } from '../api/audiences.ts';
import { PRIMARY, PRIMARY_DARK } from '../theme/palette.ts';
import { useTheme } from '../theme/theme.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { Define, Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { InterestFrom } from './interest-from.tsx';

const first = 5;

/** What a person is interested in now, the strongest first; each opens what it comes from. */
export function InterestCard({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['person', personId, 'interests'],
    queryFn: () => definitions.interestsOf(personId),
    staleTime: 60_000,
  });
  const [all, setAll] = useState(false);
  const items = (query.data?.items ?? []).filter((one) => one.score > 0);
  const most = Math.max(1, ...items.map((one) => one.score));
  return (
    <Card
      size="small"
      title={
        <Define text={query.data && t('people.interest.means', { days: query.data.halfLifeDays })}>{t('people.interest.title')}</Define>
      }
      data-testid="interest-card"
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={3} />}
      {query.data && items.length === 0 && <span className="soft">{t('people.interest.none')}</span>}
      {(all ? items : items.slice(0, first)).map((one) => (
        <Topic key={one.topic} interest={one} most={most} />
      ))}
      {items.length > first && (
        <button type="button" className="linklike small" onClick={() => setAll(!all)}>
          {all ? t('people.interest.less') : t('people.interest.more', { n: items.length })}
        </button>
      )}
    </Card>
  );
}

function Topic({ interest, most }: { interest: Interest; most: number }) {
  const format = useFormat();
  const { dark } = useTheme();
  const [, write] = useUrl();
  const [open, setOpen] = useState(false);
  return (
    <div style={{ padding: '4px 0' }}>
      <button
        type="button"
        className="linklike"
        style={{ display: 'block', width: '100%', textAlign: 'start', textDecoration: 'none' }}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        data-testid="interest"
      >
        <span className="row between">
          <span>{interest.topic}</span>
          <span className="num soft small">
            {format.number(interest.score, 1)} · {format.percent(interest.share, 0)}
          </span>
        </span>
        <span style={{ display: 'block', height: 4, borderRadius: 2, background: 'var(--line)' }}>
          <span
            style={{
              display: 'block',
              height: 4,
              borderRadius: 2,
              background: dark ? PRIMARY_DARK : PRIMARY,
              width: `${Math.max(2, (100 * interest.score) / most)}%`,
            }}
          />
        </span>
      </button>
      {open && (
        <div style={{ padding: '4px 0 4px 8px' }}>
          <InterestFrom from={interest.from} onShow={(event) => write({ tab: null, group: null, event })} />
        </div>
      )}
    </div>
  );
}
