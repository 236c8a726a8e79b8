import { useTranslation } from 'react-i18next';
import type { Interest } from '../api/audiences.ts';
import { eventName } from '../i18n/event-name.ts';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';

/** The actions that an interest comes from, with what each is still worth; a click shows them on the timeline. */
export function InterestFrom({ from, onShow }: { from: Interest['from']; onShow: (event: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="stack tight soft small">
      {from.length === 0 && <span>{t('people.interest.nothing')}</span>}
      {from.map((one) => (
        <span key={one.event} className="row wrap" style={{ gap: 6 }}>
          <button type="button" className="linklike" onClick={() => onShow(one.event)}>
            {eventName(t, one.event)}
          </button>
          <span className="num">{t('people.interest.part', { n: format.number(one.count), points: format.number(one.points, 1) })}</span>
          <Time value={one.lastAt} />
        </span>
      ))}
    </div>
  );
}
