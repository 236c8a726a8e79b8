import { DatePicker, Form, Input, InputNumber, Segmented, Select, Switch } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NodeOf } from '../api/journeys.ts';
import { AudiencePicker, FieldPicker, useTraits } from '../ui/pickers.tsx';
import { EntryForecast } from './forecast.tsx';
import { EventField, RuleField } from './happening-field.tsx';
import { TouchpointPicker } from './pickers.tsx';
import { TRIGGERS, type Trigger, triggerOf } from './words.ts';

type Entry = NodeOf<'entry'>;
interface Props {
  node: Entry;
  onChange: (node: Entry) => void;
}

/** What stays when it begins with something else. */
const bareOf = ({ id, type, name, reentry, most, over }: Entry): Entry => ({
  ...{ id, type },
  ...(name ? { name } : {}),
  ...(reentry ? { reentry } : {}),
  ...(most ? { most } : {}),
  ...(over ? { over } : {}),
});
const FRESH: Record<Trigger, Partial<Entry>> = {
  event: {},
  audience: {},
  touchpoint: {},
  date: { date: { trait: 'birthday', days: 0, at: '10:00', yearly: true } },
  schedule: { schedule: { cron: '0 10 * * 1' } },
  api: { api: true },
};

function DateFields({ node, onChange }: Props) {
  const { t } = useTranslation();
  const { data } = useTraits();
  const date = node.date ?? { trait: '' };
  const set = (change: Partial<typeof date>) => onChange({ ...node, date: { ...date, ...change } });
  return (
    <>
      <Form.Item label={t('journey.dateTrait')}>
        <FieldPicker
          value={date.trait}
          onChange={(trait) => set({ trait })}
          status={date.trait ? '' : 'error'}
          fields={(data?.items ?? []).map(({ name, types, examples }) => ({ name, types, examples }))}
          placeholder="birthday"
          width="100%"
        />
      </Form.Item>
      <Form.Item label={t('journey.dateDays')} extra={t('journey.dateDaysHint')}>
        <div className="row wrap">
          <InputNumber
            min={-366}
            max={366}
            precision={0}
            value={date.days ?? 0}
            onChange={(days) => set({ days: days ?? 0 })}
            suffix={t('common.days')}
          />
          <Input type="time" value={date.at ?? '10:00'} onChange={(event) => set({ at: event.target.value })} style={{ width: 110 }} />
          <span className="row">
            <Switch checked={date.yearly ?? false} onChange={(yearly) => set({ yearly })} /> {t('journey.yearly')}
          </span>
        </div>
      </Form.Item>
    </>
  );
}

function ScheduleFields({ node, onChange }: Props) {
  const { t } = useTranslation();
  const schedule = node.schedule ?? {};
  const once = schedule.at !== undefined;
  return (
    <>
      <Form.Item>
        <Segmented
          value={once ? 'once' : 'cron'}
          onChange={(next) =>
            onChange({
              ...node,
              schedule: next === 'once' ? { at: dayjs().add(1, 'day').startOf('hour').toISOString() } : { cron: '0 10 * * 1' },
            })
          }
          options={[
            { value: 'cron', label: t('journey.scheduleAgain') },
            { value: 'once', label: t('journey.scheduleOnce') },
          ]}
        />
      </Form.Item>
      {once ? (
        <Form.Item>
          <DatePicker
            showTime
            value={dayjs(schedule.at)}
            onChange={(at) => at && onChange({ ...node, schedule: { at: at.toISOString() } })}
            allowClear={false}
          />
        </Form.Item>
      ) : (
        <Form.Item extra={t('journey.cronHint')}>
          <Input
            className="mono"
            value={schedule.cron}
            onChange={(event) => onChange({ ...node, schedule: { cron: event.target.value } })}
          />
        </Form.Item>
      )}
      <Form.Item label={t('journey.scheduleFor')}>
        <AudiencePicker value={node.audience} onChange={(audience) => onChange({ ...node, audience })} width="100%" />
      </Form.Item>
    </>
  );
}

