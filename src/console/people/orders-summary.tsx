import { useTranslation } from 'react-i18next';
import type { Person } from '../api/people.ts';
import { useFormat } from '../ui/format.ts';
import { Metric } from '../ui/metric.tsx';

export function OrdersSummary({ person, onShow }: { person: Person; onShow: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const sums = person.orders;
  return (
    <div className="grid metrics dense" data-testid="person-orders">
      <Metric
        label={t('people.orderCount')}
        definition={t('people.orderCountDefinition')}
        value={format.number(sums.count)}
        unit={t('common.orders')}
        onClick={onShow}
      />
      <Metric
        label={t('people.revenue')}
        definition={t('people.revenueDefinition')}
        value={format.fen(sums.revenueFen)}
        foot={sums.refundFen ? `${t('people.refunds')} ${format.fen(sums.refundFen)}` : undefined}
        onClick={onShow}
      />
      <Metric
        label={t('people.lastOrder')}
        value={<span style={{ fontSize: 18 }}>{sums.lastAt ? format.relative(sums.lastAt) : '–'}</span>}
        foot={sums.lastAt ? format.day(sums.lastAt) : undefined}
      />
      <Metric
        label={t('people.created')}
        value={<span style={{ fontSize: 18 }}>{format.relative(person.createdAt)}</span>}
        foot={format.day(person.createdAt)}
      />
      <Metric
        label={t('people.lastSeen')}
        value={<span style={{ fontSize: 18 }}>{format.relative(person.lastSeenAt)}</span>}
        foot={format.day(person.lastSeenAt)}
      />
    </div>
  );
}
