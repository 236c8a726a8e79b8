import { DatePicker, Segmented, Space } from 'antd';
import dayjs from 'dayjs';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from './format.ts';
import { useUrl } from './hooks.ts';

export interface Period {
  from: string;
  to: string;
  days: number;
  /** The days as chosen, for words on screen. */
  firstDay: string;
  lastDay: string;
}

/** The period in the address: ?days=30, or ?from=2026-01-01&to=2026-01-31 (both days included), in the workspace's zone. */
export function usePeriod(first = 30): Period {
  const [read] = useUrl();
  const format = useFormat();
  const from = read('from');
  const to = read('to');
  const days = Number(read('days')) || first;
  return useMemo(() => {
    // To the full hour, so that the same question asked twice is the same question.
    const today = dayjs().tz(format.zone);
    const start = from ? dayjs.tz(from, format.zone) : today.subtract(days - 1, 'day').startOf('day');
    const end = to ? dayjs.tz(to, format.zone).add(1, 'day') : today.add(1, 'hour').startOf('hour');
    return {
      from: start.toISOString(),
      to: end.toISOString(),
      days: from && to ? Math.round(end.diff(start, 'day', true)) : days,
      firstDay: start.format('YYYY-MM-DD'),
      lastDay: end.subtract(1, 'second').format('YYYY-MM-DD'),
    };
  }, [from, to, days, format.zone]);
}

export function PeriodPicker({ first = 30, choices = [7, 30, 90, 365] }: { first?: number; choices?: number[] }) {
  const { t } = useTranslation();
  const [read, write] = useUrl();
  const period = usePeriod(first);
  const custom = Boolean(read('from'));
  return (
    <Space wrap data-testid="period">
      <Segmented
        value={custom ? 'custom' : String(period.days)}
        onChange={(value) =>
          value === 'custom'
            ? write({ from: period.firstDay, to: period.lastDay, days: null })
            : write({ days: Number(value) === first ? null : String(value), from: null, to: null })
        }
        options={[
          ...choices.map((n) => ({ value: String(n), label: t('common.lastDays', { n }) })),
          { value: 'custom', label: t('common.custom') },
        ]}
      />
      {custom && (
        <DatePicker.RangePicker
          value={[dayjs(period.firstDay), dayjs(period.lastDay)]}
          allowClear={false}
          onChange={(range) =>
            range?.[0] && range[1] && write({ from: range[0].format('YYYY-MM-DD'), to: range[1].format('YYYY-MM-DD'), days: null })
          }
        />
      )}
    </Space>
  );
}