/** What begins the journey, how often a person may come, and how many would. */
export function EntryForm({ node, onChange }: Props) {
  const { t } = useTranslation();
  const [by, setBy] = useState<Trigger>(() => triggerOf(node));
  const bare = bareOf(node);
  const again = typeof node.reentry === 'object' ? 'after' : (node.reentry ?? 'never');
  return (
    <>
      <Form.Item label={t('journey.entryBy')}>
        <Select<Trigger>
          value={by}
          onChange={(next) => {
            setBy(next);
            onChange({ ...bare, ...FRESH[next] });
          }}
          options={TRIGGERS.map((one) => ({ value: one, label: t(`journey.trigger.${one}`) }))}
          data-testid="entry-by"
        />
      </Form.Item>
      <div style={{ marginBottom: 16 }}>
        {by === 'event' && <EventField value={node} onChange={(value) => onChange({ ...bare, ...value })} testId="entry-event" />}
        {by === 'audience' && (
          <div className="stack tight">
            <AudiencePicker
              value={node.audience}
              status={node.audience ? '' : 'error'}
              onChange={(audience) => onChange({ ...bare, audience, ...(node.on ? { on: node.on } : {}) })}
              width="100%"
            />
            <Segmented
              value={node.on ?? 'enter'}
              onChange={(on) => onChange({ ...node, on: on as 'enter' | 'exit' })}
              options={[
                { value: 'enter', label: t('journey.onEnter') },
                { value: 'exit', label: t('journey.onExit') },
              ]}
            />
          </div>
        )}
        {by === 'touchpoint' && (
          <TouchpointPicker
            value={node.touchpoint}
            onChange={(touchpoint) => onChange({ ...bare, touchpoint })}
            placeholder={t('journey.chooseTouchpoint')}
          />
        )}
        {by === 'date' && <DateFields node={node} onChange={onChange} />}
        {by === 'schedule' && <ScheduleFields node={node} onChange={onChange} />}
        {by === 'api' && <span className="soft small">{t('journey.apiHint')}</span>}
      </div>
      {(by === 'date' || by === 'schedule') && (
        <Form.Item label={t('journey.onlyWho')}>
          <RuleField rule={node.rule} onChange={(rule) => onChange({ ...node, rule })} />
        </Form.Item>
      )}
      <EntryForecast node={node} />
      <Form.Item label={t('journey.reentry')}>
        <div className="row wrap">
          <Select
            value={again}
            onChange={(next) => onChange({ ...node, reentry: next === 'after' ? { afterDays: 30 } : (next as 'never' | 'always') })}
            options={(['never', 'after', 'always'] as const).map((one) => ({ value: one, label: t(`journey.again.${one}`) }))}
            data-testid="reentry"
          />
          {typeof node.reentry === 'object' && (
            <InputNumber
              min={0}
              max={3650}
              precision={0}
              value={node.reentry.afterDays}
              suffix={t('common.days')}
              onChange={(days) => days !== null && onChange({ ...node, reentry: { afterDays: days } })}
            />
          )}
        </div>
      </Form.Item>
      {again !== 'never' && (
        <Form.Item label={t('journey.most')}>
          <div className="row wrap">
            <InputNumber
              min={1}
              max={100}
              precision={0}
              value={node.most ?? 1}
              onChange={(most) => onChange({ ...node, most: most ?? 1 })}
            />
            <Segmented
              value={node.over ?? 'refuse'}
              onChange={(over) => onChange({ ...node, over: over as 'refuse' | 'replace' })}
              options={(['refuse', 'replace'] as const).map((one) => ({ value: one, label: t(`journey.over.${one}`) }))}
            />
          </div>
        </Form.Item>
      )}
      {by === 'event' && (
        <Form.Item label={t('journey.key')} extra={t('journey.keyHint')}>
          <Input
            value={node.key}
            placeholder="cart_id"
            style={{ width: 180 }}
            onChange={({ target: { value } }) => onChange(keyed(node, value))}
          />
        </Form.Item>
      )}
    </>
  );
}

const keyed = ({ key: _, ...node }: Entry, key: string): Entry => ({ ...node, ...(key ? { key } : {}) });
