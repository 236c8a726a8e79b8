import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { staff } from '../api/binding.ts';

/** Staff as they are called; ids of those who are not written down stay as they are. */
export function useStaff() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['staff', 'all'], queryFn: () => staff.list({ limit: 500 }), staleTime: 30_000 });
  const items = data?.items ?? [];
  return {
    items,
    nameOf: (id: string | null): string => (id === null ? t('staff.nobody') : (items.find((one) => one.id === id)?.name ?? id)),
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

export function StaffPicker({ value, onChange, but, placeholder, testId }: StaffPickerProps) {
  const { items } = useStaff();
  return (
    <Select
      showSearch={{ optionFilterProp: 'label' }}
      value={value}
      onChange={onChange}
      placeholder={placeholder}
      aria-label={placeholder}
      style={{ minWidth: 180 }}
      data-testid={testId}
      options={items
        .filter((s) => s.state === 'active' && s.id !== but)
        .map((s) => ({ value: s.id, label: s.name === s.id ? s.id : `${s.name} ${s.id}` }))}
    />
  );
}
