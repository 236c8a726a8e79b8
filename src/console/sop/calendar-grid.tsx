import { WarningOutlined } from '@ant-design/icons';
import { Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SopCalendar, SopItem } from '../api/sop.ts';
import { useFormat } from '../ui/format.ts';
import { usePhone } from '../ui/hooks.ts';
import '../groups/calendar.css';
import './sop.css';

interface Props {
  calendar: SopCalendar;
  items: SopItem[];
  /** YYYY-MM of the month that is looked at; undefined: a week. */
  month: string | undefined;
  open: (item: SopItem) => void;
}

const shownInMonth = 4;
const weekdayOf = (day: string) => ((new Date(day).getUTCDay() + 6) % 7) + 1;

/** Seven columns; on a phone one list of the days on which something goes out, from today on where today is among them. */
export function CalendarGrid({ calendar, items, month, open }: Props) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { today } = calendar;
  const of = Map.groupBy(items, (item) => item.day);
  const days = calendar.days.filter((day) => !month || !phone || day.startsWith(month));
  const listed = days.filter((day) => of.has(day) || day === today);
  const shown = phone ? [...listed.filter((day) => day >= today), ...listed.filter((day) => day < today)] : days;
  return (
    <div className={phone ? 'stack' : `gweek${month ? ' gmonth' : ''}`} data-testid="sop-calendar">
      {shown.map((day) => (
        <section
          key={day}
          className={`gday${day === today ? ' today' : ''}${month && !day.startsWith(month) ? ' other' : ''}`}
          aria-label={day}
          data-day={day}
        >
          <h3>
            {t(`groupPlan.weekday.${weekdayOf(day)}`)} {Number(day.slice(5, 7))}/{Number(day.slice(8))}
            {day === today && <Tag color="cyan">{t('groupPlan.today')}</Tag>}
          </h3>
          <Day items={of.get(day) ?? []} most={month && !phone ? shownInMonth : undefined} open={open} />
        </section>
      ))}
      {shown.length === 0 && <span className="soft">{t('sop.nothing')}</span>}
    </div>
  );
}

function Day({ items, most, open }: { items: SopItem[]; most: number | undefined; open: Props['open'] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (items.length === 0) return <span className="soft small">–</span>;
  const shown = most && !all ? items.slice(0, most) : items;
  return (
    <>
      {shown.map((item) => (
        <Entry key={item.key} item={item} small={most !== undefined} open={open} />
      ))}
      {shown.length < items.length && (
        <button type="button" className="gentry soft small" onClick={() => setAll(true)}>
          {t('sop.more', { n: items.length - shown.length })}
        </button>
      )}
    </>
  );
}

function Entry({ item, small, open }: { item: SopItem; small: boolean; open: Props['open'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = item.step || item.text || item.plan || t('sop.noSeries');
  const expected =
    item.expected === null
      ? item.kind === 'moment'
        ? t('sop.everyone')
        : ''
      : t(`sop.expected.${item.kind}`, { n: format.number(item.expected) });
  const crowded = item.collides.length > 0 && <WarningOutlined className="warn" aria-label={t('sop.crowded')} />;
  return (
    <button
      type="button"
      className={item.ahead ? 'gentry ahead' : 'gentry'}
      onClick={() => open(item)}
      data-testid="sop-entry"
      title={words}
    >
      <span className="row wrap between" style={{ gap: '0 4px' }}>
        <span className="row" style={{ gap: 5, minWidth: 0 }}>
          <span className={`sdot ${item.kind}`} />
          <strong className="num">{format.zoned(item.at).format('HH:mm')}</strong>
          {crowded}
        </span>
        {!small && <span className="soft small num">{expected}</span>}
      </span>
      <span className="clip">{words}</span>
      {!small && (
        <span className="soft small clip">
          {t(`sop.kind.${item.kind}`)}
          {item.plan && item.plan !== words && ` · ${item.plan}`}
        </span>
      )}
      {!item.ahead && !small && <Outcome item={item} />}
    </button>
  );
}

/** What became of it, in a few words. */
export function Outcome({ item }: { item: SopItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const moment = item.kind === 'moment';
  const parts = [
    item.sent > 0 && { key: 'sent', text: t(moment ? 'sop.published' : 'sop.sent'), n: item.sent, tone: 'good' },
    item.waiting > 0 && { key: 'waiting', text: t(moment ? 'sop.notPublished' : 'sop.waiting'), n: item.waiting, tone: 'warn' },
    item.skipped > 0 && { key: 'skipped', text: t('sop.skipped'), n: item.skipped, tone: 'soft' },
    item.failed > 0 && { key: 'failed', text: t('sop.failed'), n: item.failed, tone: 'bad' },
  ].filter((one) => one !== false);
  return (
    <span className="row wrap small" style={{ gap: '0 8px' }}>
      {parts.map((one) => (
        <span key={one.key} className={one.tone}>
          {one.text} {format.number(one.n)}
        </span>
      ))}
    </span>
  );
}
