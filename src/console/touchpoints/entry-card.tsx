import { useQuery } from '@tanstack/react-query';
import { Button, Card, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { journeys } from '../api/journeys.ts';
import type { Touchpoint } from '../api/touchpoints.ts';
import { useMay } from '../shell/session.tsx';
import { Hint } from '../ui/page.tsx';

const TEMPLATES = ['group_coupon_order', 'group_content_app'] as const;

/** What a person does, gets and becomes after this door: the journeys that begin with it. */
export function EntryCard({ point }: { point: Touchpoint }) {
  const { t } = useTranslation();
  const may = useMay();
  const query = useQuery({ queryKey: ['journeys'], queryFn: journeys.list, enabled: may('journeys.read') });
  const mine = (query.data?.items ?? []).filter(
    (one) =>
      one.state !== 'archived' &&
      one.graph?.nodes.some(
        (node) => node.type === 'entry' && node.where?.some((w) => w.property === 'touchpointId' && w.value === point.id),
      ),
  );
  return (
    <Card size="small" title={t('touchpoint.entry')} extra={<Hint text={t('touchpoint.entryHint')} />} data-testid="entry-card">
      <div className="stack">
        {mine.map((one) => (
          <span key={one.id} className="row">
            <Link to={`/journeys/${one.id}`}>{one.name}</Link> <Tag>{t(`journey.state.${one.state}`)}</Tag>
          </span>
        ))}
        {mine.length === 0 && <span className="soft">{t('touchpoint.entryNone')}</span>}
        {may('journeys.write') && (
          <div className="row wrap">
            {TEMPLATES.map((one) => (
              <Link key={one} to={`/journeys/new?starter=${one}&touchpoint=${point.id}`}>
                <Button size="small">{t(`touchpoint.entryTemplate.${one}`)}</Button>
              </Link>
            ))}
          </div>
        )}
      </div>
    </Card>
  );
}
