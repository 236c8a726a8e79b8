import { Input, InputNumber, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BuilderProps } from './builder-props.ts';
import { DonePicker } from './parts.tsx';
import type { Interval } from './state.ts';

const COUNTS = { hour: 24, day: 14, week: 8, month: 6 };

/** '1, 2-3, 4-7' as brackets; undefined while it cannot be read. */
export function readBrackets(text: string): [number, number][] | undefined {
  const parts = text.split(/[,，\s]+/).filter(Boolean);
  const brackets = parts
    .map((part) => /^(\d{1,3})(?:[-–](\d{1,3}))?$/.exec(part))
    .map((m) => m && ([Number(m[1]), Number(m[2] ?? m[1])] as [number, number]));
  return brackets.every((one): one is [number, number] => one !== null && one[0] >= 1 && one[0] <= one[1]) ? brackets : undefined;
}

export function RetentionBuilder({ state, set }: BuilderProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => (state.brackets ?? []).map(([a, b]) => (a === b ? a : `${a}-${b}`)).join(', '));
  const read = readBrackets(text);
  return (
    <>
      <span className="soft small">{t('insight.retention.first')}</span>
      <DonePicker value={state.first ?? {}} onChange={(first) => set({ first })} testId="retention-first" />
      <span className="soft small">{t('insight.retention.back')}</span>
      <DonePicker value={state.back ?? {}} onChange={(back) => set({ back })} testId="retention-return" />
      <Segmented
        value={state.period ?? 'month'}
        onChange={(next) => set({ period: next as Interval, count: COUNTS[next as Interval] })}
        options={(['day', 'week', 'month'] as const).map((one) => ({ value: one, label: t(`insight.retention.${one}`) }))}
        data-testid="retention-period"
      />
      <InputNumber min={1} max={60} precision={0} value={state.count} onChange={(count) => count && set({ count })} style={{ width: 70 }} />
      <span className="soft small">{t('insight.retention.cohort')}</span>
      <Select
        value={state.cohort ?? 'first'}
        onChange={(cohort) => set({ cohort })}
        style={{ width: 140 }}
        options={[
          { value: 'first', label: t('insight.retention.cohortFirst') },
          { value: 'any', label: t('insight.retention.cohortAny') },
        ]}
      />
      <Select
        value={state.counting ?? 'on'}
        onChange={(counting) => set({ counting })}
        style={{ width: 130 }}
        options={(['on', 'onOrAfter'] as const).map((one) => ({ value: one, label: t(`insight.explore.counting.${one}`) }))}
      />
      <Input
        value={text}
        status={read ? '' : 'error'}
        placeholder={t('insight.explore.brackets')}
        style={{ width: 170 }}
        allowClear
        onChange={({ target }) => {
          setText(target.value);
          const brackets = readBrackets(target.value);
          if (brackets) set({ brackets: brackets.length ? brackets : undefined });
        }}
      />
    </>
  );
}
