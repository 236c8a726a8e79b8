import { Card, Form, Input, Select } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import type { ReactNode, RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { type ContentKind, KINDS } from '../api/content.ts';
import { CardFields } from './card-fields.tsx';
import { type Draft, missingIn } from './draft.ts';
import { KIND_ICON } from './item-card.tsx';
import { KindFields } from './kind-fields.tsx';
import { PurposeSelect } from './purpose-select.tsx';

/** These texts hold Liquid's own braces. */
const RAW = { interpolation: { prefix: '[[', suffix: ']]' } };

/** What an item is and says. */
export function WordsCard({
  draft,
  latest,
  set,
  tried,
  area,
  foot,
}: {
  draft: Draft;
  /** What was typed last: a picture that was being sent takes nothing back that was written meanwhile. */
  latest: RefObject<Draft>;
  set: (change: Partial<Draft>) => void;
  tried: boolean;
  area: RefObject<TextAreaRef | null>;
  foot: ReactNode;
}) {
  const { t } = useTranslation();
  const missing = missingIn(draft);
  const wrong = (key: 'name' | 'body') => (tried && missing[key] ? { validateStatus: 'error' as const, help: t('common.required') } : {});
  return (
    <Card size="small">
      <Form layout="vertical" component="div">
        <div className="row wrap" style={{ alignItems: 'flex-start' }}>
          <Form.Item label={t('content.facet.kind')}>
            <Select<ContentKind>
              value={draft.kind}
              onChange={(kind) =>
                set({ kind, detail: {}, ...(kind === 'mini_program' ? { card: { ...draft.card, kind: 'mini_program' } } : {}) })
              }
              style={{ width: 130 }}
              options={KINDS.map((one) => ({
                value: one,
                label: (
                  <span>
                    {KIND_ICON[one]} {t(`content.kind.${one}`)}
                  </span>
                ),
              }))}
              data-testid="content-kind"
            />
          </Form.Item>
          <Form.Item label={t('content.name')} {...wrong('name')} style={{ flex: 1, minWidth: 200 }}>
            <Input
              value={draft.name}
              maxLength={120}
              placeholder={t('content.namePlaceholder')}
              onChange={(event) => set({ name: event.target.value })}
              data-testid="content-name"
            />
          </Form.Item>
          <Form.Item label={t('content.purpose')} tooltip={t('content.purposeHint')}>
            <PurposeSelect value={draft.purpose} onChange={(purpose) => set({ purpose })} testId="content-purpose" />
          </Form.Item>
        </div>
        <KindFields draft={draft} set={(detail) => set({ detail: { ...latest.current.detail, ...detail } })} tried={tried} />
        <Form.Item
          label={draft.kind === 'qa' ? t('content.answerText') : t('content.body')}
          tooltip={draft.kind === 'text' ? undefined : t('content.bodyHint')}
          {...wrong('body')}
        >
          <Input.TextArea
            ref={area}
            value={draft.body}
            autoSize={{ minRows: draft.kind === 'text' ? 7 : 3, maxRows: 22 }}
            maxLength={10_000}
            placeholder={t('content.bodyPlaceholder', RAW)}
            onChange={(event) => set({ body: event.target.value })}
            data-testid="content-body"
          />
        </Form.Item>
        <Form.Item
          label={t('content.linkUrl')}
          tooltip={t('content.linkHint')}
          {...((draft.url || tried) && missing.url ? { validateStatus: 'error' as const, help: t('content.urlBad') } : {})}
        >
          <Input
            value={draft.url}
            inputMode="url"
            placeholder="https://"
            onChange={(event) => set({ url: event.target.value.trim() })}
            data-testid="content-url"
          />
        </Form.Item>
        {draft.url && (
          <Form.Item label={t('content.linkTitle')}>
            <Input value={draft.title} maxLength={120} onChange={(event) => set({ title: event.target.value })} />
          </Form.Item>
        )}
        <CardFields value={draft.card} onChange={(change) => set({ card: { ...latest.current.card, ...change } })} tried={tried} />
      </Form>
      {foot}
    </Card>
  );
}
