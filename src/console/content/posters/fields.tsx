import { ColorPicker, InputNumber, Segmented } from 'antd';
import type { ReactNode } from 'react';

/** A field with its name above. */
export function Field({ label, children, grow }: { label: string; children: ReactNode; grow?: boolean }) {
  return (
    <div className="stack tight" style={{ minWidth: 0, flex: grow ? '1 1 100%' : '1 1 96px' }}>
      <span className="soft small">{label}</span>
      {children}
    </div>
  );
}

export function NumberField(props: {
  label: string;
  value: number;
  min?: number;
  max?: number;
  step?: number;
  onChange: (value: number) => void;
}) {
  const { label, value, onChange, min, max, step } = props;
  return (
    <Field label={label}>
      <InputNumber
        aria-label={label}
        value={value}
        step={step ?? 1}
        style={{ width: '100%' }}
        onChange={(next) => next !== null && onChange(next)}
        {...(min === undefined ? {} : { min })}
        {...(max === undefined ? {} : { max })}
      />
    </Field>
  );
}

export function ColourField(props: { label: string; value: string | null; onChange: (value: string | null) => void; clear?: boolean }) {
  const { label, value, onChange, clear } = props;
  return (
    <Field label={label}>
      <ColorPicker
        value={value ?? null}
        disabledAlpha
        allowClear={clear ?? false}
        showText
        onChangeComplete={(next) => onChange(next.cleared ? null : next.toHexString().slice(0, 7))}
      />
    </Field>
  );
}

export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: { value: T; label: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <Field label={props.label}>
      <Segmented<T> size="small" value={props.value} options={props.options} onChange={props.onChange} />
    </Field>
  );
}
