import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../api/channels.ts';
import { CopyButton } from '../ui/bits.tsx';
import { TemplateFields } from './template-fields.tsx';

const AES = /^[A-Za-z0-9+/]{43}$/;

/** Settings of an official account or a mini program. */
export function WechatFields({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const official = channel.key === 'official_account';
  const secret = (name: string, label: string, needed: boolean, extra?: string) => {
    const set = channel.secretsSet.includes(name);
    const rules = [
      { required: needed && !set, message: t('common.required') },
      ...(name === 'encodingAesKey' ? [{ pattern: AES, message: t('message.set.aesHint') }] : []),
    ];
    return (
      <Form.Item name={name} label={label} extra={extra} rules={rules}>
        <Input.Password
          autoComplete="new-password"
          placeholder={set ? t('message.set.kept') : undefined}
          data-testid={`${channel.key}-${name}`}
        />
      </Form.Item>
    );
  };
  const callback = channel.id ? `${location.origin}/wechat/callback/${channel.id}` : undefined;
  return (
    <>
      <div className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
        <Form.Item name="appId" label={t('message.set.appId')} rules={[{ required: true, message: t('common.required') }]}>
          <Input data-testid={`${channel.key}-appId`} />
        </Form.Item>
        {secret('secret', t('message.set.secret'), true)}
        {secret('token', t('message.set.token'), false)}
        {secret('encodingAesKey', t('message.set.encodingAesKey'), false, t('message.set.aesHint'))}
      </div>
      <Form.Item label={t('message.set.callback')} extra={t('message.set.callbackWechatHint')}>
        {callback ? (
          <span className="row wrap">
            <code className="mono" style={{ overflowWrap: 'anywhere' }}>
              {callback}
            </code>{' '}
            <CopyButton text={callback} />
          </span>
        ) : (
          <span className="soft">{t('message.set.callbackAfter')}</span>
        )}
      </Form.Item>
      {official && (
        <Form.Item name={['welcome', 'text']} label={t('message.set.replyWelcome')} extra={t('message.set.replyWelcomeHint')}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={600} />
        </Form.Item>
      )}
      <Notice name="subscribe" title={t('message.set.subscribeNotice')} />
      {official && <Notice name="template" title={t('message.set.templateNotice')} />}
    </>
  );
}

function Notice({ name, title }: { name: 'subscribe' | 'template'; title: string }) {
  const { t } = useTranslation();
  return (
    <div className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
      <Form.Item name={[name, 'templateId']} label={`${title} · ${t('message.set.templateId')}`}>
        <Input />
      </Form.Item>
      <TemplateFields name={name} placeholder="thing1={{ text }}" />
    </div>
  );
}
