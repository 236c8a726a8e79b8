import { useQuery } from '@tanstack/react-query';
import { Card, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type SavedPlace, saved } from '../api/audiences.ts';
import { eventName } from '../i18n/event-name.ts';
import { useLabels } from '../ui/labels.tsx';
import { Loading } from '../ui/page.tsx';

const HREF: Record<string, (id: string) => string> = {
  audience: (id) => `/audiences/${id}`,
  tag: (id) => `/tags/${id}`,
  journey: (id) => `/journeys/${id}`,
  stage: () => '/definitions?tab=stages',
  tier: () => '/definitions?tab=tiers',
  level: () => '/definitions',
};

/** What a definition needs, and who needs it. */
export function DependenciesCard({ place }: { place: SavedPlace }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const query = useQuery({ queryKey: ['dependencies', place], queryFn: () => saved.dependencies(place) });
  const data = query.data;
  const link = (kind: string, id: string, name: { zh: string; en: string }) => (
    <Link key={`${kind} ${id}`} to={HREF[kind]?.(id) ?? '#'}>
      <Tag>
        {t(`audience.uses.${kind}`, { defaultValue: kind })} · {named(name, id)}
      </Tag>
    </Link>
  );
  return (
    <Card size="small" title={t('audience.uses.title')} data-testid="dependencies">
      {query.isPending && <Loading rows={2} />}
      {data && (
        <div className="stack">
          {data.needs && (
            <div className="stack tight">
              <span className="soft small">{t('audience.uses.needs')}</span>
              <span className="row wrap" style={{ gap: 4 }}>
                {data.needs.refers.map((r) => link(r.kind, r.key, r.name))}
                {data.needs.events.map((e) => (
                  <Tag key={e}>{eventName(t, e)}</Tag>
                ))}
                {data.needs.anyEvent && <Tag>{t('audience.uses.any')}</Tag>}
                {data.needs.traits.map((trait) => (
                  <Tag key={trait} className="mono">
                    {trait}
                  </Tag>
                ))}
              </span>
            </div>
          )}
          <div className="stack tight">
            <span className="soft small">{t('audience.uses.usedBy')}</span>
            <span className="row wrap" style={{ gap: 4 }}>
              {data.usedBy.map((u) => link(u.kind, u.id, u.name))}
              {!data.usedBy.length && <span className="soft">{t('audience.uses.nobody')}</span>}
            </span>
          </div>
        </div>
      )}
    </Card>
  );
}
