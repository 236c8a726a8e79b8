import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Card, Input, InputNumber, Select, Switch, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Kind } from '../../api/explore.ts';
import { SpanInput } from '../../rules/window-input.tsx';
import { EventPicker, FieldPicker, useEventFields } from '../../ui/pickers.tsx';
import { FunnelBuilder } from '../funnel-builder.tsx';
import type { BuilderProps } from './builder-props.ts';
import { FunnelMore } from './funnel-more.tsx';
import { BreakdownPicker, DonePicker, IntervalPicker } from './parts.tsx';
import { RetentionBuilder } from './retention-builder.tsx';
import { type Breakdown, type Line, type Measure, needsProperty } from './state.ts';

const soft = (text: string) => <span className="soft small">{text}</span>;

/** The question while it is being put together; it is asked as soon as there is enough. */
export function Builder({ kind, state, set }: BuilderProps & { kind: Kind }) {
  const { t } = useTranslation();
  const breakdown = (event: string | undefined) => (
    <BreakdownPicker value={state.breakdown} event={event} onChange={(to: Breakdown | undefined) => set({ breakdown: to })} />
  );
  if (kind === 'funnel')
    return (
      <FunnelBuilder
        state={{ steps: state.steps ?? [{}, {}], ...(state.within ? { within: state.within } : {}) }}
        onChange={({ steps, within }) => set({ steps, within })}
      >
        <FunnelMore state={state} set={set} />
        {breakdown(state.steps?.[0]?.event)}
      </FunnelBuilder>
    );
  return (
    <Card size="small" data-testid={kind === 'retention' ? 'retention-builder' : `${kind}-builder`}>
      <div className="row wrap" style={{ gap: 10 }}>
        {kind === 'retention' && <RetentionBuilder state={state} set={set} />}
        {kind === 'trend' && <TrendLines state={state} set={set} />}
        {kind === 'paths' && <PathsBuilder state={state} set={set} />}
        {kind === 'distribution' && <DistributionBuilder state={state} set={set} />}
        {(kind === 'stickiness' || kind === 'lifecycle') && (
          <>
            {soft(t('insight.explore.done'))}
            <DonePicker value={state.done ?? {}} onChange={(done) => set({ done })} testId="done" />
          </>
        )}
        {kind === 'worth' && (
          <>
            {soft(t('insight.explore.cameBy'))}
            <DonePicker value={state.first ?? {}} onChange={(first) => set({ first })} testId="first" />
            <IntervalPicker value={state.period} onChange={(period) => set({ period })} choices={['week', 'month']} />
            <InputNumber
              min={1}
              max={60}
              precision={0}
              value={state.count}
              onChange={(count) => count && set({ count })}
              style={{ width: 70 }}
            />
          </>
        )}
        {(kind === 'trend' || kind === 'stickiness' || kind === 'lifecycle') && (
          <IntervalPicker
            value={state.interval}
            onChange={(interval) => set({ interval })}
            choices={kind === 'trend' ? ['hour', 'day', 'week', 'month'] : ['day', 'week', 'month']}
          />
        )}
        {kind !== 'paths' && kind !== 'lifecycle' && breakdown(state.done?.event ?? state.series?.[0]?.event ?? state.first?.event)}
      </div>
    </Card>
  );
}

function TrendLines({ state, set }: BuilderProps) {
  const { t } = useTranslation();
  const series = state.series ?? [];
  const change = (at: number, to: Partial<Line>) => set({ series: series.map((one, i) => (i === at ? { ...one, ...to } : one)) });
  return (
    <div className="stack tight" style={{ width: '100%' }}>
      {series.map((line, index) => (
        <div key={index} className="row wrap" style={{ gap: 6 }}>
          <Tag style={{ marginInlineEnd: 0 }}>{String.fromCharCode(65 + index)}</Tag>
          <DonePicker value={line} onChange={(done) => change(index, done)} testId={`line-${index + 1}`} />
          <Select
            value={line.measure ?? 'events'}
            style={{ width: 110 }}
            onChange={(measure: Measure) => change(index, { measure })}
            options={(['events', 'people', 'sum', 'average'] as const).map((one) => ({
              value: one,
              label: t(`insight.explore.measure.${one}`),
            }))}
          />
          {needsProperty(line.measure) && (
            <PropertyOf event={line.event} value={line.property} onChange={(property) => change(index, { property })} />
          )}
          {series.length > 1 && (
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={t('rule.removeIt')}
              onClick={() => set({ series: series.filter((_, i) => i !== index) })}
            />
          )}
        </div>
      ))}
      <div>
        <Button size="small" icon={<PlusOutlined />} disabled={series.length >= 8} onClick={() => set({ series: [...series, {}] })}>
          {t('insight.explore.addLine')}
        </Button>
      </div>
    </div>
  );
}

