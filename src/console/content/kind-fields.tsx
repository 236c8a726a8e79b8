import { CloseOutlined } from '@ant-design/icons';
import { Button, DatePicker, Form, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { pictureAddress, thumbAddress } from '../api/content.ts';
import type { Draft } from './draft.ts';
import { FileUpload } from './file-upload.tsx';
import { RichText } from './rich-text.tsx';

function Thumb({ id, onRemove }: { id: string; onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <span style={{ position: 'relative', display: 'inline-block' }}>
      <img src={thumbAddress(id)} alt="" style={{ width: 96, height: 96, objectFit: 'cover', borderRadius: 8, display: 'block' }} />
      <Button
        size="small"
        shape="circle"
        icon={<CloseOutlined />}
        aria-label={t('common.delete')}
        onClick={onRemove}
        style={{ position: 'absolute', top: 4, right: 4 }}
      />
    </span>
  );
}

/** What a kind holds beside its words. */
export function KindFields({ draft, set, tried }: { draft: Draft; set: (detail: Record<string, unknown>) => void; tried: boolean }) {
  const { t } = useTranslation();
  const detail = draft.detail as Record<string, never> & {
    files?: string[];
    file?: string;
    poster?: string | null;
    cover?: string | null;
    html?: string;
    summary?: string | null;
    question?: string;
    also?: string[];
    startsAt?: string;
    endsAt?: string | null;
  };
  const change = (part: Record<string, unknown>) => set({ ...draft.detail, ...part });
  const wrong = (missing: boolean) => (tried && missing ? { validateStatus: 'error' as const, help: t('common.required') } : {});
  const picture = (key: 'cover' | 'poster', label: string) => (
    <Form.Item label={label}>
      <div className="row wrap">
        {detail[key] && <Thumb id={detail[key]} onRemove={() => change({ [key]: null })} />}
        <FileUpload accept="image" onFile={(file) => change({ [key]: file.id })}>
          {t('content.upload')}
        </FileUpload>
      </div>
    </Form.Item>
  );
  switch (draft.kind) {
    case 'image':
      return (
        <Form.Item label={t('content.pictures')} {...wrong(!detail.files?.length)}>
          <div className="row wrap">
            {(detail.files ?? []).map((id) => (
              <Thumb key={id} id={id} onRemove={() => change({ files: detail.files?.filter((one) => one !== id) })} />
            ))}
            {(detail.files?.length ?? 0) < 9 && (
              <FileUpload
                accept="image"
                onFile={(file) => change({ files: [...new Set([...(detail.files ?? []), file.id])] })}
                testId="content-file"
              >
                {t('content.upload')}
              </FileUpload>
            )}
          </div>
        </Form.Item>
      );
    case 'video':
    case 'audio':
      return (
        <>
          <Form.Item label={t(`content.kind.${draft.kind}`)} {...wrong(!detail.file)}>
            <div className="stack tight">
              {detail.file && draft.kind === 'video' && (
                // biome-ignore lint/a11y/useMediaCaption: what was sent has none
                <video src={pictureAddress(detail.file)} controls style={{ maxWidth: 320, borderRadius: 8 }} />
              )}
              {detail.file && draft.kind === 'audio' && (
                // biome-ignore lint/a11y/useMediaCaption: what was sent has none
                <audio src={pictureAddress(detail.file)} controls />
              )}
              <FileUpload accept={draft.kind} onFile={(file) => change({ file: file.id })} testId="content-file">
                {t('content.upload')}
              </FileUpload>
            </div>
          </Form.Item>
          {draft.kind === 'video' && picture('poster', t('content.poster'))}
        </>
      );
    case 'article':
      return (
        <>
          <Form.Item label={t('content.article')} {...wrong(!detail.html?.replace(/<[^>]*>/g, '').trim())}>
            <RichText value={detail.html ?? ''} onChange={(html) => change({ html })} wrong={tried && !detail.html} />
          </Form.Item>
          <Form.Item label={t('content.summary')}>
            <Input.TextArea
              value={detail.summary ?? ''}
              maxLength={300}
              autoSize={{ minRows: 2 }}
              onChange={(event) => change({ summary: event.target.value })}
            />
          </Form.Item>
          {picture('cover', t('content.cover'))}
        </>
      );
    case 'qa':
      return (
        <>
          <Form.Item label={t('content.questionText')} {...wrong(!detail.question?.trim())}>
            <Input
              value={detail.question ?? ''}
              maxLength={300}
              onChange={(event) => change({ question: event.target.value })}
              data-testid="content-question"
            />
          </Form.Item>
          <Form.Item label={t('content.also')} tooltip={t('content.alsoHint')}>
            <Select
              mode="tags"
              open={false}
              value={detail.also ?? []}
              onChange={(also: string[]) => change({ also })}
              tokenSeparators={['\n']}
            />
          </Form.Item>
        </>
      );
    case 'live':
      return (
        <Form.Item label={t('content.liveTime')} {...wrong(!detail.startsAt)}>
          <DatePicker.RangePicker
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            allowEmpty={[false, true]}
            value={[detail.startsAt ? dayjs(detail.startsAt) : null, detail.endsAt ? dayjs(detail.endsAt) : null]}
            onChange={(times) => change({ startsAt: times?.[0]?.format(), endsAt: times?.[1]?.format() ?? null })}
          />
        </Form.Item>
      );
    default:
      return null;
  }
}
