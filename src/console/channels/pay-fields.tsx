import { Collapse, Form, Input, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Channel } from '../api/channels.ts';

/** Settings of a merchant of WeChat Pay. */
export function PayFields({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const required = { required: true, message: t('common.required') };
  const field = (name: string, more: { needed?: boolean; pattern?: RegExp; hint?: string } = {}) => (
    <Form.Item
      name={name}
      label={t(`message.pay.${name}`)}
      extra={more.hint}
      rules={[
        ...(more.needed ? [required] : []),
        ...(more.pattern ? [{ pattern: more.pattern, message: t(`message.pay.${name}Bad`) }] : []),
      ]}
    >
      <Input data-testid={`pay-${name}`} />
    </Form.Item>
  );
  const set = (name: string) => channel.secretsSet.includes(name);
  const kept = (name: string) => (set(name) ? { placeholder: t('message.set.kept') } : {});
  return (
    <>
      <div className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
        {field('mchid', { needed: true, pattern: /^\s*\d{8,32}\s*$/ })}
        {field('appId', { needed: true, hint: t('message.pay.appIdHint') })}
        {field('serial', { needed: true, pattern: /^\s*[0-9A-Fa-f]{16,40}\s*$/ })}
        <Form.Item
          name="apiV3Key"
          label={t('message.pay.apiV3Key')}
          rules={[
            { required: !set('apiV3Key'), message: t('common.required') },
            { pattern: /^\s*[0-9A-Za-z]{32}\s*$/, message: t('message.pay.apiV3KeyBad') },
          ]}
        >
          <Input.Password autoComplete="new-password" {...kept('apiV3Key')} data-testid="pay-apiV3Key" />
        </Form.Item>
      </div>
      <Form.Item
        name="privateKey"
        label={t('message.pay.privateKey')}
        extra={t('message.pay.privateKeyHint')}
        rules={[{ required: !set('privateKey'), message: t('common.required') }]}
      >
        <Input.TextArea
          autoSize={{ minRows: 2, maxRows: 4 }}
          autoComplete="off"
          spellCheck={false}
          className="mono"
          {...kept('privateKey')}
          data-testid="pay-privateKey"
        />
      </Form.Item>
      {field('publicKeyId', { pattern: /^\s*PUB_KEY_ID_\w+\s*$/ })}
      <Form.Item name="publicKey" label={t('message.pay.publicKey')} extra={t('message.pay.publicKeyHint')}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 4 }} spellCheck={false} className="mono" data-testid="pay-publicKey" />
      </Form.Item>
      <Collapse
        ghost
        size="small"
        style={{ marginBottom: 16 }}
        items={[
          {
            key: 'scene',
            label: t('message.pay.scene'),
            forceRender: true,
            children: (
              <div className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
                {field('sceneId', { hint: t('message.pay.sceneIdHint') })}
                {field('activityName')}
              </div>
            ),
          },
        ]}
      />
      <p className="soft small">
        {t('message.pay.limits')} <Link to="/settings/policy">{t('message.set.policy')}</Link>
      </p>
      <Form.Item name="paused" label={t('message.pay.paused')} valuePropName="checked">
        <Switch data-testid="pay-paused" />
      </Form.Item>
    </>
  );
}
