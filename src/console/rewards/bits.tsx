import { Progress, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Coupon, CouponState, Holding } from '../api/coupons.ts';
import { useFormat } from '../ui/format.ts';

const colours: Record<CouponState, string> = { draft: 'default', live: 'green', paused: 'orange', over: 'default' };

export function CouponStateTag({ state }: { state: CouponState }) {
  const { t } = useTranslation();
  return (
    <Tag color={colours[state]} style={{ marginInlineEnd: 0 }}>
      {t(`coupon.state.${state}`)}
    </Tag>
  );
}

export function HoldingTag({ state }: { state: Holding['state'] }) {
  const { t } = useTranslation();
  return <Tag color={state === 'issued' ? 'green' : state === 'used' ? 'blue' : 'default'}>{t(`coupon.holding.${state}`)}</Tag>;
}

/** How much of the stock is given out. */
export function StockMeter({ coupon }: { coupon: Pick<Coupon, 'stock' | 'issued' | 'codesLeft'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const left = coupon.stock - coupon.issued;
  return (
    <span className="stack" style={{ gap: 0, minWidth: 120 }}>
      <Progress
        percent={(coupon.issued / coupon.stock) * 100}
        size="small"
        showInfo={false}
        status={left < coupon.stock * 0.1 ? 'exception' : 'normal'}
        aria-label={t('coupon.stock')}
      />
      <span className="soft small num">
        {t('coupon.stockOf', { n: format.number(coupon.issued), of: format.number(coupon.stock) })}
        {coupon.codesLeft !== null && ` · ${t('coupon.codesLeft', { n: format.number(coupon.codesLeft) })}`}
      </span>
    </span>
  );
}

/** Said by the server in both languages. */
export function useSaid(): (names: { zh: string; en: string }) => string {
  const { i18n } = useTranslation();
  return (names) => names[i18n.language.startsWith('en') ? 'en' : 'zh'];
}

/** At midnight it is over: people read the second before, on the day that they still have. */
export const lastMoment = (iso: string): string => new Date(Date.parse(iso) - 1_000).toISOString();
