import { Checkbox, Form, Input, InputNumber, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JourneyNode, NodeOf } from '../api/journeys.ts';
import { StaffPicker } from '../staff/bits.tsx';
import { CouponPicker, JourneyPicker, TagPicker } from './pickers.tsx';
import { SpanField } from './span-field.tsx';
import { useNodeWords } from './words.ts';

interface Props<T> {
  node: T;
  onChange: (node: T) => void;
}

export function WindowForm({ node, onChange }: Props<NodeOf<'window'>>) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item label={t('journey.hours')} extra={t('journey.hoursHint')}>
        <div className="row">
          <Input
            type="time"
            value={node.from}
            onChange={({ target }) => onChange({ ...node, from: target.value })}
            style={{ width: 110 }}
          />
          –
          <Input type="time" value={node.to} onChange={({ target }) => onChange({ ...node, to: target.value })} style={{ width: 110 }} />
        </div>
      </Form.Item>
      <Form.Item label={t('journey.weekdays')}>
        <Checkbox.Group
          value={node.weekdays?.length ? node.weekdays : [1, 2, 3, 4, 5, 6, 7]}
          onChange={(days) => onChange({ ...node, weekdays: (days as number[]).toSorted((a, b) => a - b) })}
          options={[1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: day, label: t(`journey.weekday.${day}`) }))}
        />
      </Form.Item>
    </>
  );
}

export function HoldoutForm({ node, onChange }: Props<NodeOf<'holdout'>>) {
  const { t } = useTranslation();
  return (
    <Form.Item label={t('journey.holdout')} extra={t('journey.holdoutHint')}>
      <InputNumber
        min={0}
        max={100}
        value={node.percent}
        suffix="%"
        onChange={(percent) => onChange({ ...node, percent: percent ?? 0 })}
        style={{ width: 130 }}
      />
    </Form.Item>
  );
}

export function CouponForm({ node, onChange }: Props<NodeOf<'coupon'>>) {
  const { t } = useTranslation();
  return (
    <Form.Item label={t('journey.coupon')} extra={t('journey.couponHint')}>
      <CouponPicker
        value={node.couponId}
        onChange={(couponId) => onChange({ ...node, couponId })}
        placeholder={t('journey.chooseCoupon')}
        testId="coupon-of"
      />
    </Form.Item>
  );
}

export function TagForm({ node, onChange }: Props<NodeOf<'tag'>>) {
  const { t } = useTranslation();
  const verb = node.remove === undefined ? 'add' : 'remove';
  const { add, remove, value: _, ...bare } = node;
  const set = (how: string, key: string | undefined) =>
    onChange(how === 'add' ? { ...bare, ...(key ? { add: key } : {}) } : { ...bare, remove: key ?? '' });
  return (
    <>
      <Form.Item>
        <Segmented
          value={verb}
          onChange={(next) => set(next, add || remove)}
          options={[
            { value: 'add', label: t('journey.tagAdd') },
            { value: 'remove', label: t('journey.tagRemove') },
          ]}
        />
      </Form.Item>
      <Form.Item label={t('journey.tag')}>
        <TagPicker
          value={(add ?? remove) || undefined}
          onChange={(key) => set(verb, key)}
          placeholder={t('journey.chooseTag')}
          testId="tag-of"
        />
      </Form.Item>
      {verb === 'add' && (
        <Form.Item label={t('journey.tagValue')}>
          <Input
            value={node.value === undefined ? '' : String(node.value)}
            onChange={({ target: { value } }) => onChange({ ...bare, ...(add ? { add } : {}), ...(value ? { value } : {}) })}
            style={{ width: 200 }}
          />
        </Form.Item>
      )}
    </>
  );
}

export function TaskForm({ node, onChange }: Props<NodeOf<'task'>>) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item label={t('journey.taskText')} extra={t('journey.taskHint')}>
        <Input.TextArea
          value={node.text}
          status={node.text ? '' : 'error'}
          maxLength={500}
          autoSize={{ minRows: 2, maxRows: 6 }}
          onChange={({ target }) => onChange({ ...node, text: target.value })}
          data-testid="task-text"
        />
      </Form.Item>
      <Form.Item label={t('journey.taskDue')}>
        <InputNumber
          min={0}
          max={90}
          precision={0}
          value={node.dueInDays ?? null}
          suffix={t('common.days')}
          onChange={(days) => onChange(due(node, days))}
          style={{ width: 130 }}
        />
      </Form.Item>
      <Form.Item label={t('journey.taskStaff')}>
        <StaffPicker
          value={node.staffId}
          onChange={(staffId) => onChange({ ...node, staffId })}
          placeholder={t('journey.taskBound')}
          testId="task-staff"
        />
      </Form.Item>
    </>
  );
}
const due = ({ dueInDays: _, ...node }: NodeOf<'task'>, days: number | null): NodeOf<'task'> => ({
  ...node,
  ...(days === null ? {} : { dueInDays: days }),
});

export function WebhookForm({ node, onChange }: Props<NodeOf<'webhook'>>) {
  const { t } = useTranslation();
  return (
    <Form.Item label={t('journey.topic')} extra={t('journey.topicHint')}>
      <Input
        value={node.topic}
        maxLength={100}
        placeholder="second_order_done"
        onChange={({ target }) => onChange({ ...node, topic: target.value })}
      />
    </Form.Item>
  );
}

/** Back in this journey, or into another. */
export function JumpForm({ node, onChange, others }: Props<NodeOf<'jump'>> & { others: JourneyNode[] }) {
  const { t } = useTranslation();
  const { title, gist } = useNodeWords();
  const [out, setOut] = useState(node.journey !== undefined);
  const { journey: _j, to: _t, ...bare } = node;
  return (
    <>
      <Form.Item>
        <Segmented
          value={out ? 'out' : 'back'}
          onChange={(next) => {
            setOut(next === 'out');
            onChange(bare);
          }}
          options={[
            { value: 'back', label: t('journey.jumpBack') },
            { value: 'out', label: t('journey.jumpOut') },
          ]}
        />
      </Form.Item>
      {out ? (
        <Form.Item label={t('journey.jumpTo')}>
          <JourneyPicker
            value={node.journey}
            onChange={(journey) => onChange({ ...bare, journey })}
            placeholder={t('journey.chooseJourney')}
          />
        </Form.Item>
      ) : (
        <>
          <Form.Item label={t('journey.jumpTo')}>
            <Select
              value={node.to}
              status={node.to ? '' : 'error'}
              placeholder={t('journey.chooseStep')}
              onChange={(to: string) => onChange({ ...bare, to })}
              options={others.map((one) => ({ value: one.id, label: `${title(one)} ${gist(one)}`.slice(0, 50) }))}
            />
          </Form.Item>
          <Form.Item label={t('journey.jumpMost')}>
            <InputNumber
              min={1}
              max={100}
              precision={0}
              value={node.most ?? 1}
              onChange={(most) => onChange({ ...node, most: most ?? 1 })}
            />
          </Form.Item>
          <Form.Item label={t('journey.jumpAfter')}>
            <SpanField node={node} onChange={onChange} least={0} />
          </Form.Item>
        </>
      )}
    </>
  );
}
