import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { coupons } from '../api/coupons.ts';
import { CopyButton } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { HoldingTag, lastMoment, useSaid } from './bits.tsx';

/** What somebody holds and held, and the address of their own page. */
export function PersonCoupons({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const query = useQuery({ queryKey: ['coupons', 'of', personId], queryFn: () => coupons.ofPerson(personId) });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading rows={3} />;
  const { items, walletUrl } = query.data;
  return (
    <div className="stack" data-testid="person-coupons">
      <div className="row wrap">
        <CopyButton text={walletUrl} label={t('coupon.wallet')} />
        {items.length === 0 && <span className="soft">{t('coupon.personNone')}</span>}
      </div>
      {items.map((one) => (
        <div key={one.id} className="pcard row wrap between" style={{ alignItems: 'flex-start' }}>
          <span className="stack tight" style={{ gap: 0, minWidth: 0 }}>
            <Link to={`/coupons/${one.couponId}`}>{one.name}</Link>
            <span className="soft small">{said(one.sentence)}</span>
            <span className="soft small mono">{one.code}</span>
          </span>
          <span className="soft small" style={{ textAlign: 'right' }}>
            <HoldingTag state={one.state} />
            <br />
            {one.use
              ? t('coupon.usedFor', { order: one.use.orderId, fen: format.fen(one.use.discountFen) })
              : t('coupon.until', { day: format.day(lastMoment(one.expiresAt)) })}
          </span>
        </div>
      ))}
    </div>
  );
}
