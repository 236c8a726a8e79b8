import { PictureOutlined } from '@ant-design/icons';
import { Button, Form, Input, Segmented, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ContentCard, content, pictureAddress } from '../api/content.ts';
import { useSay } from '../ui/undo.tsx';
import { PosterSelect } from './posters/poster-select.tsx';

/** As it is typed: not whole yet. */
export interface CardDraft {
  kind: 'none' | ContentCard['kind'];
  picture: string;
  appId: string;
  page: string;
  title: string;
  poster: string;
}

export const noCard: CardDraft = { kind: 'none', picture: '', appId: '', page: '', title: '', poster: '' };
export const cardDraft = (card: ContentCard | null | undefined): CardDraft => (card ? { ...noCard, ...card } : noCard);
export function cardOf({ kind, picture, poster, ...program }: CardDraft): ContentCard | null {
  if (kind === 'none') return null;
  if (kind === 'poster') return { kind, poster };
  return kind === 'picture' ? { kind, picture } : { kind, picture, ...program };
}
export function cardIsWhole({ kind, picture, appId, page, title, poster }: CardDraft): boolean {
  if (kind === 'none') return true;
  if (kind === 'poster') return poster !== '';
  return picture !== '' && (kind === 'picture' || [appId, page, title].every((one) => one.trim() !== ''));
}

/** A picture or a mini program that goes along with the words. */
export function CardFields({
  value,
  onChange,
  tried,
}: {
  value: CardDraft;
  /** Of some fields: the others may have changed since this was drawn. */
  onChange: (change: Partial<CardDraft>) => void;
  tried: boolean;
}) {
  const { t } = useTranslation();
  const say = useSay();
  const [busy, setBusy] = useState(false);
  const take = async (file: File) => {
    setBusy(true);
    try {
      onChange({ picture: (await content.addFile(file)).id });
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const field = (key: 'appId' | 'page' | 'title', label: string, most: number) => (
    <Input
      value={value[key]}
      maxLength={most}
      placeholder={label}
      aria-label={label}
      status={tried && !value[key].trim() ? 'error' : ''}
      onChange={(event) => onChange({ [key]: event.target.value })}
      data-testid={`card-${key}`}
    />
  );
  return (
    <Form.Item label={t('content.card')} tooltip={t('content.cardHint')}>
      <div className="stack tight">
        <Segmented<CardDraft['kind']>
          value={value.kind}
          onChange={(kind) => onChange({ kind })}
          style={{ alignSelf: 'flex-start' }}
          options={[
            { value: 'none', label: t('content.cardNone') },
            { value: 'picture', label: t('content.cardPicture') },
            { value: 'mini_program', label: t('content.cardMiniProgram') },
            { value: 'poster', label: t('content.cardPoster') },
          ]}
          data-testid="card-kind"
        />
        {value.kind === 'mini_program' && (
          <>
            {field('title', t('content.cardTitle'), 64)}
            {field('appId', t('content.cardAppId'), 18)}
            {field('page', t('content.cardPage'), 1024)}
          </>
        )}
        {value.kind === 'poster' && (
          <>
            <PosterSelect
              value={value.poster}
              onChange={(poster) => onChange({ poster: poster ?? '' })}
              missing={tried && value.poster === ''}
            />
            <span className="soft small">{t('content.cardPosterHint')}</span>
          </>
        )}
        {(value.kind === 'picture' || value.kind === 'mini_program') && (
          <div className="row wrap">
            {value.picture !== '' && (
              <img
                src={pictureAddress(value.picture)}
                alt={t('content.cardPicture')}
                style={{ width: 96, height: 77, objectFit: 'cover', borderRadius: 8 }}
              />
            )}
            <Upload
              accept="image/png,image/jpeg,image/gif,image/webp"
              showUploadList={false}
              beforeUpload={(file) => {
                void take(file);
                return false;
              }}
            >
              <Button icon={<PictureOutlined />} loading={busy} danger={tried && value.picture === ''} data-testid="card-upload">
                {t('content.choosePicture')}
              </Button>
            </Upload>
          </div>
        )}
      </div>
    </Form.Item>
  );
}
