import { Form, Input, InputNumber, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { TagAbout } from '../api/audiences.ts';

/** What a tag is beside its rule: who looks after it, its values, how long it lasts, what excludes it, the model that gives it. */
export function TagAboutFields({
  about,
  byRule,
  groups,
  onChange,
}: {
  about: TagAbout;
  byRule: boolean;
  groups: string[];
  onChange: (next: TagAbout) => void;
}) {
  const { t } = useTranslation();
  const set = (change: Partial<TagAbout>) => {
    const next: Record<string, unknown> = { ...about, ...change };
    for (const key of Object.keys(next)) if (next[key] === undefined || next[key] === '' || next[key] === null) delete next[key];
    onChange(next as TagAbout);
  };
  const { model } = about;
  return (
    <Form layout="vertical" component="div" className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
      <Form.Item label={t('audience.tag.description')}>
        <Input value={about.description} maxLength={500} onChange={(event) => set({ description: event.target.value })} />
      </Form.Item>
      <Form.Item label={t('audience.tag.owner')}>
        <Input value={about.owner} maxLength={100} onChange={(event) => set({ owner: event.target.value })} />
      </Form.Item>
      <Form.Item label={t('audience.tag.group')} tooltip={t('audience.tag.groupHint')}>
        <Select
          mode="tags"
          maxCount={1}
          value={about.group ? [about.group] : []}
          onChange={(list: string[]) => set({ group: list.at(-1) })}
          options={groups.map((value) => ({ value, label: value }))}
        />
      </Form.Item>
      {!byRule && (
        <>
          <Form.Item label={t('audience.tag.values')}>
            <Segmented
              value={about.values ?? 'one'}
              onChange={(values) => set({ values: values as 'one' })}
              options={(['none', 'one', 'many'] as const).map((value) => ({ value, label: t(`audience.tag.values_${value}`) }))}
            />
          </Form.Item>
          <Form.Item label={t('audience.tag.expires')} tooltip={t('audience.tag.expiresHint')}>
            <InputNumber
              min={1}
              max={3650}
              value={about.expiresAfterDays ?? null}
              onChange={(value) => set({ expiresAfterDays: value ?? undefined })}
              suffix={t('audience.tag.days')}
              style={{ width: 160 }}
            />
          </Form.Item>
          <Form.Item label={t('audience.tag.model')} tooltip={t('audience.tag.modelHint')}>
            <span className="row">
              <Input
                placeholder={t('audience.tag.topic')}
                value={model?.topic}
                onChange={(event) =>
                  set({ model: event.target.value ? { topic: event.target.value, threshold: model?.threshold ?? 3 } : undefined })
                }
              />
              <InputNumber
                min={0.1}
                value={model?.threshold ?? null}
                disabled={!model}
                onChange={(value) => model && set({ model: { ...model, threshold: value ?? 3 } })}
                prefix="≥"
              />
            </span>
          </Form.Item>
        </>
      )}
    </Form>
  );
}
