import { CloseOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Definition } from '../api/experiments.ts';
import { EventPicker } from '../ui/pickers.tsx';

export type MetricDraft = Definition['primary'] & { limit?: number };

const KINDS = ['conversion', 'count', 'value'] as const;
const WAYS = ['up', 'down'] as const;

export const emptyMetric = (key: string): MetricDraft => ({ key, name: '', kind: 'conversion', event: '', better: 'up' });

/** One metric: what is counted for each person, and which way is better. */
export function MetricForm({
  value,
  onChange,
  onRemove,
}: {
  value: MetricDraft;
  onChange: (next: MetricDraft) => void;
  onRemove?: () => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="row wrap" style={{ gap: 8 }}>
      <EventPicker
        value={value.event || undefined}
        onChange={(event) =>
          onChange({ ...value, event: event ?? '', name: value.name === '' || value.name === value.event ? (event ?? '') : value.name })
        }
      />
      <Select
        value={value.kind}
        style={{ width: 150 }}
        onChange={(kind) => onChange({ ...value, kind })}
        options={KINDS.map((kind) => ({ value: kind, label: t(`experiment.kind.${kind}`) }))}
      />
      <Select
        value={value.better}
        style={{ width: 140 }}
        onChange={(better) => onChange({ ...value, better })}
        options={WAYS.map((better) => ({ value: better, label: t(`experiment.better.${better}`) }))}
      />
      <Input
        value={value.name}
        maxLength={120}
        style={{ width: 180 }}
        placeholder={t('common.name')}
        aria-label={t('common.name')}
        onChange={(e) => onChange({ ...value, name: e.target.value })}
      />
      {value.limit !== undefined && (
        <InputNumber
          value={Math.round(value.limit * 100)}
          min={0}
          max={100}
          style={{ width: 190 }}
          prefix={<span className="soft small">{t('experiment.limit')}</span>}
          suffix="%"
          onChange={(limit) => onChange({ ...value, limit: (limit ?? 0) / 100 })}
        />
      )}
      {onRemove && <Button type="text" icon={<CloseOutlined />} aria-label={t('experiment.removeMetric')} onClick={onRemove} />}
    </div>
  );
}
