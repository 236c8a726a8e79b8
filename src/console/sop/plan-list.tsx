import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { SopPlan } from '../api/sop.ts';
import { useFormat } from '../ui/format.ts';

const COLOURS: Record<string, string> = { running: 'success', paused: 'warning' };
const addressOf = (one: SopPlan): string =>
  one.kind === 'person' ? `/sop/${one.id}` : one.kind === 'group' ? `/groups/calendar?plan=${one.id}` : `/sop?on=${one.until}&span=month`;

/** Every plan there is, of each kind. */
export function PlanList({ items }: { items: SopPlan[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (items.length === 0) return <span className="soft">{t('sop.nothing')}</span>;
  return (
    <div className="stack" data-testid="sop-plans">
      {items.map((one) => (
        <div key={`${one.kind}${one.id}`} className="pcard row wrap between" style={{ gap: '4px 16px' }}>
          <span className="row" style={{ minWidth: 0 }}>
            <span className={`sdot ${one.kind}`} />
            <span className="stack tight" style={{ gap: 0, minWidth: 0 }}>
              <Link to={addressOf(one)}>{one.name || t('sop.noSeries')}</Link>
              <span className="soft small">
                {t(`sop.kind.${one.kind}`)} ·{' '}
                {t(`sop.listLine.${one.kind}`, {
                  messages: one.messages,
                  days: one.days ?? '–',
                  now: format.number(one.now),
                  until: one.until ?? '',
                })}
              </span>
            </span>
          </span>
          <Tag color={COLOURS[one.state]} style={{ marginInlineEnd: 0 }}>
            {t(`sop.state.${one.state}`)}
          </Tag>
        </div>
      ))}
    </div>
  );
}
