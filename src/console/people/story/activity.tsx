import { useTranslation } from 'react-i18next';
import type { Story } from '../../api/story.ts';
import { useFormat } from '../../ui/format.ts';
import { Define } from '../../ui/page.tsx';

const DAY = 86_400_000;
const CELL = 11;
/** Room for the names of months. */
const HEAD = 14;
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The last year, a square a day, by weeks: how much the person did. A click shows that day on the timeline. */
export function Activity({ days, onDay }: { days: Story['days']; onDay: (day: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const byDay = new Map(days.map((one) => [one.day, one]));
  const today = Date.parse(format.zoned(new Date().toISOString()).format('YYYY-MM-DD'));
  // Weeks begin on Monday.
  const first = today - 52 * 7 * DAY - ((new Date(today).getUTCDay() + 6) % 7) * DAY;
  const cells = Array.from({ length: Math.round((today - first) / DAY) + 1 }, (_, i) => iso(first + i * DAY));
  const most = Math.max(1, ...days.map((one) => one.done));
  const shade = (n: number) => (n === 0 ? 0 : 0.3 + 0.7 * Math.sqrt(n / most));
  const active = days.filter((one) => one.done > 0).length;
  return (
    <div className="stack tight" data-testid="activity">
      <span className="soft small">
        <Define text={t('people.story.activityDefinition')}>{t('people.story.activity', { n: active })}</Define>
      </span>
      <div style={{ overflowX: 'auto', direction: 'rtl' }}>
        <svg
          width={53 * (CELL + 2)}
          height={7 * (CELL + 2) + HEAD}
          style={{ direction: 'ltr', display: 'block', marginRight: 'auto' }}
          role="img"
          aria-label={t('people.story.activity', { n: active })}
        >
          {cells.map((day, i) =>
            day.endsWith('-01') && i < cells.length - 14 ? (
              <text key={day} x={Math.floor(i / 7) * (CELL + 2)} y={9} fontSize={10} fill="var(--soft)">
                {format.month(day)}
              </text>
            ) : null,
          )}
          {cells.map((day, i) => {
            const one = byDay.get(day);
            const done = one?.done ?? 0;
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: as above
              <rect
                key={day}
                x={Math.floor(i / 7) * (CELL + 2)}
                y={HEAD + (i % 7) * (CELL + 2)}
                width={CELL}
                height={CELL}
                rx={2}
                fill={done ? 'var(--ant-color-primary, #0b6b83)' : 'var(--line)'}
                fillOpacity={done ? shade(done) : 0.6}
                stroke={one?.said ? '#E69F00' : 'none'}
                style={{ cursor: done ? 'pointer' : undefined }}
                onClick={done ? () => onDay(day) : undefined}
              >
                <title>{t('people.story.day', { day, done, said: one?.said ?? 0 })}</title>
              </rect>
            );
          })}
        </svg>
      </div>
    </div>
  );
}
