import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Drawer, Input, InputNumber, Select, Space } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type PoolMetric, position, type Statement } from '../api/position.ts';
import { useFormat } from '../ui/format.ts';
import { useDraft, usePhone } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { usePositionWords } from './position-words.ts';

const CARRIERS = ['official_account', 'wecom', 'group', 'mini_program', 'app', 'web', 'store'];
type Choice = { metric: string; carrier?: Statement['northStar']['carrier'] };

interface EditProps {
  stated: { statement: Statement; version: number; metrics: PoolMetric[] };
  onClose: () => void;
}

export function PositionEdit({ stated, onClose }: EditProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const client = useQueryClient();
  const say = useSay();
  const { options } = useLabels();
  const { nameOf } = usePositionWords();
  const draft = useDraft<Statement>('position', stated.statement);
  const [error, setError] = useState<unknown>();
  const [saving, setSaving] = useState(false);
  const { value } = draft;
  const set = (change: Partial<Statement>) => draft.change({ ...value, ...change });
  const unitOf = (metric: string) => stated.metrics.find((m) => m.key === metric)?.unit;
  /** Shares are typed as percentages, money in whole units. */
  const scale = (metric: string) => (unitOf(metric) === 'share' ? 100 : unitOf(metric) === 'fen' ? 0.01 : 1);
  const save = async () => {
    setSaving(true);
    setError(undefined);
    try {
      const saved = await position.put(value);
      draft.clear(saved.statement);
      await client.invalidateQueries({ queryKey: ['position'] });
      say.saved();
      onClose();
    } catch (failed) {
      setError(failed);
    } finally {
      setSaving(false);
    }
  };
  const metricPicker = (choice: Choice, onChange: (next: Choice) => void) => (
    <>
      <Select
        value={choice.metric}
        style={{ minWidth: 170 }}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(metric) => onChange({ metric })}
        options={stated.metrics.map((m) => ({ value: m.key, label: nameOf(m.key) }))}
      />
      {stated.metrics.find((m) => m.key === choice.metric)?.byCarrier && (
        <Select
          value={choice.carrier ?? 'all'}
          style={{ minWidth: 110 }}
          aria-label={t('position.carrier')}
          onChange={(carrier) =>
            onChange({ metric: choice.metric, ...(carrier === 'all' ? {} : { carrier: carrier as Choice['carrier'] }) })
          }
          options={[
            { value: 'all', label: t('position.carrierAll') },
            ...CARRIERS.map((one) => ({ value: one, label: t(`common.carrier.${one}`, one) })),
          ]}
        />
      )}
    </>
  );
  const amount = (metric: string, shown: number, onChange: (next: number) => void) => (
    <InputNumber
      style={{ width: 130 }}
      value={Math.round(shown * scale(metric) * 10_000) / 10_000}
      suffix={unitOf(metric) === 'share' ? '%' : undefined}
      onChange={(next) => next !== null && onChange(next / scale(metric))}
    />
  );
  const today = format.zoned().format('YYYY-MM-DD');
  const row = { padding: '8px 0', borderBottom: '1px solid var(--line)' } as const;
  return (
    <Drawer
      open
      onClose={onClose}
      size={phone ? '100%' : 720}
      title={t('position.edit')}
      extra={
        <Button type="primary" loading={saving} onClick={() => void save()} data-testid="save-position">
          {t('common.save')}
        </Button>
      }
    >
      <div className="stack">
        <ProblemView error={error} />
        <div className="stack tight">
          <span className="soft small">{t('position.name')}</span>
          <Input value={value.name} maxLength={100} onChange={(event) => set({ name: event.target.value })} data-testid="pool-name" />
        </div>
        <div className="stack tight">
          <span className="soft small">{t('position.need')}</span>
          <Input.TextArea
            value={value.need}
            rows={2}
            maxLength={1000}
            placeholder={t('position.needExample')}
            onChange={(event) => set({ need: event.target.value })}
            data-testid="pool-need-input"
          />
        </div>
        <div className="row wrap">
          <span className="soft small">{t('position.northStar')}</span>
          {metricPicker(value.northStar, (northStar) => set({ northStar }))}
          <span className="soft small">{t('position.fanLevel')}</span>
          <Select value={value.fanLevel} style={{ minWidth: 120 }} onChange={(fanLevel) => set({ fanLevel })} options={options('levels')} />
          <span className="soft small">{t('position.followDays')}</span>
          <InputNumber min={1} max={90} precision={0} value={value.followDays} onChange={(next) => next && set({ followDays: next })} />
        </div>
        <b>{t('position.targets')}</b>
        <span className="soft small">
          {t('position.percentHint')} · {t('position.moneyHint')}
        </span>
        {value.targets.map((target, at) => {
          const change = (next: Partial<typeof target>) =>
            set({ targets: value.targets.map((one, i) => (i === at ? { ...one, ...next } : one)) });
          return (
            <Space key={at} wrap style={row}>
              {metricPicker(target, ({ metric, carrier }) => {
                const { carrier: _, ...rest } = target;
                set({
                  targets: value.targets.map((one, i) =>
                    i === at ? { ...rest, metric, ...(carrier === undefined ? {} : { carrier }) } : one,
                  ),
                });
              })}
              {amount(target.metric, target.value, (next) => change({ value: next }))}
              <Select
                value={target.term}
                onChange={(term) => change({ term })}
                options={(['short', 'long'] as const).map((one) => ({ value: one, label: t(`position.${one}`) }))}
              />
              <DatePicker.RangePicker
                value={[dayjs(target.from), dayjs(target.by)]}
                allowClear={false}
                onChange={(range) =>
                  range?.[0] && range[1] && change({ from: range[0].format('YYYY-MM-DD'), by: range[1].format('YYYY-MM-DD') })
                }
              />
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('common.delete')}
                onClick={() => set({ targets: value.targets.filter((_, i) => i !== at) })}
              />
            </Space>
          );
        })}
        <Button
          icon={<PlusOutlined />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() =>
            set({
              targets: [
                ...value.targets,
                {
                  ...value.northStar,
                  term: value.targets.length ? 'long' : 'short',
                  from: today,
                  by: dayjs(today)
                    .add(value.targets.length ? 365 : 90, 'day')
                    .format('YYYY-MM-DD'),
                  value: 100,
                },
              ],
            })
          }
          data-testid="add-target"
        >
          {t('position.addTarget')}
        </Button>
        <b>{t('position.guards')}</b>
        {value.guards.map((guard, at) => {
          const change = (next: Partial<typeof guard>) =>
            set({ guards: value.guards.map((one, i) => (i === at ? { ...one, ...next } : one)) });
          return (
            <Space key={at} wrap style={row}>
              {metricPicker(guard, ({ metric, carrier }) => {
                const { carrier: _, ...rest } = guard;
                set({
                  guards: value.guards.map((one, i) =>
                    i === at ? { ...rest, metric, ...(carrier === undefined ? {} : { carrier }) } : one,
                  ),
                });
              })}
              <Select
                value={guard.op}
                onChange={(op) => change({ op })}
                options={[
                  { value: '<=', label: '≤' },
                  { value: '>=', label: '≥' },
                ]}
              />
              {amount(guard.metric, guard.limit, (limit) => change({ limit }))}
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('common.delete')}
                onClick={() => set({ guards: value.guards.filter((_, i) => i !== at) })}
              />
            </Space>
          );
        })}
        <Button
          icon={<PlusOutlined />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => set({ guards: [...value.guards, { metric: 'reach.removed', op: '<=', limit: 0.05 }] })}
          data-testid="add-guard"
        >
          {t('position.addGuard')}
        </Button>
      </div>
    </Drawer>
  );
}
