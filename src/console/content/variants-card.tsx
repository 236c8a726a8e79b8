import { Alert, Badge, Card, Form, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CHANNELS, pictureAddress, type Rendered, thumbAddress, type VariantChannel } from '../api/content.ts';
import type { Person } from '../api/people.ts';
import { Hint } from '../ui/page.tsx';
import { ChannelExtras, SmsCount } from './channel-extras.tsx';
import type { Draft, DraftVariant } from './draft.ts';
import { FileUpload } from './file-upload.tsx';
import { PersonPicker } from './person-picker.tsx';
import { PosterPicture } from './posters/poster-picture.tsx';
import { previewText } from './preview.ts';

/** What each channel carries, as the server counts it. */
const LIMIT: Record<VariantChannel, { bytes?: true; body: number; title?: number }> = {
  wecom: { bytes: true, body: 4000, title: 128 },
  official_account: { bytes: true, body: 2048 },
  mini_program: { body: 20, title: 20 },
  sms: { body: 500 },
  email: { body: 10_000, title: 150 },
  push: { body: 200, title: 40 },
};
const titled: VariantChannel[] = ['wecom', 'mini_program', 'email', 'push'];
const pictured: VariantChannel[] = ['wecom', 'official_account', 'email', 'push'];
const sizeOf = (text: string, bytes?: boolean): number => (bytes ? new TextEncoder().encode(text).length : [...text].length);

/** These texts hold Liquid's own braces. */
const RAW = { interpolation: { prefix: '[[', suffix: ']]' } };
/** What becomes of a poster, where more is to be said than that it is a picture; as the server says it of each. */
const POSTER_ON: Partial<Record<VariantChannel, NonNullable<Rendered['posterNote']>>> = {
  wecom: 'one_each',
  official_account: 'reply_or_page',
  push: 'by_address',
  sms: 'left_out',
  mini_program: 'left_out',
};

type Shown = 'all' | VariantChannel;

