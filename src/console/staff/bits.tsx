import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { staff } from '../api/binding.ts';

const separator = () => (document.documentElement.lang.startsWith('en') ? ', ' : '、');

/** Staff as they are called; ids of those who are not written down stay as they are. */
export function useStaff() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['staff', 'all'], queryFn: () => staff.list({ limit: 500 }), staleTime: 30_000 });
  const items = data?.items ?? [];
  const nameOf = (id: string | null): string => (id === null ? t('staff.nobody') : (items.find((one) => one.id === id)?.name ?? id));
  return {
    items,
    nameOf,
    namesOf: (ids: readonly string[]): string => ids.map(nameOf).join(separator()),
  };
}

interface StaffPickerProps {
  value: string | undefined;
  onChange: (id: string) => void;
  /** Who cannot be meant. */
  but?: string | undefined;
  placeholder: string;
  testId: string;
}

const useOptions = (but: string | undefined) =>
  useStaff()
    .items.filter((s) => s.state === 'active' && s.id !== but)
    .map((s) => ({ value: s.id, label: s.name === s.id ? s.id : `${s.name} ${s.id}` }));

export function StaffPicker({ value, onChange, but, placeholder, testId }: StaffPickerProps) {
  return (
    <Select
      showSearch={{ optionFilterProp: 'label' }}
      value={value}
      onChange={onChange}
      placeholder={placeholder}
      aria-label={placeholder}
      style={{ minWidth: 180 }}
      data-testid={testId}
      options={useOptions(but)}
    />
  );
}

type SeveralProps = Omit<StaffPickerProps, 'value' | 'onChange'> & { value: string[]; onChange: (ids: string[]) => void };

export function SeveralStaffPicker({ value, onChange, but, placeholder, testId }: SeveralProps) {
  return (
    <Select
      mode="multiple"
      optionFilterProp="label"
      value={value}
      onChange={onChange}
      placeholder={placeholder}
      aria-label={placeholder}
      style={{ minWidth: 220 }}
      data-testid={testId}
      options={useOptions(but)}
    />
  );
}
