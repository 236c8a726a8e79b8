import { useTranslation } from 'react-i18next';
import type { Story } from '../../api/story.ts';
import { eventName } from '../../i18n/event-name.ts';
import { Time } from '../../ui/bits.tsx';
import { Chart } from '../../ui/chart.tsx';
import { useFormat } from '../../ui/format.ts';
import { useUrl } from '../../ui/hooks.ts';
import { EmptyStart } from '../../ui/page.tsx';

/** All months from the first to the last, so that a gap is seen as one. */
function withGaps(months: Story['months']): Story['months'] {
  const number = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
  const named = (n: number) => `${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`;
  const byMonth = new Map(months.map((one) => [one.month, one]));
  const first = number(months[0]?.month ?? '');
  const last = number(months.at(-1)?.month ?? '');
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const month = named(first + i);
    return byMonth.get(month) ?? { month, orders: 0, revenueFen: 0, refundFen: 0 };
  });
}

/** Net sales of a person by month. */
export function Months({ months }: { months: Story['months'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (months.length < 2) return null;
  const all = withGaps(months);
  return (
    <Chart
      height={150}
      label={t('people.story.months')}
      option={{
        grid: { left: 8, right: 8, top: 12, bottom: 4, containLabel: true },
        tooltip: { trigger: 'axis', valueFormatter: (value: number) => format.fen(value) },
        xAxis: { type: 'category', data: all.map((one) => one.month) },
        yAxis: { type: 'value', splitNumber: 2, axisLabel: { formatter: (value: number) => format.fen(value) } },
        series: [{ type: 'bar', name: t('people.revenue'), barMaxWidth: 22, data: all.map((one) => one.revenueFen - one.refundFen) }],
      }}
    />
  );
}

/** What a person does, most frequent first; each line leads to those events. */
export function Habits({ kinds, carriers }: Pick<Story, 'kinds' | 'carriers'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const [, write] = useUrl();
  if (!kinds.length) return <EmptyStart title={t('people.noEvents')} />;
  return (
    <div data-testid="habits">
      {carriers.length > 0 && (
        <div className="row wrap soft small" style={{ padding: '4px 0 8px' }}>
          {carriers.map((one) => (
            <span key={one.carrier}>
              {t(`common.carrier.${one.carrier}`, one.carrier)} {format.number(one.count)} · {t('people.story.first')}{' '}
              {format.day(one.firstAt)}
            </span>
          ))}
        </div>
      )}
      {kinds.map((one) => (
        <div key={`${one.type} ${one.event}`} className="pcard row between">
          {one.type === 'track' ? (
            <button type="button" className="linklike" onClick={() => write({ tab: null, group: null, event: one.event })}>
              {eventName(t, one.event)}
            </button>
          ) : (
            <span>
              {t(`event.${one.type}`, one.type)} {one.event}
            </span>
          )}
          <span className="row soft small" style={{ flex: 'none' }}>
            <b className="num">{t('people.story.times', { n: format.number(one.count) })}</b>
            <Time value={one.lastAt} />
          </span>
        </div>
      ))}
    </div>
  );
}

/** Groups that the person is or was in. */
export function Groups({ groups }: Pick<Story, 'groups'>) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!groups.length) return <EmptyStart title={t('people.story.noGroups')} />;
  return (
    <div data-testid="groups">
      {groups.map((one) => (
        <div key={one.id} className="pcard row wrap between">
          <span>{one.name ?? one.id}</span>
          <span className="soft small">
            {one.joinedAt ? t('people.story.joined', { day: format.day(one.joinedAt) }) : ''}
            {one.leftAt ? ` · ${t('people.story.left', { day: format.day(one.leftAt) })}` : ''}
          </span>
        </div>
      ))}
    </div>
  );
}
