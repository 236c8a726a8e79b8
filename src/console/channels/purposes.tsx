import { PlusOutlined } from '@ant-design/icons';
import { Button, Input, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Policy } from '../api/access.ts';
import { useLabels } from '../ui/labels.tsx';

type Purpose = Policy['purposes'][number];
const kinds = ['marketing', 'service', 'transactional'] as const;
const most = 20;

/** A word of its own for a new purpose, by which programs name it: of its English name where that has letters. */
const keyOf = (name: string, taken: readonly string[]): string => {
  const word =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_|_$/g, '')
      .slice(0, 40) || 'purpose';
  for (let n = 1; ; n++) {
    const key = n === 1 ? word : `${word}_${n}`;
    if (!taken.includes(key)) return key;
  }
};

/** What messages are for: names as customers read them, how far the rules reach, and which are chosen for nothing new. */
export function Purposes({ value, editable, onChange }: { value: Purpose[]; editable: boolean; onChange: (value: Purpose[]) => void }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const set = (key: string, change: Partial<Purpose>) => onChange(value.map((one) => (one.key === key ? { ...one, ...change } : one)));
  const used = value.filter((one) => !one.retired);
  const retired = value.filter((one) => one.retired);
  return (
    <div className="stack tight" data-testid="purposes">
      {used.map((one) => (
        <div key={one.key} className="row wrap" style={{ gap: 6 }} data-testid={`purpose-${one.key}`}>
          <Fields value={one} onChange={(change) => set(one.key, change)} />
          {editable && used.length > 1 && (
            <Button size="small" type="text" onClick={() => set(one.key, { retired: true })}>
              {t('message.set.retire')}
            </Button>
          )}
        </div>
      ))}
      {editable && used.length < most && (
        <Fresh
          add={(one) =>
            onChange([
              ...value,
              {
                ...one,
                key: keyOf(
                  one.name.en,
                  value.map((p) => p.key),
                ),
              },
            ])
          }
        />
      )}
      {retired.length > 0 && (
        <div className="row wrap small" style={{ gap: 6 }}>
          <span className="soft">{t('message.set.retired')}</span>
          {retired.map((one) => (
            <Tag key={one.key}>
              {named(one.name, one.key)}
              {editable && (
                <Button
                  size="small"
                  type="link"
                  style={{ height: 'auto', paddingInline: 4 }}
                  onClick={() => set(one.key, { retired: false })}
                >
                  {t('message.set.restore')}
                </Button>
              )}
            </Tag>
          ))}
        </div>
      )}
    </div>
  );
}

function Fields({ value, onChange }: { value: Omit<Purpose, 'key'>; onChange: (change: Partial<Purpose>) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Input
        size="small"
        value={value.name.zh}
        maxLength={40}
        placeholder={t('message.set.purposeZh')}
        onChange={(e) => onChange({ name: { ...value.name, zh: e.target.value } })}
        style={{ width: 128 }}
        aria-label={t('message.set.purposeZh')}
      />
      <Input
        size="small"
        value={value.name.en}
        maxLength={40}
        placeholder={t('message.set.purposeEn')}
        onChange={(e) => onChange({ name: { ...value.name, en: e.target.value } })}
        style={{ width: 168 }}
        aria-label={t('message.set.purposeEn')}
      />
      <Select
        size="small"
        value={value.kind}
        options={kinds.map((kind) => ({ value: kind, label: t(`message.set.kind.${kind}`) }))}
        onChange={(kind) => onChange({ kind })}
        style={{ width: 132 }}
      />
    </>
  );
}

const empty: Omit<Purpose, 'key'> = { name: { zh: '', en: '' }, kind: 'marketing' };

function Fresh({ add }: { add: (one: Omit<Purpose, 'key'>) => void }) {
  const { t } = useTranslation();
  const [one, setOne] = useState<Omit<Purpose, 'key'>>();
  if (!one)
    return (
      <div>
        <Button size="small" icon={<PlusOutlined />} onClick={() => setOne(empty)} data-testid="purpose-new">
          {t('message.set.addPurpose')}
        </Button>
      </div>
    );
  const whole = one.name.zh.trim() !== '' && one.name.en.trim() !== '';
  return (
    <div className="row wrap" style={{ gap: 6 }}>
      <Fields value={one} onChange={(change) => setOne({ ...one, ...change })} />
      <Button
        size="small"
        type="primary"
        disabled={!whole}
        onClick={() => {
          add(one);
          setOne(undefined);
        }}
        data-testid="purpose-add"
      >
        {t('message.set.addPurpose')}
      </Button>
      <Button size="small" type="text" onClick={() => setOne(undefined)}>
        {t('common.cancel')}
      </Button>
    </div>
  );
}
