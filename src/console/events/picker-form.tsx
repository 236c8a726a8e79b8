import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Modal, Select, Space, Spin } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Condition, type NamedRule, namedEvents } from '../api/named-events.ts';
import { useFormat } from '../ui/format.ts';
import { ProblemView } from '../ui/problem.tsx';
import type { Picked } from './picker-session.ts';

const OPS: Condition['op'][] = ['=', 'contains', 'starts with'];

function ConditionInput({ name, value, onChange }: { name: 'text' | 'path'; value: Condition; onChange: (value: Condition) => void }) {
  const { t } = useTranslation();
  return (
    <Form.Item label={t(`named.${name}`)}>
      <Space.Compact block>
        <Select
          value={value.op}
          style={{ width: 120 }}
          onChange={(op) => onChange({ ...value, op })}
          options={OPS.map((op) => ({ value: op, label: t(`named.op.${op === '=' ? 'is' : op === 'contains' ? 'contains' : 'starts'}`) }))}
        />
        <Input
          allowClear
          value={value.value}
          placeholder={t('named.any')}
          data-testid={`named-${name}`}
          onChange={(event) => onChange({ ...value, value: event.target.value })}
        />
      </Space.Compact>
    </Form.Item>
  );
}

/** What was picked becomes a name: proposed by the page, confirmed here. */
export function PickerForm({ picked, onClose, onSaved }: { picked: Picked; onClose: () => void; onSaved: (name: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [name, setName] = useState('');
  const [selector, setSelector] = useState(picked.selector);
  const [text, setText] = useState<Condition>({ op: '=', value: picked.matches === 1 ? '' : picked.text });
  const [path, setPath] = useState<Condition>({ op: '=', value: '' });
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const rule: NamedRule = { on: picked.on, selector, ...(text.value ? { text } : {}), ...(path.value ? { path } : {}) };
  const preview = useQuery({
    queryKey: ['named-preview', rule],
    queryFn: ({ signal }) => namedEvents.preview(rule, signal),
    retry: false,
    enabled: selector.trim() !== '',
  });
  const save = async (): Promise<void> => {
    setSaving(true);
    setProblem(undefined);
    try {
      await namedEvents.create({ ...rule, name: name.trim() });
      onSaved(name.trim());
    } catch (error) {
      setProblem(error);
    }
    setSaving(false);
  };
  return (
    <Modal
      open
      title={t('named.nameIt')}
      onCancel={onClose}
      footer={
        <Button type="primary" loading={saving} disabled={!name.trim()} onClick={save} data-testid="save-named">
          {t('named.save')}
        </Button>
      }
    >
      <Form layout="vertical">
        {!picked.captured && <Alert type="warning" showIcon title={t('named.notCaptured')} style={{ marginBottom: 12 }} />}
        <Form.Item label={t('named.name')} required>
          <Input
            autoFocus
            value={name}
            maxLength={100}
            placeholder={t('named.namePlaceholder')}
            onChange={(event) => setName(event.target.value)}
            data-testid="named-name"
          />
        </Form.Item>
        <Form.Item label={t('named.selector')} extra={t('named.matches', { n: picked.matches })}>
          <Input.TextArea
            className="mono"
            autoSize
            value={selector}
            maxLength={600}
            onChange={(event) => setSelector(event.target.value)}
            data-testid="named-selector"
          />
        </Form.Item>
        <ConditionInput name="text" value={text} onChange={setText} />
        <ConditionInput name="path" value={path} onChange={setPath} />
        <div data-testid="named-preview">
          {preview.isError ? (
            <ProblemView error={preview.error} compact />
          ) : !preview.data ? (
            <Spin size="small" />
          ) : (
            <span className="soft">
              {t(preview.data.atLeast ? 'named.previewMore' : 'named.preview', {
                n: format.number(preview.data.count),
                people: format.number(preview.data.people),
              })}
            </span>
          )}
        </div>
        <ProblemView error={problem} compact />
      </Form>
    </Modal>
  );
}
