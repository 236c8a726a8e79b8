import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { policy } from '../api/access.ts';
import type { NodeOf } from '../api/journeys.ts';
import { useLabels } from '../ui/labels.tsx';
import { useContents } from '../ui/pickers.tsx';
import { useChannels } from './faults.ts';
import { paidBeforePush } from './graph.ts';
import { TouchpointPicker } from './pickers.tsx';

interface Props<T> {
  node: T;
  onChange: (node: T) => void;
}

function ContentSelect({ value, onChange, auto }: { value: string | undefined; onChange: (id: string) => void; auto?: boolean }) {
  const { t } = useTranslation();
  const { data } = useContents();
  return (
    <Select
      value={value}
      status={value ? undefined : 'error'}
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={t('journey.chooseContent')}
      onChange={onChange}
      options={[
        ...(auto ? [{ value: 'auto', label: t('journey.auto') }] : []),
        ...(data?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
      ]}
      data-testid="send-content"
    />
  );
}

function ChannelSelect({ value, onChange, but = [] }: { value: string; onChange: (channel: string) => void; but?: string[] }) {
  const { t } = useTranslation();
  const ways = useChannels();
  const kinds = [...new Set([...ways.map((one) => one.key as string), value])].filter((one) => one === value || !but.includes(one));
  return (
    <Select
      value={value}
      onChange={onChange}
      style={{ minWidth: 150 }}
      options={kinds.map((one) => ({
        value: one,
        label:
          ways.find((way) => way.key === one)?.configured === false
            ? `${t(`common.channel.${one}`)} · ${t('journey.notSetUp')}`
            : t(`common.channel.${one}`),
      }))}
      data-testid="send-channel"
    />
  );
}

/** What the message is for, where that is something else than what its content is for: the policy reaches as far as this says. */
function PurposeSelect({ value, onChange }: { value: string | undefined; onChange: (purpose: string | undefined) => void }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const { data } = useQuery({ queryKey: ['policy'], queryFn: policy.get });
  return (
    <Select
      allowClear
      value={value}
      placeholder={t('journey.purposeOfContent')}
      onChange={onChange}
      options={(data?.purposes ?? [])
        .filter((one) => !one.retired || one.key === value)
        .map((one) => ({ value: one.key, label: named(one.name, one.key) }))}
      data-testid="send-purpose"
    />
  );
}

function Words({ id }: { id: string | undefined }) {
  const { data } = useContents();
  const body = data?.items.find((one) => one.id === id)?.body;
  return body ? (
    <div style={{ whiteSpace: 'pre-wrap', background: 'var(--wash)', borderRadius: 8, padding: 12, marginBottom: 16 }}>{body}</div>
  ) : null;
}

/** What is sent, over which channel, and what is tried where that does not reach. */
export function SendForm({ node, onChange }: Props<NodeOf<'send'>>) {
  const { t } = useTranslation();
  const { data } = useContents();
  const ways = useChannels();
  const fallback = node.fallback ?? [];
  const used = [node.channel, ...fallback.map((one) => one.channel)];
  const next = ways.find((one) => !used.includes(one.key));
  const setFallback = (list: typeof fallback) => {
    const { fallback: _, ...bare } = node;
    onChange(list.length ? { ...bare, fallback: list } : bare);
  };
  return (
    <>
      <Form.Item label={t('journey.channel')}>
        <ChannelSelect value={node.channel} onChange={(channel) => onChange({ ...node, channel })} but={used} />
      </Form.Item>
      <Form.Item
        label={t('journey.content')}
        extra={
          <Link to="/content/new" target="_blank">
            {t('journey.writeContent')}
          </Link>
        }
      >
        <ContentSelect auto value={node.contentId} onChange={(contentId) => onChange({ ...node, contentId })} />
      </Form.Item>
      {node.contentId === 'auto' ? (
        <Form.Item label={t('journey.among')} extra={t('journey.autoHint')}>
          <Select
            mode="multiple"
            allowClear
            optionFilterProp="label"
            value={node.among ?? []}
            placeholder={t('journey.amongAll')}
            onChange={(among: string[]) => onChange({ ...node, among })}
            options={(data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          />
        </Form.Item>
      ) : (
        <Words id={node.contentId} />
      )}
      <Form.Item label={t('journey.messagePurpose')} extra={t('journey.messagePurposeHint')}>
        <PurposeSelect
          value={node.purpose}
          onChange={(purpose) => {
            const { purpose: _, ...bare } = node;
            onChange(purpose ? { ...bare, purpose } : bare);
          }}
        />
      </Form.Item>
      <Form.Item label={t('journey.fallback')} extra={t('journey.fallbackHint')}>
        <div className="stack tight">
          {fallback.map((one, i) => (
            <div key={one.channel} className="row">
              <ChannelSelect
                value={one.channel}
                onChange={(channel) => setFallback(fallback.map((other, n) => (n === i ? { ...other, channel } : other)))}
                but={used}
              />
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('common.delete')}
                onClick={() => setFallback(fallback.filter((_, n) => n !== i))}
              />
            </div>
          ))}
          {next && (
            <Button
              size="small"
              icon={<PlusOutlined />}
              onClick={() => setFallback([...fallback, { channel: next.key }])}
              data-testid="add-fallback"
            >
              {t('journey.addFallback')}
            </Button>
          )}
          {paidBeforePush(node) && <Alert type="warning" showIcon title={t('journey.paidBeforePush')} data-testid="paid-before-push" />}
        </div>
      </Form.Item>
    </>
  );
}

/** An invitation to a group: the words name `{{ group.url }}`. */
export function GroupForm({ node, onChange }: Props<NodeOf<'group'>>) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item label={t('journey.groupCode')}>
        <TouchpointPicker
          value={node.touchpointId}
          onChange={(touchpointId) => onChange({ ...node, touchpointId })}
          placeholder={t('journey.chooseTouchpoint')}
        />
      </Form.Item>
      <Form.Item label={t('journey.channel')}>
        <ChannelSelect value={node.channel} onChange={(channel) => onChange({ ...node, channel })} />
      </Form.Item>
      <Form.Item label={t('journey.content')} extra={t('journey.groupHint')}>
        <ContentSelect value={node.contentId} onChange={(contentId) => onChange({ ...node, contentId })} />
      </Form.Item>
      <Words id={node.contentId} />
    </>
  );
}
