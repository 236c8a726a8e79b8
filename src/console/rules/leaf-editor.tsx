import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Op } from '../api/rule.ts';
import { useLabels } from '../ui/labels.tsx';
import { AudiencePicker, FieldPicker, useTraits } from '../ui/pickers.tsx';
import { EventEditor, SequenceEditor } from './event-editor.tsx';
import { type ChoiceState, hasValue, type LeafState, type TagState, type TraitState } from './state.ts';
import { OpPicker, sortOf, ValueInput } from './value-input.tsx';

function TraitEditor({ state, onChange }: { state: TraitState; onChange: (state: TraitState) => void }) {
  const { t } = useTranslation();
  const { data } = useTraits();
  const fields = data?.items ?? [];
  const field = fields.find((one) => one.name === state.key);
  return (
    <div className="row wrap" style={{ gap: 6 }}>
      <FieldPicker
        value={state.key}
        fields={fields}
        status={state.key ? '' : 'error'}
        placeholder={t('rule.chooseTrait')}
        onChange={(key) => onChange({ ...state, key, value: undefined })}
      />
      <OpPicker
        value={state.op}
        sort={sortOf(field)}
        onChange={(op) =>
          onChange({ ...state, op, value: Array.isArray(state.value) === (op === 'in' || op === 'not in') ? state.value : undefined })
        }
      />
      <ValueInput
        op={state.op}
        value={state.value}
        field={field}
        error={Boolean(state.key) && !hasValue(state.op, state.value)}
        onChange={(value) => onChange({ ...state, value })}
      />
    </div>
  );
}

function TagEditor({ state, onChange }: { state: TagState; onChange: (state: TagState) => void }) {
  const { t } = useTranslation();
  const { options } = useLabels();
  const ops: Op[] = ['exists', 'not exists', '=', '!=', 'in', 'not in', 'contains'];
  return (
    <div className="row wrap" style={{ gap: 6 }}>
      <Select
        value={state.key}
        status={state.key ? undefined : 'error'}
        style={{ width: 200 }}
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('rule.chooseTag')}
        options={options('tags')}
        onChange={(key) => onChange({ ...state, key })}
        data-testid="tag-picker"
      />
      <OpPicker
        holding
        value={state.op ?? 'exists'}
        ops={ops}
        onChange={(op) => onChange({ ...state, op: op === 'exists' ? undefined : op, value: undefined })}
      />
      <ValueInput
        op={state.op}
        value={state.value}
        error={!hasValue(state.op, state.value)}
        onChange={(value) => onChange({ ...state, value })}
      />
    </div>
  );
}

function ChoiceEditor({ state, onChange }: { state: ChoiceState; onChange: (state: ChoiceState) => void }) {
  const { t } = useTranslation();
  const { options } = useLabels();
  if (state.kind === 'audience')
    return <AudiencePicker value={state.key} status={state.key ? '' : 'error'} onChange={(key) => onChange({ ...state, key })} />;
  return (
    <Select
      value={state.key}
      status={state.key ? undefined : 'error'}
      style={{ width: 180 }}
      placeholder={t('rule.chooseOne')}
      options={options(`${state.kind}s`)}
      onChange={(key) => onChange({ ...state, key })}
      data-testid={`${state.kind}-picker`}
    />
  );
}

export function LeafEditor({ state, onChange }: { state: LeafState; onChange: (state: LeafState) => void }) {
  switch (state.kind) {
    case 'event':
      return <EventEditor state={state} onChange={onChange} />;
    case 'sequence':
      return <SequenceEditor state={state} onChange={onChange} />;
    case 'trait':
      return <TraitEditor state={state} onChange={onChange} />;
    case 'tag':
      return <TagEditor state={state} onChange={onChange} />;
    default:
      return <ChoiceEditor state={state} onChange={onChange} />;
  }
}
