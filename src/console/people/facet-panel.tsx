import { useQuery } from '@tanstack/react-query';
import { Card, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { type PeopleFilters, people } from '../api/people.ts';
import { useStandingColours } from '../theme/theme.tsx';
import { useFormat } from '../ui/format.ts';
import { type LabelKind, useLabels } from '../ui/labels.tsx';
import { ProblemView } from '../ui/problem.tsx';

type FacetKey = 'level' | 'stage' | 'tier' | 'tag';
const FACETS: FacetKey[] = ['level', 'stage', 'tier', 'tag'];
const KIND: Record<FacetKey, LabelKind> = { level: 'levels', stage: 'stages', tier: 'tiers', tag: 'tags' };

interface FacetPanelProps {
  filters: PeopleFilters;
  onChange: (change: Partial<PeopleFilters>) => void;
}

/** What the people in sight are, counted live; each line is a filter. */
export function FacetPanel({ filters, onChange }: FacetPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { label, options } = useLabels();
  const colours = useStandingColours();
  const query = useQuery({ queryKey: ['facets', filters], queryFn: () => people.facets(filters), placeholderData: (before) => before });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (!query.data) return <Skeleton active paragraph={{ rows: 12 }} />;
  return (
    <Card size="small" data-testid="facets">
      <div className="stack loose" style={{ opacity: query.isPlaceholderData ? 0.6 : 1 }}>
        {FACETS.map((facet) => {
          const counts = query.data[facet] ?? {};
          const order = options(KIND[facet]).map((one) => one.value);
          const rows = Object.entries(counts).filter(([key, count]) => key && (count > 0 || filters[facet] === key));
          rows.sort((a, b) => (facet === 'tag' ? b[1] - a[1] : order.indexOf(a[0]) - order.indexOf(b[0])));
          const most = Math.max(1, ...rows.map(([, count]) => count));
          if (!rows.length) return null;
          return (
            <div key={facet}>
              <div className="soft small" style={{ marginBottom: 4 }}>
                {t(`people.${facet === 'tag' ? 'tags' : facet}`)}
              </div>
              {rows.slice(0, 14).map(([key, count]) => {
                const on = filters[facet] === key;
                return (
                  <button
                    key={key}
                    type="button"
                    aria-pressed={on}
                    className="linklike row between facet"
                    style={{ background: on ? 'var(--wash)' : undefined, fontWeight: on ? 600 : undefined }}
                    onClick={() => onChange({ [facet]: on ? undefined : key })}
                    data-testid={`facet-${facet}-${key}`}
                  >
                    <span className="clip">{label(KIND[facet], key)}</span>
                    <span className="row" style={{ gap: 6 }}>
                      <span aria-hidden style={{ width: 44, height: 6, borderRadius: 3, background: 'var(--line)', overflow: 'hidden' }}>
                        <span
                          style={{
                            display: 'block',
                            height: 6,
                            width: `${(100 * count) / most}%`,
                            background: (facet === 'level' || facet === 'stage' ? colours[key] : undefined) ?? '#5b8b9c',
                          }}
                        />
                      </span>
                      <span className="num small" style={{ minWidth: 44, textAlign: 'right' }}>
                        {format.number(count)}
                      </span>
                    </span>
                  </button>
                );
              })}
            </div>
          );
        })}
      </div>
    </Card>
  );
}
