import dayjs, { type Dayjs } from 'dayjs';
import relativeTime from 'dayjs/plugin/relativeTime';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMaybeSession } from '../shell/session.tsx';

dayjs.extend(utc);
dayjs.extend(timezone);
dayjs.extend(relativeTime);

export interface Format {
  locale: string;
  zone: string;
  number(value: number | null | undefined, digits?: number): string;
  /** 12,345 -> 1.2万 / 12.3K, for axes and tight places. */
  short(value: number): string;
  percent(value: number | null | undefined, digits?: number): string;
  fen(value: number | null | undefined): string;
  fenShort(value: number): string;
  time(value: string | null | undefined): string;
  day(value: string | null | undefined): string;
  relative(value: string | null | undefined): string;
  zoned(value?: string): Dayjs;
  /** The month of a day (YYYY-MM-DD), short. */
  month(day: string): string;
  /** Midnight of a day (YYYY-MM-DD) in the workspace's zone. */
  startOfDay(day: string): Dayjs;
}

export function makeFormat(language: string, zone: string, currency: string): Format {
  const locale = language === 'en' ? 'en-GB' : 'zh-CN';
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  const moneyShort = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    notation: 'compact',
    maximumFractionDigits: 2,
  });
  const dash = '–';
  const real = (value: number | null | undefined): value is number => typeof value === 'number' && Number.isFinite(value);
  const zoned = (value?: string) => dayjs(value).tz(zone);
  const day = language === 'en' ? 'D MMM YYYY' : 'YYYY年M月D日';
  return {
    locale,
    zone,
    number: (value, digits) =>
      real(value) ? (digits === undefined ? plain.format(value) : value.toLocaleString(locale, { maximumFractionDigits: digits })) : dash,
    short: (value) => compact.format(value),
    percent: (value, digits = 1) =>
      real(value) ? value.toLocaleString(locale, { style: 'percent', maximumFractionDigits: digits }) : dash,
    fen: (value) => (real(value) ? money.format(value / 100) : dash),
    fenShort: (value) => moneyShort.format(value / 100),
    time: (value) => (value ? zoned(value).format(language === 'en' ? 'D MMM YYYY HH:mm:ss' : 'YYYY-MM-DD HH:mm:ss') : dash),
    day: (value) => (value ? zoned(value).format(day) : dash),
    relative: (value) =>
      value
        ? dayjs(value)
            .locale(language === 'en' ? 'en' : 'zh-cn')
            .fromNow()
        : dash,
    zoned,
    month: (value) => new Date(value).toLocaleString(locale, { month: 'short', timeZone: 'UTC' }),
    startOfDay: (value) => dayjs.tz(value, zone),
  };
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  const workspace = useMaybeSession()?.workspace;
  const zone = workspace?.timezone ?? 'Asia/Shanghai';
  const currency = workspace?.currency ?? 'CNY';
  return useMemo(() => makeFormat(i18n.language, zone, currency), [i18n.language, zone, currency]);
}
