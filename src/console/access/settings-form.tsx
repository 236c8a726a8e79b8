import { Select } from 'antd';
import { useMemo } from 'react';

export function ZoneSelect({ value, onChange }: { value?: string; onChange?: (zone: string) => void }) {
  const options = useMemo(
    () =>
      Intl.supportedValuesOf('timeZone')
        .concat('UTC')
        .map((one) => ({ value: one, label: one })),
    [],
  );
  return <Select showSearch value={value} onChange={onChange} options={options} data-testid="timezone" />;
}

export function CurrencySelect({ value, onChange }: { value?: string; onChange?: (currency: string) => void }) {
  const options = useMemo(() => {
    const common = ['CNY', 'USD', 'EUR', 'GBP', 'HKD', 'JPY', 'SGD', 'TWD'];
    return [...common, ...Intl.supportedValuesOf('currency').filter((one) => !common.includes(one))].map((one) => ({
      value: one,
      label: one,
    }));
  }, []);
  return <Select showSearch value={value} onChange={onChange} options={options} data-testid="currency" />;
}
