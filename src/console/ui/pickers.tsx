import { DownOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { AutoComplete, Select, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { audiences } from '../api/audiences.ts';
import { content } from '../api/content.ts';
import { catalog } from '../api/events.ts';
import { eventName } from '../i18n/event-name.ts';
import { useFormat } from './format.ts';

const STALE = 60_000;
export const useCatalog = () => useQuery({ queryKey: ['catalog', 'events'], queryFn: catalog.events, staleTime: STALE });
export const useTraits = () => useQuery({ queryKey: ['catalog', 'traits'], queryFn: catalog.traits, staleTime: STALE });
export const useAudiences = () => useQuery({ queryKey: ['audiences'], queryFn: audiences.list, staleTime: 20_000 });
export const useContents = () => useQuery({ queryKey: ['content'], queryFn: content.list, staleTime: 20_000 });

interface PickerProps {
  value: string | undefined;
  onChange: (value: string) => void;
  status?: '' | 'error' | 'warning';
  width?: number | string;
  testId?: string;
}

/** Events that have happened here, most frequent first; one may also type a name that is still to come. */
export function EventPicker({ value, onChange, status, width = 220, testId = 'event-picker' }: PickerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useCatalog();
  const seen = new Map<string, number>();
  for (const one of data?.items ?? []) if (one.event && one.type === 'track') seen.set(one.event, (seen.get(one.event) ?? 0) + one.count);
  const options = [...seen]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => ({
      value: name,
      label: (
        <span className="row between">
          <span className="clip">
            {eventName(t, name)} {eventName(t, name) !== name && <span className="soft small">{name}</span>}
          </span>
          <span className="soft small num">{format.short(count)}</span>
        </span>
      ),
    }));
  const said = value ? eventName(t, value) : '';
  return (
    <span className="row" style={{ gap: 6, maxWidth: '100%' }}>
      <AutoComplete
        value={value}
        onChange={(next: string) => onChange(next)}
        options={options}
        status={status}
        placeholder={t('rule.chooseEvent')}
        style={{ width }}
        suffixIcon={<DownOutlined />}
        popupMatchSelectWidth={320}
        showSearch={{
          filterOption: (input, option) =>
            `${option?.value ?? ''} ${eventName(t, String(option?.value ?? ''))}`.toLowerCase().includes(input.toLowerCase()),
        }}
        data-testid={testId}
      />
      {said && said !== value && <span className="soft small event-said">{said}</span>}
    </span>
  );
}

export interface Field {
  name: string;
  types: string[];
  examples: unknown[];
}

export function useEventFields(event: string | undefined): Field[] {
  const { data } = useCatalog();
  return data?.items.find((one) => one.event === event)?.properties ?? [];
}

export function FieldPicker({
  value,
  onChange,
  fields,
  status,
  width = 160,
  placeholder,
}: PickerProps & { fields: Field[]; placeholder: string }) {
  return (
    <AutoComplete
      value={value}
      onChange={(next: string) => onChange(next)}
      status={status}
      placeholder={placeholder}
      style={{ width }}
      suffixIcon={<DownOutlined />}
      popupMatchSelectWidth={260}
      showSearch={{
        filterOption: (input, option) =>
          String(option?.value ?? '')
            .toLowerCase()
            .includes(input.toLowerCase()),
      }}
      options={fields.map((field) => ({
        value: field.name,
        label: (
          <span className="row between">
            <span className="clip mono">{field.name}</span>
            <Tag style={{ marginInlineEnd: 0 }}>{field.types.join('/')}</Tag>
          </span>
        ),
      }))}
    />
  );
}

export function AudiencePicker({ value, onChange, status, width = 220 }: PickerProps) {
  const { t } = useTranslation();
  const { data } = useAudiences();
  return (
    <Select
      value={value || undefined}
      onChange={onChange}
      status={status}
      style={{ width }}
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={t('rule.chooseAudience')}
      options={(data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
      data-testid="audience-picker"
    />
  );
}
