import { Form, Input, InputNumber, Segmented, Space, Switch } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Graph, JourneyNode, NodeOf } from '../api/journeys.ts';
import { BanditForm, BranchForm, SplitForm } from './branch-forms.tsx';
import { EntryForm } from './entry-form.tsx';
import { beside } from './graph.ts';
import { EventField, HappeningField } from './happening-field.tsx';
import { GroupForm, SendForm } from './send-form.tsx';
import { SpanField } from './span-field.tsx';
import { CouponForm, HoldoutForm, JumpForm, TagForm, TaskForm, WebhookForm, WindowForm } from './step-forms.tsx';

interface FormProps<T> {
  node: T;
  onChange: (node: T) => void;
}

/** For a span, or until a time of day so many days after coming in. */
function WaitForm({ node, onChange }: FormProps<NodeOf<'wait'>>) {
  const { t } = useTranslation();
  const { id, type, name, day, at } = node;
  const bare = { id, type, ...(name ? { name } : {}) };
  const byDay = day !== undefined;
  return (
    <>
      <Form.Item>
        <Segmented
          value={byDay ? 'day' : 'span'}
          onChange={(by) => onChange(by === 'day' ? { ...bare, day: 1, at: '10:00' } : { ...bare, days: 1 })}
          options={[
            { value: 'span', label: t('journey.waitSpan') },
            { value: 'day', label: t('journey.waitDay') },
          ]}
          data-testid="wait-by"
        />
      </Form.Item>
      <Form.Item label={t(byDay ? 'journey.waitDay' : 'journey.waitFor')} extra={byDay ? t('journey.waitDayHint') : undefined}>
        {byDay ? (
          <Space.Compact>
            <InputNumber
              min={0}
              max={366}
              precision={0}
              prefix="D"
              value={day}
              onChange={(next) => onChange({ ...node, day: next ?? 0 })}
            />
            <Input type="time" value={at} onChange={({ target }) => onChange({ ...node, at: target.value })} style={{ width: 110 }} />
          </Space.Compact>
        ) : (
          <SpanField node={node} onChange={onChange} />
        )}
      </Form.Item>
    </>
  );
}

function UntilForm({ node, onChange }: FormProps<NodeOf<'until'>>) {
  const { t } = useTranslation();
  return (
    <>
      <HappeningField node={node} onChange={onChange} testId="until-event" />
      <Form.Item label={t('journey.atMost')}>
        <SpanField node={node} onChange={onChange} />
      </Form.Item>
    </>
  );
}

function GoalForm({ node, onChange }: FormProps<NodeOf<'goal'>>) {
  const { t } = useTranslation();
  const { event: _e, where: _w, ...bare } = node;
  return (
    <>
      <Form.Item label={t('journey.goalEvent')}>
        <EventField value={node} onChange={(value) => onChange({ ...bare, ...value })} testId="goal-event" />
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

/** What there is to say of a node. */
function Body({ node, graph, onChange }: FormProps<JourneyNode> & { graph: Graph }): ReactNode {
  switch (node.type) {
    case 'entry':
      return <EntryForm node={node} onChange={onChange} />;
    case 'wait':
      return <WaitForm node={node} onChange={onChange} />;
    case 'until':
      return <UntilForm node={node} onChange={onChange} />;
    case 'window':
      return <WindowForm node={node} onChange={onChange} />;
    case 'branch':
      return <BranchForm node={node} onChange={onChange} />;
    case 'split':
      return <SplitForm node={node} onChange={onChange} />;
    case 'bandit':
      return <BanditForm node={node} onChange={onChange} />;
    case 'holdout':
      return <HoldoutForm node={node} onChange={onChange} />;
    case 'send':
      return <SendForm node={node} onChange={onChange} />;
    case 'group':
      return <GroupForm node={node} onChange={onChange} />;
    case 'coupon':
      return <CouponForm node={node} onChange={onChange} />;
    case 'tag':
      return <TagForm node={node} onChange={onChange} />;
    case 'task':
      return <TaskForm node={node} onChange={onChange} />;
    case 'webhook':
      return <WebhookForm node={node} onChange={onChange} />;
    case 'jump':
      return (
        <JumpForm
          node={node}
          onChange={onChange}
          others={graph.nodes.filter((one) => one.id !== node.id && one.type !== 'entry' && one.type !== 'exit' && !beside(one))}
        />
      );
    case 'goal':
      return <GoalForm node={node} onChange={onChange} />;
    case 'exitRule':
      return <HappeningField node={node} onChange={onChange} testId="exit-event" />;
    default:
      return null;
  }
}

export function NodeForm({ node, graph, onChange }: FormProps<JourneyNode> & { graph: Graph }) {
  const { t } = useTranslation();
  return (
    <Form layout="vertical" component="div" data-testid={`form-${node.type}`}>
      <Body key={node.id} node={node} graph={graph} onChange={onChange} />
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
