import { DatePicker, InputNumber, Select, Space } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { Span, Window } from '../api/rule.ts';
import { useFormat } from '../ui/format.ts';

type Kind = 'always' | 'days' | 'hours' | 'minutes' | 'between' | 'olderThan';

function kindOf(window: Window | undefined): Kind {
  if (!window) return 'always';
  for (const kind of ['days', 'hours', 'minutes', 'olderThan'] as const) if (kind in window) return kind;
  return 'between';
}

function startOf(kind: Kind): Window | undefined {
  if (kind === 'always') return undefined;
  if (kind === 'olderThan') return { olderThan: { days: 90 } };
  if (kind === 'between') return {};
  return { [kind]: kind === 'days' ? 30 : kind === 'hours' ? 24 : 60 } as unknown as Span;
}

interface WindowInputProps {
  value: Window | undefined;
  onChange: (window: Window | undefined) => void;
  kinds?: Kind[];
  error?: boolean;
}

const UNITS: string[] = ['days', 'hours', 'minutes'];
const KINDS: Kind[] = ['always', 'days', 'hours', 'minutes', 'between', 'olderThan'];

export function WindowInput({ value, onChange, kinds = KINDS, error }: WindowInputProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const kind = kindOf(value);
  const older = kind === 'olderThan';
  const span = (older ? (value as { olderThan: Span }).olderThan : value) as Record<string, number> | undefined;
  const unit = UNITS.find((one) => span && one in span) ?? 'days';
  const setSpan = (n: number | null, by: string = unit) => {
    if (n === null) return;
    const next = { [by]: n } as unknown as Span;
    onChange(older ? { olderThan: next } : next);
  };
  const range = (kind === 'between' ? value : undefined) as { from?: string; to?: string } | undefined;
  return (
    <Space.Compact>
      <Select
        value={kind}
        status={error ? 'error' : undefined}
        onChange={(next) => onChange(startOf(next))}
        style={{ width: 132 }}
        popupMatchSelectWidth={false}
        options={kinds.map((one) => ({ value: one, label: t(`rule.window.${one}`) }))}
        data-testid="window-kind"
      />
      {(older || UNITS.includes(kind)) && (
        <InputNumber min={1} max={99_999} precision={0} value={span?.[unit]} onChange={(n) => setSpan(n)} style={{ width: 76 }} />
      )}
      {older && (
        <Select
          value={unit}
          onChange={(by) => setSpan(span?.[unit] ?? 1, by)}
          style={{ width: 84 }}
          options={UNITS.map((one) => ({ value: one, label: t(`common.${one}`) }))}
        />
      )}
      {kind === 'between' && (
        <DatePicker.RangePicker
          allowEmpty={[true, true]}
          value={[
            range?.from ? dayjs(range.from).tz(format.zone) : null,
            range?.to ? dayjs(range.to).tz(format.zone).subtract(1, 'day') : null,
          ]}
          onChange={(next) =>
            onChange({
              ...(next?.[0] ? { from: dayjs.tz(next[0].format('YYYY-MM-DD'), format.zone).toISOString() } : {}),
              ...(next?.[1] ? { to: dayjs.tz(next[1].add(1, 'day').format('YYYY-MM-DD'), format.zone).toISOString() } : {}),
            })
          }
        />
      )}
    </Space.Compact>
  );
}

export function SpanInput({ value, onChange, error }: { value: Span | undefined; onChange: (span: Span) => void; error?: boolean }) {
  const { t } = useTranslation();
  const span = value as Record<string, number> | undefined;
  const unit = UNITS.find((one) => span && one in span) ?? 'days';
  const set = (n: number | null, by: string) => n !== null && onChange({ [by]: n } as unknown as Span);
  return (
    <Space.Compact>
      <InputNumber
        min={1}
        max={99_999}
        precision={0}
        status={error ? 'error' : undefined}
        value={span?.[unit]}
        onChange={(n) => set(n, unit)}
        style={{ width: 76 }}
      />
      <Select
        value={unit}
        onChange={(by) => set(span?.[unit] ?? 1, by)}
        style={{ width: 88 }}
        options={UNITS.map((one) => ({ value: one, label: t(`common.${one}`) }))}
        data-testid="span-unit"
      />
    </Space.Compact>
  );
}
