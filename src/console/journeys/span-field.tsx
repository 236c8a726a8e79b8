import { InputNumber, Select, Space } from 'antd';
import { useTranslation } from 'react-i18next';
import { UNITS, type Unit, unitOf } from './words.ts';

type Spanned = Partial<Record<Unit, number>>;

/** A length of time: a number and its unit. */
export function SpanField<T extends Spanned>({ node, onChange, least = 1 }: { node: T; onChange: (node: T) => void; least?: number }) {
  const { t } = useTranslation();
  const unit = unitOf(node);
  const having = (span: Spanned): T => {
    const { minutes: _m, hours: _h, days: _d, ...bare } = node;
    return { ...bare, ...span } as T;
  };
  return (
    <Space.Compact>
      <InputNumber
        min={least}
        max={unit === 'days' ? 366 : 8784}
        value={node[unit]}
        status={node[unit] === undefined ? 'error' : undefined}
        onChange={(n) => onChange(having(n === null ? {} : { [unit]: n }))}
        data-testid="wait-amount"
      />
      <Select
        value={unit}
        style={{ width: 100 }}
        onChange={(next: Unit) => onChange(having({ [next]: node[unit] ?? 1 }))}
        options={UNITS.map((one) => ({ value: one, label: t(`common.${one}`) }))}
        data-testid="wait-unit"
      />
    </Space.Compact>
  );
}
