import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CatalogEntry, catalog, type Declared } from '../api/events.ts';

/** What something means, in the reader's language. */
export function Meaning({ declared }: { declared: Declared | null | undefined }) {
  const { i18n } = useTranslation();
  const { zh, en } = declared?.meaning ?? {};
  const text = i18n.language.startsWith('zh') ? zh || en : en || zh;
  return text ? <div className="soft small">{text}</div> : null;
}

interface Fields {
  owner?: string;
  zh?: string;
  en?: string;
  personal: 'auto' | 'yes' | 'no';
  status: Declared['status'];
  perDay?: number | null;
  valueType?: string;
}

/** Says what an event, property or trait is: meaning, owner, personal or not, expected, status. */
export function DeclareButton({ entry, title }: { entry: CatalogEntry; title: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const save = useMutation({
    mutationFn: (f: Fields) =>
      catalog.put({
        ...{ kind: entry.kind, type: entry.type, event: entry.event, name: entry.name, status: f.status },
        ...{ owner: f.owner || null, meaning: { zh: f.zh || null, en: f.en || null }, valueType: f.valueType ?? null },
        personal: f.personal === 'auto' ? null : f.personal === 'yes',
        expected: f.perDay == null ? null : { perDay: f.perDay },
      }),
    onSuccess: async () => {
      message.success(t('health.declared.saved'));
      setOpen(false);
      await client.invalidateQueries({ queryKey: ['catalog'] });
    },
    onError: (error) => message.error(error.message),
  });
  const first: Fields = {
    ...(entry.owner ? { owner: entry.owner } : {}),
    ...(entry.meaning?.zh ? { zh: entry.meaning.zh } : {}),
    ...(entry.meaning?.en ? { en: entry.meaning.en } : {}),
    ...(entry.valueType ? { valueType: entry.valueType } : {}),
    personal: entry.personal === true ? 'yes' : entry.personal === false ? 'no' : 'auto',
    status: entry.status ?? 'active',
    perDay: entry.expected?.perDay ?? null,
  };
  return (
    <>
      <Button
        size="small"
        type="link"
        data-testid="declare"
        onClick={(event) => {
          event.stopPropagation();
          setOpen(true);
        }}
      >
        {t('health.declare')}
      </Button>
      <Drawer open={open} onClose={() => setOpen(false)} title={title} destroyOnHidden rootStyle={{ cursor: 'default' }}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: keeps a click in the drawer from folding the row that it came from */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
        <div onClick={(event) => event.stopPropagation()}>
          <Form<Fields> layout="vertical" initialValues={first} onFinish={(fields) => save.mutate(fields)}>
            <Form.Item name="zh" label={t('health.declared.meaningZh')}>
              <Input.TextArea autoSize maxLength={1000} />
            </Form.Item>
            <Form.Item name="en" label={t('health.declared.meaningEn')}>
              <Input.TextArea autoSize maxLength={1000} />
            </Form.Item>
            <Form.Item name="owner" label={t('health.declared.owner')}>
              <Input maxLength={200} />
            </Form.Item>
            {entry.kind === 'event' ? (
              <>
                <Form.Item name="perDay" label={t('health.declared.perDay')}>
                  <InputNumber min={0} style={{ width: '100%' }} />
                </Form.Item>
                <Form.Item name="status" label={t('health.declared.status')} extra={t('health.declared.blockedHint')}>
                  <Select
                    options={(['active', 'deprecated', 'blocked'] as const).map((value) => ({
                      value,
                      label: t(`health.declared.${value}`),
                    }))}
                  />
                </Form.Item>
              </>
            ) : (
              <>
                <Form.Item name="personal" label={t('health.declared.personal')}>
                  <Select
                    options={[
                      { value: 'auto', label: t('health.declared.personalAuto') },
                      { value: 'yes', label: t('health.declared.yes') },
                      { value: 'no', label: t('health.declared.no') },
                    ]}
                  />
                </Form.Item>
                <Form.Item name="valueType" label={t('health.declared.valueType')}>
                  <Select
                    allowClear
                    options={['number', 'text', 'boolean', 'list', 'object'].map((value) => ({
                      value,
                      label: t(`health.valueKind.${value}`),
                    }))}
                  />
                </Form.Item>
                <Form.Item name="status" label={t('health.declared.status')}>
                  <Select options={(['active', 'deprecated'] as const).map((value) => ({ value, label: t(`health.declared.${value}`) }))} />
                </Form.Item>
              </>
            )}
            <Button type="primary" htmlType="submit" loading={save.isPending} data-testid="save-declared">
              {t('common.save')}
            </Button>
          </Form>
        </div>
      </Drawer>
    </>
  );
}
