import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/format.ts';

/** Names and values of what a pool is measured by. */
export function usePositionWords() {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = (metric: string, carrier?: string | null): string => {
    const name =
      metric === 'ladder.net'
        ? t('position.ladderNet')
        : metric === 'pool.people'
          ? t('position.poolPeople')
          : metric.startsWith('reach.')
            ? t(`position.${metric}`)
            : t(`overview.metric.${metric}`);
    return carrier === undefined || carrier === null ? name : `${name} · ${t(`common.carrier.${carrier || 'other'}`, carrier)}`;
  };
  const say = (value: number | null | undefined, unit: string): string => {
    if (value === null || value === undefined) return '–';
    if (unit === 'share') return format.percent(value);
    if (unit === 'fen') return Math.abs(value) >= 10_000_000 ? format.fenShort(value) : format.fen(value);
    return unit === 'ratio' ? format.number(value, 3) : format.number(value);
  };
  return { nameOf, say };
}

export const STATE_COLOURS: Record<string, string> = {
  reached: 'green',
  ahead: 'green',
  onTrack: 'blue',
  atRisk: 'gold',
  behind: 'orange',
  missed: 'orange',
  unknown: 'default',
  held: 'green',
  near: 'gold',
  broken: 'orange',
  thin: 'default',
};
