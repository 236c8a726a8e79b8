import type { TFunction } from 'i18next';
import type { LimitView } from '../api/reach.ts';
import type { Format } from '../ui/format.ts';

type Held = Pick<LimitView, 'value' | 'period'>;

/** "每月 1 条", "3 次 / 24 小时内", "as many as the period has days a month". */
export function sayLimit(t: TFunction, format: Format, { unit }: Pick<LimitView, 'unit'>, { value, period }: Held): string {
  const most =
    value === null
      ? t('reach.limit.asDays')
      : unit === 'fen'
        ? format.fen(value)
        : `${format.number(value)} ${t(`reach.limit.unit.${unit}`)}`;
  if (period === null) return most;
  if ('calendar' in period) return `${t(`reach.limit.every.${period.calendar}`)} · ${most}`;
  const { minutes } = period;
  const span =
    minutes % 1_440 === 0 && minutes > 2_880
      ? t('reach.limit.within.d', { n: minutes / 1_440 })
      : minutes % 60 === 0
        ? t('reach.limit.within.h', { n: minutes / 60 })
        : t('reach.limit.within.min', { n: minutes });
  return `${span} · ${most}`;
}
