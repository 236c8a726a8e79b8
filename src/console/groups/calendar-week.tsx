import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CalendarView, Entry } from '../api/group-plans.ts';
import { useFormat } from '../ui/format.ts';
import { usePhone } from '../ui/hooks.ts';
import './calendar.css';

interface Props {
  calendar: CalendarView;
  open: (entry: Entry) => void;
}

/** Seven columns; on a phone one list, from today where today is in the week. */
export function CalendarWeek({ calendar, open }: Props) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { days, today, items } = calendar;
  const shown = phone
    ? days.filter((day) => day >= today || !days.includes(today)).concat(days.filter((day) => days.includes(today) && day < today))
    : days;
  return (
    <div className={phone ? 'stack' : 'gweek'} data-testid="calendar-week">
      {shown.map((day, i) => {
        const of = items.filter((one) => one.day === day);
        return (
          <section key={day} className={day === today ? 'gday today' : 'gday'} aria-label={day}>
            <h3>
              {t(`groupPlan.weekday.${((days.indexOf(day) + weekdayOf(days[0]!)) % 7) + 1}`)} {Number(day.slice(5, 7))}/
              {Number(day.slice(8))}
              {day === today && <Tag color="cyan">{t('groupPlan.today')}</Tag>}
            </h3>
            {of.length === 0 && <span className="soft small">{phone && i > 0 ? t('groupPlan.nothing') : '–'}</span>}
            {of.map((one) => (
              <Item key={`${one.planId}${one.stepId}${one.at}`} entry={one} open={open} />
            ))}
          </section>
        );
      })}
    </div>
  );
}

/** 0 Monday to 6 Sunday. */
const weekdayOf = (day: string) => (new Date(day).getUTCDay() + 6) % 7;

function Item({ entry, open }: { entry: Entry; open: Props['open'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { counts, ahead } = entry;
  const missed = counts.failed + counts.unsent;
  return (
    <button type="button" className={ahead ? 'gentry ahead' : 'gentry'} onClick={() => open(entry)} data-testid="calendar-entry">
      <span className="row between">
        <strong className="num">{format.zoned(entry.at).format('HH:mm')}</strong>
        <span className="soft small num">{t('groupPlan.groups', { n: entry.groups })}</span>
      </span>
      <span className="clip">{entry.step || entry.text || entry.plan}</span>
      <span className="soft small clip">
        {entry.plan} · {entry.purpose}
      </span>
      {!ahead && (
        <span className="row wrap small" style={{ gap: 4 }}>
          {entry.waitingFor > 0 && <span className="warn">{t('groupPlan.waitingFor', { n: entry.waitingFor })}</span>}
          {entry.waitingFor === 0 && counts.sent === entry.groups && <span className="good">{t('groupPlan.allSent')}</span>}
          {counts.sent > 0 && counts.sent < entry.groups && (
            <span>
              {t('groupPlan.counts.sent')} {counts.sent}
            </span>
          )}
          {missed > 0 && (
            <span className="bad">
              {t('groupPlan.counts.unsent')} {missed}
            </span>
          )}
          {counts.skipped > 0 && (
            <span className="soft">
              {t('groupPlan.counts.skipped')} {counts.skipped}
            </span>
          )}
        </span>
      )}
    </button>
  );
}
