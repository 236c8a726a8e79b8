import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { get, type Page } from '../api/http.ts';
import { journeys } from '../api/journeys.ts';
import { touchpoints } from '../api/touchpoints.ts';
import { useMay } from '../shell/session.tsx';
import { useLabels } from '../ui/labels.tsx';

const STALE = 20_000;
interface Named {
  id: string;
  name: string;
}
/** Coupons that can be given out, or will be once they are live. */
export const useCoupons = () => {
  const may = useMay();
  return useQuery({
    queryKey: ['coupons', 'names'],
    queryFn: () => get<Page<Named & { state: string }>>('/coupons', { limit: 200 }),
    staleTime: STALE,
    enabled: may('coupons.read'),
    retry: false,
  });
};

interface PickerProps {
  value: string | undefined;
  onChange: (value: string) => void;
  placeholder: string;
  testId?: string;
  optional?: boolean;
}

function Picker({
  value,
  onChange,
  placeholder,
  testId,
  optional,
  options,
}: PickerProps & { options: { value: string; label: string }[] }) {
  return (
    <Select
      value={value}
      allowClear={optional}
      status={value || optional ? '' : 'error'}
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={placeholder}
      onChange={(next?: string) => onChange(next ?? '')}
      options={options}
      style={{ width: '100%' }}
      data-testid={testId}
    />
  );
}
const named = (items: Named[] | undefined) => (items ?? []).map((one) => ({ value: one.id, label: one.name }));

export function CouponPicker(props: PickerProps) {
  const { t } = useTranslation();
  const { data } = useCoupons();
  const items = (data?.items ?? []).filter((one) => one.state !== 'over');
  return (
    <Picker
      {...props}
      options={items.map((one) => ({
        value: one.id,
        label: one.state === 'draft' ? `${one.name} · ${t('journey.state.draft')}` : one.name,
      }))}
    />
  );
}

export function TouchpointPicker(props: PickerProps) {
  const { data } = useQuery({ queryKey: ['touchpoints', 'names'], queryFn: () => touchpoints.list({ limit: 200 }), staleTime: STALE });
  return <Picker {...props} options={named(data?.items)} />;
}

export function JourneyPicker(props: PickerProps & { but?: string }) {
  const { data } = useQuery({ queryKey: ['journeys'], queryFn: journeys.list, staleTime: STALE });
  return <Picker {...props} options={named(data?.items.filter((one) => one.id !== props.but && one.state !== 'archived'))} />;
}

/** Tags that are given, not those that a rule gives. */
export function TagPicker(props: PickerProps) {
  const { named: said, definitions } = useLabels();
  const given = definitions.tags.filter((one) => !one.rule);
  return <Picker {...props} options={given.map((one) => ({ value: one.key, label: said(one.name, one.key) }))} />;
}
