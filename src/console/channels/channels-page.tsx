import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input, InputNumber, Switch, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Channel, channels, type DirectKey } from '../api/channels.ts';
import { PosterSelect } from '../content/posters/poster-select.tsx';
import { useMay } from '../shell/session.tsx';
import { CopyButton } from '../ui/bits.tsx';
import { useLabels } from '../ui/labels.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { DirectFields, TryOut } from './direct-fields.tsx';
import { PayFields } from './pay-fields.tsx';
import { Transfers } from './transfers.tsx';
import { WechatFields } from './wechat-fields.tsx';

/** These texts hold Liquid's own braces. */
const RAW = { interpolation: { prefix: '[[', suffix: ']]' } };
type Values = Record<string, unknown> & {
  welcome?: { text?: string; poster?: string | null };
  subscribe?: { templateId?: string };
  template?: { templateId?: string; fields?: Record<string, string> };
};

const isDirect = (key: Channel['key']): key is DirectKey => key === 'email' || key === 'sms' || key === 'push';

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

function WecomFields({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const secret = (name: string, label: string, extra?: string) => {
    const set = channel.secretsSet.includes(name);
    return (
      <Form.Item
        name={name}
        label={label}
        extra={extra}
        rules={[
          { required: !set, message: t('common.required') },
          ...(name === 'encodingAesKey' ? [{ pattern: /^[A-Za-z0-9+/]{43}$/, message: t('message.set.aesHint') }] : []),
        ]}
      >
        <Input.Password autoComplete="new-password" placeholder={set ? t('message.set.kept') : undefined} data-testid={`wecom-${name}`} />
      </Form.Item>
    );
  };
  const callback = channel.id ? `${location.origin}/wecom/callback/${channel.id}` : undefined;
  return (
    <>
      <div className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
        <Form.Item name="corpId" label={t('message.set.corpId')} rules={[{ required: true, message: t('common.required') }]}>
          <Input data-testid="wecom-corpId" />
        </Form.Item>
        <Form.Item name="agentId" label={t('message.set.agentId')}>
          <InputNumber style={{ width: '100%' }} controls={false} data-testid="wecom-agentId" />
        </Form.Item>
        {secret('secret', t('message.set.secret'))}
        {secret('token', t('message.set.token'))}
        {secret('encodingAesKey', t('message.set.encodingAesKey'), t('message.set.aesHint'))}
        <Form.Item label={t('message.set.callback')} extra={t('message.set.callbackHint')}>
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
      </div>
      <Form.Item name={['welcome', 'text']} label={t('message.set.welcome')} extra={t('message.set.welcomeHint', RAW)}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={4000} data-testid="wecom-welcome" />
      </Form.Item>
      <Form.Item name={['welcome', 'poster']} label={t('message.set.welcomePoster')} extra={t('message.set.welcomePosterHint')}>
        <PosterSelect allowClear />
      </Form.Item>
    </>
  );
}

function WebhookFields({ channel, generate }: { channel: Channel; generate: () => void }) {
  const { t } = useTranslation();
  const set = channel.secretsSet.includes('secret');
  return (
    <>
      <Form.Item name="url" label={t('message.set.url')} rules={[{ required: true, type: 'url', message: t('content.urlBad') }]}>
        <Input placeholder="https://" inputMode="url" data-testid="webhook-url" />
      </Form.Item>
      <Form.Item label={t('message.set.signingSecret')} extra={t('message.set.signingHint')} required={!set}>
        <div className="row">
          <Form.Item
            name="secret"
            noStyle
            rules={[
              { required: !set, message: t('common.required') },
              { min: 16, message: t('message.set.signingHint') },
            ]}
          >
            <Input.Password
              autoComplete="new-password"
              placeholder={set ? t('message.set.kept') : undefined}
              data-testid="webhook-secret"
            />
          </Form.Item>
          <Button onClick={generate}>{t('message.set.generate')}</Button>
        </div>
      </Form.Item>
      <Form.Item name="batch" label={t('message.set.batch')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </>
  );
}

function ChannelCard({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const { named } = useLabels();
  const [form] = Form.useForm<Values>();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [tested, setTested] = useState<Awaited<ReturnType<typeof channels.testWebhook>>>();
  const save = async (values: Values) => {
    setBusy(true);
    setFailed(undefined);
    try {
      // Empty fields are left out, so that secrets stay as they are.
      const given = Object.fromEntries(
        Object.entries({ ...channel.settings, ...values }).filter(([, value]) => value !== '' && value !== null && value !== undefined),
      );
      if (values.welcome) {
        const { poster, ...said } = { ...(channel.settings?.welcome as object | undefined), ...values.welcome };
        given.welcome = { ...said, ...(poster ? { poster } : {}) };
      }
      if (!values.welcome?.text && !values.welcome?.poster) delete given.welcome;
      for (const notice of ['subscribe', 'template'] as const) if (!values[notice]?.templateId) delete given[notice];
      if (values.template?.templateId && channel.key === 'sms')
        given.template = { ...values.template, fields: values.template.fields ?? {} };
      await channels.put(channel.key, given);
      await client.invalidateQueries({ queryKey: ['channels'] });
      form.resetFields([
        'secret',
        'token',
        'encodingAesKey',
        'privateKey',
        'apiV3Key',
        'password',
        'keySecret',
        'apnsKey',
        'fcmServiceAccount',
        'jpushMasterSecret',
      ]);
      say.saved();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const test = async () => {
    setTested(undefined);
    try {
      setTested(await channels.testWebhook());
    } catch (error) {
      say.failed(error);
    }
  };
  const state = channel.configured ? (channel.healthy ? ['success', 'healthy'] : ['error', 'unhealthy']) : ['default', 'notConfigured'];
  return (
    <Card
      size="small"
      title={
        <span className="row">
          {t(`message.set.${channel.key}`)} <Tag color={state[0]}>{t(`message.set.${state[1]}`)}</Tag>
        </span>
      }
      extra={channel.key === 'wechat_pay' && channel.configured && <Transfers />}
      data-testid={`channel-${channel.key}`}
    >
      <div className="stack">
        <span className="soft">{t(`message.set.${channel.key}Text`)}</span>
        <Alert
          type={channel.configured && channel.healthy ? 'success' : channel.configured ? 'error' : 'info'}
          showIcon
          title={named(channel.health, '')}
        />
        <Form
          form={form}
          layout="vertical"
          initialValues={channel.settings}
          onFinish={save}
          disabled={!may('channels.write')}
          requiredMark={false}
        >
          {channel.key === 'wecom' ? (
            <WecomFields channel={channel} />
          ) : channel.key === 'official_account' || channel.key === 'mini_program' ? (
            <WechatFields channel={channel} />
          ) : channel.key === 'wechat_pay' ? (
            <PayFields channel={channel} />
          ) : isDirect(channel.key) ? (
            <DirectFields channel={channel} />
          ) : (
            <WebhookFields channel={channel} generate={() => form.setFieldValue('secret', newSecret())} />
          )}
          {failed !== undefined && (
            <div style={{ marginBottom: 12 }}>
              <ProblemView error={failed} />
            </div>
          )}
          <div className="row wrap">
            <Button type="primary" htmlType="submit" loading={busy} data-testid={`save-${channel.key}`}>
              {t('common.save')}
            </Button>
            {channel.key === 'webhook' && channel.configured && (
              <Button onClick={test} data-testid="webhook-test">
                {t('message.set.test')}
              </Button>
            )}
          </div>
        </Form>
        {isDirect(channel.key) && channel.configured && may('channels.write') && <TryOut channel={channel.key} />}
        {tested && (
          <Alert
            type={tested.ok ? 'success' : 'error'}
            showIcon
            title={
              tested.ok
                ? t('message.set.testOk', { status: tested.status, ms: tested.elapsedMs })
                : t('message.set.testBad', { error: tested.error ?? `HTTP ${tested.status}` })
            }
            data-testid="webhook-tested"
          />
        )}
      </div>
    </Card>
  );
}

export default function ChannelsPage() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['channels'], queryFn: channels.list });
  return (
    <Page title={t('message.set.channels')} question={t('message.set.channelsQuestion')} testId="channels-page">
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      <div className="grid two" style={{ alignItems: 'start' }}>
        {query.data?.items.map((channel) => (
          <ChannelCard key={channel.key} channel={channel} />
        ))}
      </div>
    </Page>
  );
}
