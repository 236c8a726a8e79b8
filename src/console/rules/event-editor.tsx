import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, InputNumber, Select, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/format.ts';
import { EventPicker, FieldPicker, useEventFields } from '../ui/pickers.tsx';
import { type EventState, freshId, type Measure, type SequenceState } from './state.ts';
import { COMPARE_OPS, OpPicker } from './value-input.tsx';
import { WhereEditor } from './where-editor.tsx';
import { SpanInput, WindowInput } from './window-input.tsx';

type MeasureKind = Measure['kind'];
const KINDS: MeasureKind[] = ['count', 'sum', 'avg', 'min', 'max', 'distinct', 'first', 'last'];

function startMeasure(kind: MeasureKind): Measure {
  if (kind === 'first' || kind === 'last') return { kind, window: { days: 30 } };
  return kind === 'count' ? { kind, op: '>=', value: 1 } : { kind, op: '>=' };
}

function MeasureEditor({
  event,
  measure,
  onChange,
}: {
  event?: string;
  measure: Measure | undefined;
  onChange: (measure: Measure) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const fields = useEventFields(event);
  const now: Measure = measure ?? { kind: 'count', op: '>=', value: 1 };
  const numeric = fields.filter((field) => field.types.some((type) => /int|float|number/i.test(type)));
  const fen =
    now.kind !== 'count' && now.kind !== 'first' && now.kind !== 'last' && now.kind !== 'distinct' && now.property?.endsWith('_fen');
  return (
    <span className="row wrap" style={{ gap: 6 }}>
      <Select
        value={now.kind}
        style={{ width: 116 }}
        popupMatchSelectWidth={false}
        onChange={(kind: MeasureKind) => onChange(startMeasure(kind))}
        options={KINDS.map((kind) => ({ value: kind, label: t(`rule.measure.${kind}`) }))}
        data-testid="measure-kind"
      />
      {now.kind === 'first' || now.kind === 'last' ? (
        <WindowInput
          value={now.window}
          kinds={['days', 'hours', 'minutes', 'between', 'olderThan']}
          onChange={(window) => onChange({ ...now, window })}
        />
      ) : (
        <>
          {now.kind !== 'count' && (
            <FieldPicker
              value={now.property}
              fields={now.kind === 'distinct' || !numeric.length ? fields : numeric}
              status={now.property ? '' : 'error'}
              placeholder={t('rule.chooseProperty')}
              onChange={(property) => onChange({ ...now, property })}
            />
          )}
          <OpPicker value={now.op} ops={COMPARE_OPS} onChange={(op) => onChange({ ...now, op })} />
          {fen ? (
            // Money is held in fen; people think in yuan.
            <InputNumber
              prefix="¥"
              value={now.value === undefined ? null : now.value / 100}
              precision={2}
              style={{ width: 130 }}
              onChange={(n) => onChange({ ...now, value: n === null ? undefined : Math.round(n * 100) })}
            />
          ) : (
            <InputNumber
              value={now.value ?? null}
              status={now.value === undefined ? 'error' : undefined}
              onChange={(n) => onChange({ ...now, value: n ?? undefined })}
              style={{ width: 100 }}
              suffix={now.kind === 'count' ? <span className="soft small">{t('common.times')}</span> : undefined}
              formatter={(n) => (n === undefined ? '' : format.number(Number(n), 2).replace(/[^\d.-]/g, ''))}
            />
          )}
        </>
      )}
    </span>
  );
}

export function EventEditor({ state, onChange }: { state: EventState; onChange: (state: EventState) => void }) {
  return (
    <div className="stack tight">
      <div className="row wrap" style={{ gap: 6 }}>
        <WindowInput value={state.within} onChange={(within) => onChange({ ...state, within })} />
        <EventPicker value={state.event} status={state.event ? '' : 'error'} onChange={(event) => onChange({ ...state, event })} />
        <MeasureEditor event={state.event} measure={state.measure} onChange={(measure) => onChange({ ...state, measure })} />
      </div>
      <WhereEditor event={state.event} where={state.where} onChange={(where) => onChange({ ...state, where })} />
    </div>
  );
}

export function SequenceEditor({ state, onChange }: { state: SequenceState; onChange: (state: SequenceState) => void }) {
  const { t } = useTranslation();
  const steps = state.steps;
  return (
    <div className="stack tight">
      {steps.map((step, index) => (
        <div key={step.id} className="stack tight">
          <div className="row wrap" style={{ gap: 6 }}>
            <Tag style={{ marginInlineEnd: 0 }}>{t('rule.step', { n: index + 1 })}</Tag>
            <EventPicker
              value={step.event}
              status={step.event ? '' : 'error'}
              onChange={(event) => onChange({ ...state, steps: steps.map((one) => (one.id === step.id ? { ...one, event } : one)) })}
            />
            {steps.length > 2 && (
              <Button
                type="text"
                size="small"
                icon={<CloseOutlined />}
                aria-label={t('rule.removeIt')}
                onClick={() => onChange({ ...state, steps: steps.filter((one) => one.id !== step.id) })}
              />
            )}
          </div>
          <WhereEditor
            event={step.event}
            where={step.where}
            onChange={(where) => onChange({ ...state, steps: steps.map((one) => (one.id === step.id ? { ...one, where } : one)) })}
          />
        </div>
      ))}
      <div className="row wrap" style={{ gap: 6 }}>
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() => onChange({ ...state, steps: [...steps, { id: freshId(), where: [] }] })}
        >
          {t('rule.addStep')}
        </Button>
        <span className="soft small">{t('rule.withinSpan')}</span>
        <SpanInput value={state.within} onChange={(within) => onChange({ ...state, within })} />
        <span className="soft small">{t('rule.during')}</span>
        <WindowInput value={state.during} onChange={(during) => onChange({ ...state, during })} />
      </div>
    </div>
  );
}