function PropertyOf({ event, value, onChange }: { event: string | undefined; value: string | undefined; onChange: (to: string) => void }) {
  const { t } = useTranslation();
  return <FieldPicker value={value} fields={useEventFields(event)} placeholder={t('rule.chooseProperty')} onChange={onChange} />;
}

function DistributionBuilder({ state, set }: BuilderProps) {
  const { t } = useTranslation();
  return (
    <>
      <DonePicker value={state.done ?? {}} onChange={(done) => set({ done })} testId="done" />
      <Select
        value={state.of ?? 'events'}
        style={{ width: 170 }}
        onChange={(of) => set({ of })}
        popupMatchSelectWidth={false}
        options={(['events', 'days', 'sum', 'average', 'values'] as const).map((one) => ({
          value: one,
          label: t(`insight.explore.of.${one}`),
        }))}
        data-testid="of"
      />
      {state.of && state.of !== 'events' && state.of !== 'days' && (
        <PropertyOf event={state.done?.event} value={state.property} onChange={(property) => set({ property })} />
      )}
    </>
  );
}

function PathsBuilder({ state, set }: BuilderProps) {
  const { t } = useTranslation();
  const clean = state.clean ?? [];
  return (
    <div className="stack tight" style={{ width: '100%' }}>
      <div className="row wrap" style={{ gap: 8 }}>
        {soft(t('insight.explore.start'))}
        <EventPicker value={state.start} onChange={(start) => set({ start })} testId="path-start" width={180} />
        {soft(t('insight.explore.end'))}
        <EventPicker value={state.end} onChange={(end) => set({ end })} testId="path-end" width={180} />
        {soft(t('insight.explore.pathSteps'))}
        <InputNumber
          min={2}
          max={20}
          precision={0}
          value={state.pathSteps}
          onChange={(pathSteps) => pathSteps && set({ pathSteps })}
          style={{ width: 64 }}
        />
        {soft(t('insight.explore.gap'))}
        <SpanInput value={state.gap} onChange={(gap) => set({ gap })} />
      </div>
      <div className="row wrap" style={{ gap: 8 }}>
        {soft(t('insight.explore.leaveOut'))}
        <Select
          mode="tags"
          value={state.leaveOut ?? []}
          onChange={(leaveOut: string[]) => set({ leaveOut: leaveOut.slice(0, 50) })}
          style={{ minWidth: 180 }}
          placeholder={t('rule.chooseEvent')}
        />
        {soft(t('insight.explore.by'))}
        <Input value={state.by} onChange={({ target }) => set({ by: target.value })} placeholder="url" style={{ width: 120 }} allowClear />
        {soft(t('insight.explore.repeats'))}
        <Switch size="small" checked={Boolean(state.repeats)} onChange={(repeats) => set({ repeats })} />
        {clean.map((one, at) => (
          <span key={at} className="row" style={{ gap: 4 }}>
            <Input
              value={one.prefix}
              placeholder={t('insight.explore.prefix')}
              onChange={({ target }) => set({ clean: clean.map((c, i) => (i === at ? { ...c, prefix: target.value } : c)) })}
              style={{ width: 110 }}
            />
            →
            <Input
              value={one.as}
              placeholder={t('insight.explore.as')}
              onChange={({ target }) => set({ clean: clean.map((c, i) => (i === at ? { ...c, as: target.value } : c)) })}
              style={{ width: 90 }}
            />
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={t('rule.removeIt')}
              onClick={() => set({ clean: clean.filter((_, i) => i !== at) })}
            />
          </span>
        ))}
        <Button size="small" icon={<PlusOutlined />} onClick={() => set({ clean: [...clean, { prefix: '', as: '' }] })}>
          {t('insight.explore.clean')}
        </Button>
      </div>
    </div>
  );
}
