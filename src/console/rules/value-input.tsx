import { AutoComplete, DatePicker, InputNumber, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { Op, Value } from '../api/rule.ts';
import { useFormat } from '../ui/format.ts';
import type { Field } from '../ui/pickers.tsx';
import { OP_KEYS } from './describe.ts';
import { needsNoValue, takesMany } from './state.ts';

const TEXT_OPS: Op[] = ['=', '!=', 'in', 'not in', 'contains', 'starts with', 'exists', 'not exists'];
const NUMBER_OPS: Op[] = ['=', '!=', '>', '>=', '<', '<=', 'in', 'not in', 'exists', 'not exists'];
const BOOL_OPS: Op[] = ['=', '!=', 'exists', 'not exists'];
const ALL_OPS: Op[] = Object.keys(OP_KEYS) as Op[];
export const COMPARE_OPS: Op[] = ['>=', '>', '=', '<=', '<', '!='];

export type Sort = 'number' | 'boolean' | 'text' | 'any';

/** Properties may have been seen with several types: then everything is offered. */
export function sortOf(field: Field | undefined): Sort {
  if (!field?.types.length) return 'any';
  const types = field.types.map((type) => type.toLowerCase());
  if (types.every((type) => /int|float|number|double/.test(type))) return 'number';
  if (types.every((type) => type.startsWith('bool'))) return 'boolean';
  if (types.every((type) => /^(str|text)/.test(type)))
    return field.examples.some((one) => /^\d{4}-\d\d-\d\d/.test(String(one))) ? 'any' : 'text';
  return 'any';
}

export function OpPicker({
  value,
  onChange,
  sort = 'any',
  ops,
  holding,
  width = 108,
}: {
  value: Op;
  onChange: (op: Op) => void;
  sort?: Sort;
  ops?: Op[];
  holding?: boolean;
  width?: number;
}) {
  const { t } = useTranslation();
  const offered = ops ?? (sort === 'number' ? NUMBER_OPS : sort === 'boolean' ? BOOL_OPS : sort === 'text' ? TEXT_OPS : ALL_OPS);
  const all = offered.includes(value) ? offered : [value, ...offered];
  return (
    <Select
      value={value}
      onChange={onChange}
      style={{ width }}
      popupMatchSelectWidth={false}
      options={all.map((op) => ({
        value: op,
        label: t(`rule.op.${holding && op === 'exists' ? 'has' : holding && op === 'not exists' ? 'hasNot' : OP_KEYS[op]}`),
      }))}
      data-testid="op-picker"
    />
  );
}

/** Typed text becomes a number or a truth value where the field's own values are such. */
export function parseScalar(text: string, sort: Sort): string | number | boolean {
  if (sort !== 'text' && /^-?\d+(\.\d+)?$/.test(text) && (sort === 'number' || String(Number(text)) === text)) return Number(text);
  if (sort === 'boolean' || (sort === 'any' && (text === 'true' || text === 'false'))) return text === 'true';
  return text;
}

interface ValueInputProps {
  op: Op | undefined;
  value: Value | undefined;
  onChange: (value: Value | undefined) => void;
  field?: Field;
  error?: boolean;
}

export function ValueInput({ op, value, onChange, field, error }: ValueInputProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const sort = sortOf(field);
  const status = error ? 'error' : undefined;
  const examples = [...new Set((field?.examples ?? []).map(String))].map((one) => ({ value: one, label: one }));
  if (!op || needsNoValue(op)) return null;
  if (takesMany(op)) {
    return (
      <Select
        mode="tags"
        status={status}
        value={Array.isArray(value) ? value.map(String) : []}
        // All are read as the field's one kind; should they differ, the server says which does not fit.
        onChange={(next: string[]) => onChange(next.map((one) => parseScalar(one, sort)) as Value)}
        options={examples}
        placeholder={t('rule.values')}
        style={{ minWidth: 220, maxWidth: 380 }}
        tokenSeparators={[',', '，']}
      />
    );
  }
  const single = Array.isArray(value) ? undefined : value;
  if (op === 'before' || op === 'after') {
    return (
      <DatePicker
        showTime
        status={status}
        value={typeof single === 'string' && single ? dayjs(single).tz(format.zone) : null}
        onChange={(next) => onChange(next ? dayjs.tz(next.format('YYYY-MM-DDTHH:mm:ss'), format.zone).toISOString() : undefined)}
      />
    );
  }
  if (sort === 'number') {
    return (
      <InputNumber
        status={status}
        value={typeof single === 'number' ? single : null}
        onChange={(next) => onChange(next ?? undefined)}
        placeholder={t('rule.value')}
        style={{ width: 130 }}
      />
    );
  }
  if (sort === 'boolean') {
    return (
      <Select
        status={status}
        value={single === undefined ? undefined : String(single)}
        onChange={(next) => onChange(next === 'true')}
        placeholder={t('rule.value')}
        style={{ width: 90 }}
        options={['true', 'false'].map((one) => ({ value: one, label: t(one === 'true' ? 'common.yes' : 'common.no') }))}
      />
    );
  }
  return (
    <AutoComplete
      status={status}
      value={single === undefined ? '' : String(single)}
      onChange={(next: string) => onChange(next === '' ? undefined : parseScalar(next, sort))}
      options={examples}
      placeholder={t('rule.value')}
      style={{ width: 150 }}
      popupMatchSelectWidth={220}
      showSearch={{ filterOption: (input, option) => String(option?.value ?? '').includes(input) }}
    />
  );
}
