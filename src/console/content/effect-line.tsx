import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { EffectRow } from '../api/content-effect.ts';
import { useFormat } from '../ui/format.ts';

/** Reached, opened, bought: of one item, in a line; said to be too few to judge where they are. */
export function EffectLine({ row, days }: { row: EffectRow | undefined; days: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!row || row.exposed === 0) return <span className="soft small">{t('content.effect.none', { days })}</span>;
  const order = row.order;
  return (
    <div className="row between small num" data-testid="effect-line">
      <span>{t('content.effect.reached', { n: format.number(row.exposed) })}</span>
      <span>{t('content.effect.opened', { n: row.open.share === null ? '–' : format.percent(row.open.share) })}</span>
      {order.enough && order.share !== null ? (
        <Tooltip title={t('content.effect.interval', { low: format.percent(order.low ?? 0), high: format.percent(order.high ?? 0) })}>
          <span className="good">{t('content.effect.ordered', { n: format.percent(order.share) })}</span>
        </Tooltip>
      ) : (
        <span className="soft">{t('content.effect.few')}</span>
      )}
    </div>
  );
}
