import { Alert, Button, Form, Input, InputNumber, Segmented, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Channel, channels, type DirectKey } from '../api/channels.ts';
import type { Person } from '../api/people.ts';
import { PersonPicker } from '../content/person-picker.tsx';
import { CopyButton } from '../ui/bits.tsx';
import { useSay } from '../ui/undo.tsx';
import { TemplateFields } from './template-fields.tsx';

/** Settings of e-mail, text messages and app push. */
export function DirectFields({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  return (
    <>
      {channel.key === 'email' ? (
        <EmailFields channel={channel} />
      ) : channel.key === 'sms' ? (
        <SmsFields channel={channel} />
      ) : (
        <PushFields channel={channel} />
      )}
      <Form.Item name="priceFen" label={t(`message.direct.price.${channel.key}`)} extra={t('message.direct.priceHint')}>
        <InputNumber
          min={0}
          max={10_000}
          step={0.1}
          precision={1}
          controls={false}
          suffix={t('message.direct.fen')}
          style={{ width: 160 }}
          data-testid={`${channel.key}-priceFen`}
        />
      </Form.Item>
      {Object.entries(channel.doors ?? {}).map(([name, url]) => (
        <Form.Item key={name} label={t(`message.direct.door.${name}`)} extra={t(`message.direct.door.${name}Hint`)}>
          <span className="row wrap">
            <code className="mono" style={{ overflowWrap: 'anywhere' }}>
              {url}
            </code>{' '}
            <CopyButton text={url} />
          </span>
        </Form.Item>
      ))}
    </>
  );
}

function Field({ channel, name, secret, needed, rows }: { channel: Channel; name: string; secret?: true; needed?: true; rows?: number }) {
  const { t } = useTranslation();
  const set = channel.secretsSet.includes(name);
  const label = t(`message.direct.${name}`);
  const placeholder = set ? t('message.set.kept') : undefined;
  return (
    <Form.Item name={name} label={label} rules={[{ required: Boolean(needed) && !set, message: t('common.required') }]}>
      {rows ? (
        <Input.TextArea autoSize={{ minRows: rows, maxRows: 6 }} placeholder={placeholder} data-testid={`${channel.key}-${name}`} />
      ) : secret ? (
        <Input.Password autoComplete="new-password" placeholder={placeholder} data-testid={`${channel.key}-${name}`} />
      ) : (
        <Input data-testid={`${channel.key}-${name}`} />
      )}
    </Form.Item>
  );
}

function EmailFields({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
        <Field channel={channel} name="host" needed />
        <Form.Item name="port" label={t('message.direct.port')} initialValue={465}>
          <InputNumber min={1} max={65_535} controls={false} style={{ width: '100%' }} data-testid="email-port" />
        </Form.Item>
        <Form.Item name="security" label={t('message.direct.security')} initialValue="tls">
          <Select options={['tls', 'starttls', 'none'].map((one) => ({ value: one, label: t(`message.direct.securityOf.${one}`) }))} />
        </Form.Item>
        <Field channel={channel} name="user" />
        <Field channel={channel} name="password" secret />
        <Field channel={channel} name="fromAddress" needed />
        <Field channel={channel} name="fromName" />
        <Field channel={channel} name="replyTo" />
      </div>
      <Field channel={channel} name="imprint" />
      <Form.Item
        name="trackOpens"
        label={t('message.direct.trackOpens')}
        extra={t('message.direct.trackOpensHint')}
        valuePropName="checked"
        initialValue={true}
      >
        <Switch />
      </Form.Item>
    </>
  );
}

function SmsFields({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const provider = Form.useWatch('provider') ?? channel.settings.provider ?? 'aliyun';
  return (
    <>
      <Form.Item name="provider" label={t('message.direct.provider')} initialValue="aliyun">
        <Segmented options={['aliyun', 'tencent'].map((one) => ({ value: one, label: t(`message.direct.providerOf.${one}`) }))} />
      </Form.Item>
      <div className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
        <Field channel={channel} name="keyId" needed />
        <Field channel={channel} name="keySecret" secret needed />
        <Field channel={channel} name="signName" needed />
        {provider === 'tencent' && <Field channel={channel} name="sdkAppId" needed />}
        <Form.Item name={['template', 'templateId']} label={t('message.direct.template')} extra={t('message.direct.templateHint')}>
          <Input data-testid="sms-template" />
        </Form.Item>
        <TemplateFields name="template" placeholder="content={{ text }}" />
        <Form.Item name="optOut" label={t('message.direct.optOut')} extra={t('message.direct.optOutHint')} initialValue="拒收请回复R">
          <Input maxLength={20} />
        </Form.Item>
      </div>
    </>
  );
}

function PushFields({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="soft">APNs · iPhone</div>
      <div className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
        <Field channel={channel} name="apnsKeyId" />
        <Field channel={channel} name="apnsTeamId" />
        <Field channel={channel} name="apnsBundleId" />
        <Form.Item name="apnsProduction" label={t('message.direct.apnsProduction')} valuePropName="checked" initialValue={true}>
          <Switch />
        </Form.Item>
      </div>
      <Field channel={channel} name="apnsKey" rows={2} />
      <div className="soft">FCM · Android</div>
      <Field channel={channel} name="fcmServiceAccount" rows={2} />
      <div className="soft">{t('message.direct.jpush')}</div>
      <div className="grid two" style={{ columnGap: 16, rowGap: 0 }}>
        <Field channel={channel} name="jpushAppKey" />
        <Field channel={channel} name="jpushMasterSecret" secret />
      </div>
      <Alert type="info" showIcon title={t('message.direct.tokens')} style={{ marginBottom: 16 }} />
    </>
  );
}

/** One test message to oneself. */
export function TryOut({ channel }: { channel: DirectKey }) {
  const { t } = useTranslation();
  const say = useSay();
  const [to, setTo] = useState('');
  const [person, setPerson] = useState<Person>();
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState<Awaited<ReturnType<typeof channels.tryOut>>>();
  const aim = channel === 'push' ? (person?.id ?? '') : to;
  const go = async () => {
    setBusy(true);
    setTried(undefined);
    try {
      setTried(await channels.tryOut(channel, aim));
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="stack tight" style={{ marginTop: 12 }}>
      <div className="row wrap">
        {channel === 'push' ? (
          <div style={{ width: 260 }}>
            <PersonPicker value={person} onChange={setPerson} none={t('message.direct.to.push')} />
          </div>
        ) : (
          <Input
            value={to}
            onChange={(event) => setTo(event.target.value)}
            placeholder={t(`message.direct.to.${channel}`)}
            style={{ width: 220 }}
            data-testid={`${channel}-test-to`}
          />
        )}
        <Button onClick={go} loading={busy} disabled={!aim} data-testid={`${channel}-test`}>
          {t('message.direct.test')}
        </Button>
      </div>
      {tried && (
        <Alert
          type={tried.ok ? 'success' : 'error'}
          showIcon
          title={tried.ok ? t('message.direct.testOk') : t('message.set.testBad', { error: tried.error })}
          data-testid={`${channel}-tested`}
        />
      )}
    </div>
  );
}
