import { PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Form, Input, Modal, Popconfirm, Switch, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { access, type Key } from '../api/access.ts';
import { useMay } from '../shell/session.tsx';
import { CopyButton, Time } from '../ui/bits.tsx';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { SecretModal } from './secret-modal.tsx';

function KeyList({ kind, keys, onAdd }: { kind: Key['kind']; keys: Key[]; onAdd: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const write = may('keys.write');
  const drop = (one: Key) =>
    access
      .removeKey(one.id)
      .then(() => client.invalidateQueries({ queryKey: ['keys'] }))
      .catch(say.failed);
  return (
    <Card
      size="small"
      title={t(`access.${kind}Keys`)}
      extra={
        write && (
          <Button size="small" icon={<PlusOutlined />} onClick={onAdd} data-testid={`new-${kind}-key`}>
            {t('access.newKey')}
          </Button>
        )
      }
    >
      <p className="soft" style={{ marginTop: 0 }}>
        {t(`access.${kind}KeysText`)}
      </p>
      {!keys.length && <EmptyStart title={t('access.noKeys')} />}
      {keys.map((one) => (
        <div
          key={one.id}
          className="row wrap between"
          style={{ padding: '9px 0', borderBottom: '1px solid var(--line)' }}
          data-testid="key"
        >
          <span>
            <b style={{ fontWeight: 500 }}>{one.name}</b> <code className="mono soft">{one.prefix}…</code>{' '}
            {kind === 'api' && (
              <Tag color={one.personal ? 'warning' : undefined} data-testid="key-personal">
                {t(one.personal ? 'access.seesPersonal' : 'access.seesMasks')}
              </Tag>
            )}
            <div className="soft small">
              {t('access.createdAt')} <Time value={one.createdAt} /> · {t('access.lastUsed')}{' '}
              {one.lastUsedAt ? <Time value={one.lastUsedAt} /> : t('access.neverUsed')}
            </div>
          </span>
          {write && (
            <Popconfirm
              title={t('access.revokeSure', { name: one.name })}
              okText={t('access.revoke')}
              okButtonProps={{ danger: true }}
              onConfirm={() => drop(one)}
            >
              <Button size="small" danger type="text">
                {t('access.revoke')}
              </Button>
            </Popconfirm>
          )}
        </div>
      ))}
    </Card>
  );
}

function HowTo() {
  const { t } = useTranslation();
  const code = `import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({ writeKey: '<write key>', host: '${location.origin}' })
analytics.track({ userId: 'u-1', event: 'Product Viewed', properties: { product_id: 'p-1' } })`;
  return (
    <Card size="small" title={t('access.howTo')} extra={<CopyButton text={code} />}>
      <p className="soft" style={{ marginTop: 0 }}>
        {t('access.howToText')}
      </p>
      <pre className="json">{code}</pre>
    </Card>
  );
}

interface NewKey {
  name: string;
  personal?: boolean;
}

export default function KeysPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [adding, setAdding] = useState<Key['kind']>();
  const [secret, setSecret] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [form] = Form.useForm<NewKey>();
  const query = useQuery({ queryKey: ['keys'], queryFn: access.keys });
  const add = async ({ name, personal }: NewKey) => {
    if (!adding) return;
    setBusy(true);
    setFailed(undefined);
    try {
      const made = await access.addKey({ kind: adding, name, ...(adding === 'api' ? { personal: personal ?? false } : {}) });
      await client.invalidateQueries({ queryKey: ['keys'] });
      setAdding(undefined);
      setSecret(made.secret);
      form.resetFields();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page title={t('access.keys')} question={t('access.keysQuestion')} testId="keys-page">
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={4} />}
      {query.data && (
        <div className="stack loose">
          <div className="grid two" style={{ alignItems: 'start' }}>
            {(['write', 'api'] as const).map((kind) => (
              <KeyList key={kind} kind={kind} keys={query.data.items.filter((one) => one.kind === kind)} onAdd={() => setAdding(kind)} />
            ))}
          </div>
          <HowTo />
        </div>
      )}
      <Modal
        open={adding !== undefined}
        onCancel={() => setAdding(undefined)}
        onOk={() => form.submit()}
        okText={t('access.newKey')}
        cancelText={t('common.cancel')}
        confirmLoading={busy}
        title={adding ? t(`access.${adding}Keys`) : ''}
      >
        <Form form={form} layout="vertical" onFinish={add} requiredMark={false}>
          <Form.Item name="name" label={t('access.keyName')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
            <Input placeholder={t('access.keyNamePlaceholder')} maxLength={100} data-testid="key-name" />
          </Form.Item>
          {adding === 'api' && (
            <Form.Item name="personal" label={t('access.personal')} extra={t('access.personalText')} valuePropName="checked">
              <Switch data-testid="key-personal-switch" />
            </Form.Item>
          )}
          {failed !== undefined && <ProblemView error={failed} />}
        </Form>
      </Modal>
      <SecretModal title={t('access.newKey')} warning={t('access.secretOnce')} secret={secret} onClose={() => setSecret(undefined)} />
    </Page>
  );
}
