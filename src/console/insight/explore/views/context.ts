import type { TFunction } from 'i18next';
import type { Format } from '../../../ui/format.ts';
import type { ExploreState } from '../state.ts';

/** What a view needs to say things in the reader's language. */
export interface Saying {
  t: TFunction;
  format: Format;
  event: (name: string) => string;
  value: (value: string | null | undefined) => string;
  state: ExploreState;
  phone: boolean;
}

export const plainGrid = { left: 4, right: 14, top: 34, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' };

/** A period's first day or hour, short, as an axis has room for. */
export function periodName({ format, t }: Saying, period: string | null, interval: string | undefined): string {
  if (period === null) return t('common.all');
  if (interval === 'hour') return format.zoned(period).format('MM-DD HH:00');
  return interval === 'month' ? period.slice(0, 7) : period;
}
