import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { PURPOSES, type Purpose } from '../api/content.ts';

interface Props {
  value: Purpose | undefined;
  onChange: (purpose?: Purpose) => void;
  placeholder?: string;
  testId: string;
}

/** What something is for: content, a journey, a calendar. */
export function PurposeSelect({ value, onChange, placeholder, testId }: Props) {
  const { t } = useTranslation();
  return (
    <Select
      allowClear
      value={value}
      placeholder={placeholder}
      onChange={onChange}
      style={{ width: 130 }}
      options={PURPOSES.map((one) => ({ value: one, label: t(`common.purpose.${one}`) }))}
      data-testid={testId}
    />
  );
}
