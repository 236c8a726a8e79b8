import { Form, Input, InputNumber, Segmented, Select, Space, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { BranchNode, EntryNode, ExitNode, GoalNode, JourneyNode, SendNode, SplitNode, WaitNode } from '../api/journeys.ts';
import type { Where } from '../api/rule.ts';
import { type WhereState, whereIn, whereOut } from '../rules/state.ts';
import { WhereEditor } from '../rules/where-editor.tsx';
import { AudiencePicker, EventPicker, useContents } from '../ui/pickers.tsx';
import { BranchForm, SplitForm } from './branch-forms.tsx';
import { EntryForecast } from './forecast.tsx';
import { UNITS, unitOf } from './words.ts';

interface FormProps<T> {
  node: T;
  onChange: (node: T) => void;
}

/** Conditions as they are being typed; the node keeps them in the server's shape. */
function WhereField({ event, where, onChange }: { event?: string; where?: Where[]; onChange: (where: Where[] | undefined) => void }) {
  const [state, setState] = useState<WhereState[]>(() => whereIn(where));
  return (
    <WhereEditor
      event={event}
      where={state}
      onChange={(next) => {
        setState(next);
        onChange(next.length ? whereOut(next) : undefined);
      }}
    />
  );
}

function EntryForm({ node, onChange }: FormProps<EntryNode>) {
  const { t } = useTranslation();
  const [by, setBy] = useState<'event' | 'audience'>(node.audience !== undefined ? 'audience' : 'event');
  const again = typeof node.reentry === 'object' ? node.reentry.afterDays : undefined;
  const { event: _event, audience: _audience, where: _where, ...bare } = node;
  return (
    <>
      <Form.Item label={t('journey.entryBy')}>
        <Segmented
          value={by}
          onChange={(next) => {
            setBy(next as 'event' | 'audience');
            onChange(bare);
          }}
          options={[
            { value: 'event', label: t('journey.byEvent') },
            { value: 'audience', label: t('journey.byAudience') },
          ]}
          data-testid="entry-by"
        />
      </Form.Item>
      {by === 'event' ? (
        <div className="stack tight" style={{ marginBottom: 16 }}>
          <EventPicker
            value={node.event}
            status={node.event ? '' : 'error'}
            onChange={(event) => onChange({ ...bare, event: event || undefined })}
            width="100%"
            testId="entry-event"
          />
          <WhereField
            key={node.event}
            event={node.event}
            where={node.where}
            onChange={(where) => onChange({ ...bare, event: node.event, ...(where ? { where } : {}) })}
          />
        </div>
      ) : (
        <div style={{ marginBottom: 16 }}>
          <AudiencePicker
            value={node.audience}
            status={node.audience ? '' : 'error'}
            onChange={(audience) => onChange({ ...bare, audience })}
            width="100%"
          />
        </div>
      )}
      <EntryForecast node={node} />
      <Form.Item label={t('journey.reentry')}>
        <div className="row wrap">
          <Switch
            checked={again !== undefined}
            onChange={(on) => onChange({ ...node, reentry: on ? { afterDays: 30 } : 'never' })}
            data-testid="reentry"
          />
          {again === undefined ? t('journey.never') : t('journey.afterDays', { n: again })}
          {again !== undefined && (
            <InputNumber
              min={0}
              max={3650}
              precision={0}
              value={again}
              onChange={(days) => days !== null && onChange({ ...node, reentry: { afterDays: days } })}
            />
          )}
        </div>
      </Form.Item>
    </>
  );
}

function WaitForm({ node, onChange }: FormProps<WaitNode>) {
  const { t } = useTranslation();
  const unit = unitOf(node);
  const { minutes: _m, hours: _h, days: _d, ...bare } = node;
  return (
    <Form.Item label={t('journey.waitFor')}>
      <Space.Compact>
        <InputNumber
          min={1}
          max={unit === 'days' ? 366 : 8784}
          value={node[unit]}
          status={node[unit] ? undefined : 'error'}
          onChange={(n) => onChange({ ...bare, [unit]: n ?? undefined })}
          data-testid="wait-amount"
        />
        <Select
          value={unit}
          style={{ width: 100 }}
          onChange={(next) => onChange({ ...bare, [next]: node[unit] ?? 1 })}
          options={UNITS.map((one) => ({ value: one, label: t(`common.${one}`) }))}
          data-testid="wait-unit"
        />
      </Space.Compact>
    </Form.Item>
  );
}

function SendForm({ node, onChange }: FormProps<SendNode>) {
  const { t } = useTranslation();
  const { data } = useContents();
  const chosen = data?.items.find((one) => one.id === node.contentId);
  return (
    <>
      <Form.Item label={t('journey.channel')}>
        <Segmented
          value={node.channel}
          onChange={(channel) => onChange({ ...node, channel: channel as SendNode['channel'] })}
          options={(['wecom', 'official_account', 'mini_program', 'webhook'] as const).map((one) => ({
            value: one,
            label: t(`common.channel.${one}`),
          }))}
          data-testid="send-channel"
        />
      </Form.Item>
      <Form.Item
        label={t('journey.content')}
        extra={
          <Link to="/content/new" target="_blank">
            {t('journey.writeContent')}
          </Link>
        }
      >
        <Select
          value={node.contentId}
          status={node.contentId ? undefined : 'error'}
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('journey.chooseContent')}
          onChange={(contentId: string) => onChange({ ...node, contentId })}
          options={(data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          data-testid="send-content"
        />
      </Form.Item>
      {chosen && (
        <div style={{ whiteSpace: 'pre-wrap', background: 'var(--wash)', borderRadius: 8, padding: 12, marginBottom: 16 }}>
          {chosen.body}
        </div>
      )}
    </>
  );
}

function GoalForm({ node, onChange }: FormProps<GoalNode>) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item label={t('journey.goalEvent')}>
        <div className="stack tight">
          <EventPicker
            value={node.event}
            status={node.event ? '' : 'error'}
            onChange={(event) => onChange({ ...node, event: event || undefined, where: undefined })}
            width="100%"
            testId="goal-event"
          />
          <WhereField key={node.event} event={node.event} where={node.where} onChange={(where) => onChange({ ...node, where })} />
        </div>
      </Form.Item>
      <Form.Item label={t('journey.goalWithin')}>
        <InputNumber
          min={0}
          max={366}
          value={node.withinDays ?? null}
          onChange={(days) => onChange({ ...node, withinDays: days ?? undefined })}
          suffix={t('common.days')}
          style={{ width: 130 }}
          data-testid="goal-days"
        />
      </Form.Item>
      <Form.Item label={t('journey.goalExit')}>
        <Switch checked={node.exit ?? false} onChange={(exit) => onChange({ ...node, exit })} />
      </Form.Item>
    </>
  );
}

type Any = FormProps<EntryNode & WaitNode & BranchNode & SplitNode & SendNode & GoalNode & ExitNode>;
const FORMS: Record<JourneyNode['type'], ((props: never) => React.ReactNode) | undefined> = {
  entry: EntryForm,
  wait: WaitForm,
  branch: BranchForm,
  split: SplitForm,
  send: SendForm,
  goal: GoalForm,
  exit: undefined,
};

export function NodeForm({ node, onChange }: FormProps<JourneyNode>) {
  const { t } = useTranslation();
  const Body = FORMS[node.type] as ((props: Any) => React.ReactNode) | undefined;
  return (
    <Form layout="vertical" component="div" data-testid={`form-${node.type}`}>
      {Body && <Body key={node.id} node={node as never} onChange={onChange as never} />}
      <Form.Item label={t('journey.nodeName')} style={{ marginTop: 16 }}>
        <Input
          value={node.name}
          maxLength={60}
          placeholder={t(`journey.node.${node.type}`)}
          onChange={(event) => onChange({ ...node, name: event.target.value || undefined })}
        />
      </Form.Item>
    </Form>
  );
}
