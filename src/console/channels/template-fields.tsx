import { Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

type Fields = Record<string, string>;

/** These texts hold Liquid's own braces. */
const RAW = { interpolation: { prefix: '[[', suffix: ']]' } };

const linesOf = (fields: Fields): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
const fieldsOf = (text: string): Fields =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1)]] : [];
    }),
  );

interface LinesProps {
  placeholder: string;
  testId: string;
  /** Given by the form. */
  value?: Fields;
  onChange?: (fields: Fields) => void;
}

/** Keeps what is being typed: a line that says nothing yet, and an empty one, are no fields. */
export function FieldLines({ value = {}, onChange, placeholder, testId }: LinesProps) {
  const [typed, setTyped] = useState('');
  const text = linesOf(fieldsOf(typed)) === linesOf(value) ? typed : linesOf(value);
  const unsaid = text.split('\n').some((line) => line.trim() !== '' && line.indexOf('=') < 1);
  return (
    <Input.TextArea
      value={text}
      status={unsaid ? 'error' : undefined}
      autoSize={{ minRows: 1, maxRows: 6 }}
      placeholder={placeholder}
      data-testid={testId}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange?.(fieldsOf(event.target.value));
      }}
    />
  );
}

/** What fills the places of a provider's template: a line each, `key=text`. */
export function TemplateFields({ name, placeholder }: { name: 'subscribe' | 'template'; placeholder: string }) {
  const { t } = useTranslation();
  return (
    <Form.Item name={[name, 'fields']} label={t('message.set.templateFields', RAW)}>
      <FieldLines placeholder={placeholder} testId={`${name}-fields`} />
    </Form.Item>
  );
}
