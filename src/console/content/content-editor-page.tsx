import { LinkOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input, Select } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { type ContentItem, content, PURPOSES, type Purpose, pictureAddress } from '../api/content.ts';
import type { Person } from '../api/people.ts';
import { useMay } from '../shell/session.tsx';
import { DraftNotice } from '../ui/draft-notice.tsx';
import { useDraft, useUrl } from '../ui/hooks.ts';
import { Hint, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { type CardDraft, CardFields, cardDraft, cardIsWhole, cardOf, noCard } from './card-fields.tsx';
import { PersonPicker } from './person-picker.tsx';
import { previewText } from './preview.ts';
import { Variables } from './variables.tsx';

/** These texts hold Liquid's own braces. */
const RAW = { interpolation: { prefix: '[[', suffix: ']]' } };

interface Draft {
  name: string;
  purpose?: Purpose;
  body: string;
  url: string;
  title: string;
  /** Drafts of before have none. */
  card?: CardDraft;
}

const fullAddress = (url: string): boolean => /^https?:\/\/[^\s.]+\S*$/.test(url) && URL.canParse(url);

function PreviewCard({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const [person, setPerson] = useState<Person>();
  const shown = previewText(draft.body, person?.traits ?? {}, draft.url);
  const error = shown.unknown ? t('content.unknownVariable', { name: shown.unknown }) : shown.error;
  return (
    <Card size="small" title={t('content.preview')} extra={<Hint text={t('content.previewHint')} />} data-testid="content-preview">
      <div className="stack">
        <PersonPicker value={person} onChange={setPerson} none={t('content.previewNobody')} />
        {error ? (
          <Alert type="error" showIcon title={error} />
        ) : (
          <div
            style={{
              background: 'var(--wash)',
              borderRadius: '4px 12px 12px 12px',
              padding: 12,
              whiteSpace: 'pre-wrap',
              overflowWrap: 'anywhere',
              minHeight: 60,
            }}
          >
            {shown.text}
            {draft.url && !/\blink\b/.test(draft.body) && (
              <div style={{ marginTop: 8, padding: 8, border: '1px solid var(--line)', borderRadius: 8 }}>
                <LinkOutlined /> {draft.title || draft.url}
              </div>
            )}
            {draft.card && draft.card.kind !== 'none' && draft.card.picture !== '' && (
              <div style={{ marginTop: 8 }}>
                {draft.card.kind === 'mini_program' && <div>{draft.card.title}</div>}
                <img src={pictureAddress(draft.card.picture)} alt="" style={{ maxWidth: 200, maxHeight: 160, borderRadius: 8 }} />
              </div>
            )}
          </div>
        )}
        <span className="soft small num">{t('content.characters', { n: [...shown.text].length })}</span>
      </div>
    </Card>
  );
}

function Editor({ saved, first, draftKey }: { saved?: ContentItem; first: Draft; draftKey: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const say = useSay();
  const may = useMay();
  const draft = useDraft<Draft>(`content.${draftKey}`, first);
  const area = useRef<TextAreaRef>(null);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const value = draft.value;
  // A picture that was being sent takes nothing back that was written meanwhile.
  const latest = useRef(value);
  latest.current = value;
  const set = (change: Partial<Draft>) => {
    latest.current = { ...latest.current, ...change };
    draft.change(latest.current);
  };
  const wrong = {
    name: tried && !value.name.trim() ? t('common.required') : undefined,
    body: tried && !value.body.trim() ? t('common.required') : undefined,
    url: value.url && !fullAddress(value.url) ? t('content.urlBad') : undefined,
  };

  const insert = (text: string) => {
    const box = area.current?.resizableTextArea?.textArea;
    const at = box?.selectionStart ?? value.body.length;
    const end = box?.selectionEnd ?? at;
    set({ body: value.body.slice(0, at) + text + value.body.slice(end) });
    requestAnimationFrame(() => {
      box?.focus();
      box?.setSelectionRange(at + text.length, at + text.length);
    });
  };

  const save = async () => {
    setTried(true);
    const card = value.card ?? noCard;
    if (!value.name.trim() || !value.body.trim() || wrong.url || !cardIsWhole(card)) return;
    setBusy(true);
    setFailed(undefined);
    try {
      const link = value.url ? { url: value.url, title: value.title } : null;
      const body = { name: value.name.trim(), body: value.body, purpose: value.purpose ?? null, link, card: cardOf(card) };
      const result = saved ? await content.change(saved.id, body) : await content.create(body);
      draft.clear(value);
      await client.invalidateQueries({ queryKey: ['content'] });
      say.saved();
      if (!saved) navigate(`/content/${result.id}`, { replace: true });
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="grid side">
      <div className="stack" style={{ minWidth: 0 }}>
        <DraftNotice draft={draft} saved={first} />
        <Card size="small">
          <Form layout="vertical" component="div">
            <Form.Item label={t('content.name')} validateStatus={wrong.name ? 'error' : ''} help={wrong.name}>
              <Input
                value={value.name}
                maxLength={120}
                placeholder={t('content.namePlaceholder')}
                onChange={(event) => set({ name: event.target.value })}
                data-testid="content-name"
              />
            </Form.Item>
            <Form.Item label={t('content.purpose')} tooltip={t('content.purposeHint')}>
              <Select
                allowClear
                value={value.purpose}
                onChange={(purpose?: Purpose) => set({ purpose })}
                style={{ maxWidth: 240 }}
                options={PURPOSES.map((one) => ({ value: one, label: t(`common.purpose.${one}`) }))}
                data-testid="content-purpose"
              />
            </Form.Item>
            <Form.Item label={t('content.body')} validateStatus={wrong.body ? 'error' : ''} help={wrong.body}>
              <Input.TextArea
                ref={area}
                value={value.body}
                autoSize={{ minRows: 7, maxRows: 22 }}
                maxLength={10_000}
                placeholder={t('content.bodyPlaceholder', RAW)}
                onChange={(event) => set({ body: event.target.value })}
                data-testid="content-body"
              />
            </Form.Item>
            <Form.Item
              label={t('content.linkUrl')}
              tooltip={t('content.linkHint')}
              validateStatus={wrong.url ? 'error' : ''}
              help={wrong.url}
            >
              <Input
                value={value.url}
                inputMode="url"
                placeholder="https://"
                onChange={(event) => set({ url: event.target.value.trim() })}
                data-testid="content-url"
              />
            </Form.Item>
            {value.url && (
              <Form.Item label={t('content.linkTitle')}>
                <Input value={value.title} maxLength={120} onChange={(event) => set({ title: event.target.value })} />
              </Form.Item>
            )}
            <CardFields
              value={value.card ?? noCard}
              onChange={(change) => set({ card: { ...(latest.current.card ?? noCard), ...change } })}
              tried={tried}
            />
          </Form>
          {failed !== undefined && (
            <div style={{ marginBottom: 12 }}>
              <ProblemView error={failed} />
            </div>
          )}
          <div className="row wrap">
            <Button
              type="primary"
              onClick={save}
              loading={busy}
              disabled={!may('content.write') || (Boolean(saved) && !draft.dirty)}
              data-testid="save-content"
            >
              {t('common.save')}
            </Button>
            {draft.dirty && <span className="soft small">{t('common.draftKept')}</span>}
          </div>
        </Card>
      </div>
      <div className="stack">
        <PreviewCard draft={value} />
        <Variables onInsert={insert} />
      </div>
    </div>
  );
}

export default function ContentEditorPage() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const [read] = useUrl();
  const isNew = id === 'new';
  const query = useQuery({ queryKey: ['content', id], queryFn: () => content.get(id), enabled: !isNew });
  const starter = read('starter');
  const blank: Draft = {
    name: starter ? t(`content.starter.${starter}`) : '',
    body: starter ? t(`content.starterBody.${starter}`, RAW) : '',
    url: '',
    title: '',
    card: noCard,
  };
  const saved = query.data;
  return (
    <Page title={isNew ? t('content.create') : (saved?.name ?? '…')} testId="content-editor-page">
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {!isNew && query.isPending && <Loading />}
      {isNew && <Editor key={starter ?? 'blank'} draftKey={`new${starter ?? ''}`} first={blank} />}
      {saved && (
        <Editor
          key={saved.id + (saved.updatedAt ?? '')}
          draftKey={saved.id}
          saved={saved}
          first={{
            name: saved.name,
            purpose: saved.purpose ?? undefined,
            body: saved.body,
            url: saved.link?.url ?? '',
            title: saved.link?.title ?? '',
            card: cardDraft(saved.card),
          }}
        />
      )}
    </Page>
  );
}