/** What each channel says, side by side with how it looks on a phone. */
export function VariantsCard({ draft, set, pageUrl }: { draft: Draft; set: (change: Partial<Draft>) => void; pageUrl: string | null }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Shown>('all');
  const [person, setPerson] = useState<Person>();
  const own = shown === 'all' ? undefined : draft.variants[shown];
  const body = own?.body || draft.body;
  const title = own?.title || draft.title || draft.name;
  const link = draft.url || pageUrl || '';
  const text = previewText(body, person?.traits ?? {}, link);
  const carried = draft.card.kind === 'picture' || draft.card.kind === 'mini_program' ? draft.card.picture : undefined;
  const picture = own?.picture ?? carried;
  const poster = !own?.picture && draft.card.kind === 'poster' ? draft.card.poster : '';
  const posterSays = poster && shown !== 'all' ? POSTER_ON[shown] : undefined;
  const change = (part: Partial<DraftVariant>) => shown !== 'all' && set({ variants: { ...draft.variants, [shown]: { ...own, ...part } } });
  const error = text.unknown ? t('content.unknownVariable', { name: text.unknown }) : text.error;
  const limit = shown === 'all' ? undefined : LIMIT[shown];
  const size = sizeOf(text.text, limit?.bytes);
  const over = limit && size > limit.body;
  const longTitle = shown !== 'all' && limit?.title !== undefined && titled.includes(shown) && sizeOf(title, limit.bytes) > limit.title;
  const bubble = !['email', 'sms', 'push'].includes(shown);
  return (
    <Card size="small" title={t('content.preview')} extra={<Hint text={t('content.previewHint')} />} data-testid="content-preview">
      <div className="stack">
        <div style={{ maxWidth: '100%', overflowX: 'auto' }}>
          <Segmented<Shown>
            value={shown}
            onChange={setShown}
            options={[
              { value: 'all', label: t('content.allChannels') },
              ...CHANNELS.map((one) => ({
                value: one as Shown,
                label: (
                  <Badge dot={Object.values(draft.variants[one] ?? {}).some(Boolean)} offset={[4, 4]}>
                    {t(`content.channelName.${one}`)}
                  </Badge>
                ),
              })),
            ]}
            data-testid="variant-channel"
          />
        </div>
        {shown !== 'all' && (
          <Form layout="vertical" component="div">
            <Form.Item label={t('content.ownWords')} tooltip={t('content.ownWordsHint')}>
              <Input.TextArea
                value={own?.body ?? ''}
                placeholder={draft.body}
                autoSize={{ minRows: 3, maxRows: 10 }}
                onChange={(event) => change({ body: event.target.value })}
                data-testid="variant-body"
              />
            </Form.Item>
            {titled.includes(shown) && (
              <Form.Item label={t('content.ownTitle')}>
                <Input
                  value={own?.title ?? ''}
                  placeholder={draft.title || draft.name}
                  onChange={(event) => change({ title: event.target.value })}
                />
              </Form.Item>
            )}
            <ChannelExtras channel={shown} own={own} change={change} />
            {pictured.includes(shown) && (
              <div className="row wrap">
                {own?.picture && (
                  <img src={thumbAddress(own.picture)} alt="" style={{ width: 56, height: 56, objectFit: 'cover', borderRadius: 6 }} />
                )}
                <FileUpload accept="image" onFile={(file) => change({ picture: file.id })}>
                  {t('content.ownPicture')}
                </FileUpload>
              </div>
            )}
          </Form>
        )}
        <PersonPicker value={person} onChange={setPerson} none={t('content.previewNobody')} />
        {error && <Alert type="error" showIcon title={error} />}
        {over && (
          <Alert
            type="error"
            showIcon
            title={t('content.tooLong', { n: size, most: limit.body, unit: t(limit.bytes ? 'content.bytes' : 'content.chars') })}
          />
        )}
        {posterSays && (
          <Alert
            type={posterSays === 'left_out' ? 'warning' : 'info'}
            showIcon
            title={t(`content.posterNote.${posterSays}`, RAW)}
            data-testid="poster-note"
          />
        )}
        {longTitle && <Alert type="error" showIcon title={t('content.titleTooLong', { most: limit?.title })} />}
        <div
          style={{
            border: '8px solid var(--line)',
            borderRadius: 28,
            padding: '18px 12px 26px',
            background: 'var(--wash)',
            maxWidth: 320,
            width: '100%',
            margin: '0 auto',
            minHeight: 220,
          }}
          data-testid="phone"
        >
          {(shown === 'email' || shown === 'push') && <div style={{ fontWeight: 600, marginBottom: 6 }}>{title}</div>}
          {!error && (
            <div
              style={{
                background: 'var(--card)',
                borderRadius: bubble ? '4px 12px 12px 12px' : 12,
                padding: 10,
                whiteSpace: 'pre-wrap',
                overflowWrap: 'anywhere',
              }}
            >
              {text.text}
            </div>
          )}
          {link && bubble && !/\blink\b/.test(body) && (
            <div style={{ marginTop: 8, padding: 10, background: 'var(--card)', borderRadius: 8 }} className="row between">
              <span className="clip">{title}</span>
              {picture && <img src={thumbAddress(picture)} alt="" style={{ width: 44, height: 44, objectFit: 'cover', borderRadius: 4 }} />}
            </div>
          )}
          {picture && (!link || !bubble) && shown !== 'sms' && (
            <img src={pictureAddress(picture)} alt="" style={{ marginTop: 8, maxWidth: '100%', maxHeight: 200, borderRadius: 8 }} />
          )}
          {poster && posterSays !== 'left_out' && <PosterPicture id={poster} version={0} height={220} />}
        </div>
        <span className="soft small num">{t('content.characters', { n: [...text.text].length })}</span>
        {shown === 'sms' && !error && <SmsCount text={text.text} purpose={draft.purpose ?? ''} />}
      </div>
    </Card>
  );
}
