import { Form, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule, Where } from '../api/rule.ts';
import { RuleBuilder } from '../rules/builder.tsx';
import { fromRule, toRule } from '../rules/convert.ts';
import { type WhereState, whereIn, whereOut } from '../rules/state.ts';
import { WhereEditor } from '../rules/where-editor.tsx';
import { EventPicker } from '../ui/pickers.tsx';

/** Conditions as they are being typed; the node keeps them in the server's shape. */
export function WhereField({
  event,
  where,
  onChange,
}: {
  event?: string;
  where?: readonly unknown[];
  onChange: (where: Where[] | undefined) => void;
}) {
  const [state, setState] = useState<WhereState[]>(() => whereIn(where as Where[] | undefined));
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

/** An event with its conditions. */
export function EventField({
  value,
  onChange,
  testId,
}: {
  value: { event?: string; where?: readonly unknown[] };
  onChange: (value: { event?: string; where?: Where[] }) => void;
  testId: string;
}) {
  return (
    <div className="stack tight">
      <EventPicker
        value={value.event}
        status={value.event ? '' : 'error'}
        onChange={(event) => onChange(event ? { event } : {})}
        width="100%"
        testId={testId}
      />
      <WhereField
        key={value.event}
        event={value.event}
        where={value.where}
        onChange={(where) => onChange({ ...(value.event ? { event: value.event } : {}), ...(where ? { where } : {}) })}
      />
    </div>
  );
}

export function RuleField({ rule, onChange }: { rule: unknown; onChange: (rule: Rule | undefined) => void }) {
  const [state, setState] = useState(() => fromRule(rule as Rule | undefined));
  return (
    <RuleBuilder
      state={state}
      onChange={(next) => {
        setState(next);
        onChange(toRule(next));
      }}
    />
  );
}

interface Happening {
  event?: string;
  where?: readonly unknown[];
  match?: { property: string; entry: string }[];
  rule?: unknown;
}

/** What is waited for, or lets out: an event, or something that becomes true. */
export function HappeningField<T extends Happening>({ node, onChange, testId }: { node: T; onChange: (node: T) => void; testId: string }) {
  const { t } = useTranslation();
  const [by, setBy] = useState<'event' | 'rule'>(node.rule === undefined ? 'event' : 'rule');
  const { event: _e, where: _w, match, rule: _r, ...bare } = node;
  const turned = (change: Happening) => onChange({ ...bare, ...change } as T);
  const match1 = match?.[0];
  return (
    <>
      <Form.Item>
        <Segmented
          value={by}
          onChange={(next) => {
            setBy(next as 'event' | 'rule');
            turned({});
          }}
          options={[
            { value: 'event', label: t('journey.byEvent') },
            { value: 'rule', label: t('journey.byRule') },
          ]}
          data-testid="happening-by"
        />
      </Form.Item>
      {by === 'event' ? (
        <>
          <EventField value={node} onChange={(value) => turned({ ...value, ...(match ? { match } : {}) })} testId={testId} />
          <Form.Item label={t('journey.match')} extra={t('journey.matchHint')} style={{ marginTop: 16 }}>
            <Input
              value={match1?.property}
              placeholder="cart_id"
              style={{ width: 180 }}
              onChange={({ target: { value } }) =>
                turned({
                  ...(node.event ? { event: node.event } : {}),
                  ...(node.where ? { where: node.where } : {}),
                  ...(value ? { match: [{ property: value, entry: value }] } : {}),
                })
              }
            />
          </Form.Item>
        </>
      ) : (
        <RuleField rule={node.rule} onChange={(rule) => turned(rule === undefined ? {} : { rule })} />
      )}
    </>
  );
}
