import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Happening, type Person, people } from '../api/people.ts';
import { useFormat } from '../ui/format.ts';
import { Metric } from '../ui/metric.tsx';

const LIMIT = 200;
const fen = (event: Happening): number => {
  const stamped = event.properties.revenue_fen;
  if (typeof stamped === 'number') return stamped;
  const major = event.properties.revenue;
  return typeof major === 'number' ? Math.round(major * 100) : 0;
};

interface Summary {
  count: number;
  revenueFen: number;
  refundFen?: number;
  lastAt?: string | null;
  partial: boolean;
}

/** Orders as the server sums them, or, where it does not, from the order events themselves. */
export function useOrders(person: Person): Summary | undefined {
  const bought = useQuery({
    queryKey: ['person', person.id, 'orders'],
    queryFn: async () => {
      const [orders, refunds] = await Promise.all([
        people.events(person.id, { event: 'Order Completed', limit: LIMIT }),
        people.events(person.id, { event: 'Order Refunded', limit: LIMIT }),
      ]);
      return { orders, refunds };
    },
    enabled: !person.orders,
  });
  if (person.orders) return { ...person.orders, partial: false };
  if (!bought.data) return undefined;
  const { orders, refunds } = bought.data;
  const refundFen = refunds.items.reduce((sum, one) => sum + Math.abs(fen(one)), 0);
  return {
    count: orders.items.length,
    revenueFen: orders.items.reduce((sum, one) => sum + fen(one), 0) - refundFen,
    refundFen,
    lastAt: orders.items[0]?.timestamp,
    partial: Boolean(orders.nextCursor),
  };
}

export function OrdersSummary({ person, onShow }: { person: Person; onShow: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const sums = useOrders(person);
  const note = sums?.partial ? t('people.recentOnly', { n: sums.count }) : undefined;
  return (
    <div className="grid metrics dense" data-testid="person-orders">
      <Metric
        label={t('people.orderCount')}
        definition={t('people.orderCountDefinition')}
        value={sums ? format.number(sums.count) : '…'}
        unit={t('common.orders')}
        foot={note}
        onClick={onShow}
      />
      <Metric
        label={t('people.revenue')}
        definition={t('people.revenueDefinition')}
        value={sums ? format.fen(sums.revenueFen) : '…'}
        foot={note ?? (sums?.refundFen ? `${t('people.refunds')} ${format.fen(sums.refundFen)}` : undefined)}
        onClick={onShow}
      />
      <Metric
        label={t('people.lastOrder')}
        value={<span style={{ fontSize: 18 }}>{sums?.lastAt ? format.relative(sums.lastAt) : '–'}</span>}
        foot={sums?.lastAt ? format.day(sums.lastAt) : undefined}
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
