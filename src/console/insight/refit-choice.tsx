import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/format.ts';

const choices = [1, 7, 30];

/** How often a model is fitted again by itself; 0 on screen stands for never. */
export function RefitChoice({ value, onChange }: { value: number | null; onChange: (days: number | null) => void }) {
  const { t } = useTranslation();
  const days = value === null || choices.includes(value) ? choices : [...choices, value];
  return (
    <Select
      value={value ?? 0}
      onChange={(next) => onChange(next || null)}
      options={[
        ...days.map((n) => ({ value: n, label: n === 1 ? t('value.settings.daily') : t('value.settings.everyDays', { n }) })),
        { value: 0, label: t('value.settings.never') },
      ]}
      style={{ minWidth: 170 }}
      data-testid="refit"
    />
  );
}

/** When a model was fitted last, and when it will be again. */
export function RefitWords({ asOf, every }: { asOf: string; every: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const next = every === null ? undefined : new Date(Date.parse(asOf) + every * 86_400_000).toISOString();
  return (
    <span className="soft small">
      {t('value.asOf', { time: format.time(asOf) })}
      {' · '}
      {next ? t('value.settings.next', { day: format.day(next) }) : t('value.settings.byHand')}
    </span>
  );
}
