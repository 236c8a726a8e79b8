import { useQuery } from '@tanstack/react-query';
import { Card, DatePicker, Form, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { ANSWERS, AUTHORS, content } from '../api/content.ts';
import { useAudiences } from '../ui/pickers.tsx';
import type { Draft } from './draft.ts';
import { useFacetName } from './facets.tsx';

const SCENES = [
  'welcome',
  'first_order',
  'second_order',
  'repurchase',
  'silent_recall',
  'new_arrival',
  'seeding',
  'live',
  'festival',
  'after_sale',
];

/** By what it is found, for whom it is, and who made it until when it may be used. */
export function MarkFields({ draft, set }: { draft: Draft; set: (change: Partial<Draft>) => void }) {
  const { t } = useTranslation();
  const name = useFacetName();
  const audiences = useAudiences();
  const facets = useQuery({ queryKey: ['content', 'facets', {}], queryFn: () => content.facets({}), staleTime: 60_000 }).data;
  const used = (facet: 'scene' | 'topic' | 'product') => (facets?.[facet] ?? []).map((one) => one.value);
  const tags = (key: 'scenes' | 'topics' | 'products' | 'audiences', label: string, values: string[], hint?: string) => (
    <Form.Item label={label} {...(hint ? { tooltip: hint } : {})}>
      <Select
        mode="tags"
        value={draft[key]}
        onChange={(chosen: string[]) => set({ [key]: chosen })}
        options={[...new Set(values)].map((value) => ({ value, label: key === 'scenes' ? name('scene', value) : value }))}
        tokenSeparators={[',', '，']}
        data-testid={`content-${key}`}
      />
    </Form.Item>
  );
  return (
    <Card size="small" title={t('content.marks')}>
      <Form layout="vertical" component="div">
        <Form.Item label={t('content.facet.answer')} tooltip={t('content.answerHint')}>
          <Select
            mode="multiple"
            value={draft.answers}
            onChange={(answers: Draft['answers']) => set({ answers })}
            options={ANSWERS.map((value) => ({ value, label: t(`content.answer.${value}`) }))}
          />
        </Form.Item>
        {tags('scenes', t('content.facet.scene'), [...SCENES, ...used('scene')])}
        {tags('topics', t('content.facet.topic'), used('topic'), t('content.topicHint'))}
        {tags('products', t('content.facet.product'), used('product'), t('content.productHint'))}
        {tags(
          'audiences',
          t('content.facet.audience'),
          (audiences.data?.items ?? []).map((one) => one.name),
        )}
        <Form.Item label={t('content.facet.author')}>
          <div className="row">
            <Select
              value={draft.author.kind}
              onChange={(kind: Draft['author']['kind']) => set({ author: { ...draft.author, kind } })}
              options={AUTHORS.map((value) => ({ value, label: t(`content.author.${value}`) }))}
              style={{ width: 130 }}
            />
            <Input
              value={draft.author.name}
              maxLength={80}
              placeholder={t('content.authorName')}
              onChange={(event) => set({ author: { ...draft.author, name: event.target.value } })}
            />
          </div>
        </Form.Item>
        <Form.Item label={t('content.rightsUntil')} tooltip={t('content.rightsHint')}>
          <div className="row wrap">
            <DatePicker
              value={draft.rightsUntil ? dayjs(draft.rightsUntil) : null}
              onChange={(day) => set({ rightsUntil: day ? day.endOf('day').format() : null })}
              data-testid="content-rights"
            />
            {draft.rightsUntil && (
              <Input
                value={draft.rightsNote}
                maxLength={300}
                placeholder={t('content.rightsNote')}
                onChange={(event) => set({ rightsNote: event.target.value })}
                style={{ flex: 1, minWidth: 140 }}
              />
            )}
          </div>
        </Form.Item>
      </Form>
    </Card>
  );
}
