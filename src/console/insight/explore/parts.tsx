import { Button, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { WhereEditor } from '../../rules/where-editor.tsx';
import { useLabels } from '../../ui/labels.tsx';
import { EventPicker, FieldPicker, useEventFields } from '../../ui/pickers.tsx';
import type { Breakdown, Done, Interval } from './state.ts';

/** An event, or anything that people do, with conditions. */
export function DonePicker({
  value,
  onChange,
  testId,
  any = true,
}: {
  value: Done;
  onChange: (done: Done) => void;
  testId?: string;
  any?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <>
      <EventPicker
        value={value.event === '*' ? t('event.any') : value.event}
        onChange={(event) => onChange({ ...value, event, where: [] })}
        testId={testId}
      />
      {any && value.event !== '*' && (
        <Button type="text" size="small" onClick={() => onChange({ ...value, event: '*', where: [] })}>
          {t('event.any')}
        </Button>
      )}
      {value.event && value.event !== '*' && (
        <WhereEditor event={value.event} where={value.where ?? []} onChange={(where) => onChange({ ...value, where })} />
      )}
    </>
  );
}

export function IntervalPicker({
  value,
  onChange,
  choices = ['day', 'week', 'month'],
}: {
  value: Interval | undefined;
  onChange: (to: Interval) => void;
  choices?: Interval[];
}) {
  const { t } = useTranslation();
  return (
    <Segmented
      value={value ?? 'day'}
      onChange={(to) => onChange(to as Interval)}
      options={choices.map((one) => ({ value: one, label: t(`insight.explore.interval.${one}`) }))}
      data-testid="interval"
    />
  );
}

type Kind = 'none' | 'carrier' | 'level' | 'tags' | 'property';

export function BreakdownPicker({
  value,
  onChange,
  event,
}: {
  value: Breakdown | undefined;
  onChange: (to: Breakdown | undefined) => void;
  event: string | undefined;
}) {
  const { t } = useTranslation();
  const { definitions, named } = useLabels();
  const fields = useEventFields(event);
  const kind: Kind = !value ? 'none' : 'by' in value ? value.by : 'tags' in value ? 'tags' : 'property';
  const choose = (next: Kind) =>
    onChange(next === 'none' ? undefined : next === 'property' ? { property: '' } : next === 'tags' ? { tags: [] } : { by: next });
  return (
    <>
      <span className="soft small">{t('insight.funnel.breakdown')}</span>
      <Select
        value={kind}
        style={{ width: 140 }}
        onChange={choose}
        popupMatchSelectWidth={false}
        options={[
          { value: 'none', label: t('insight.funnel.noBreakdown') },
          { value: 'carrier', label: t('insight.funnel.byCarrier') },
          { value: 'level', label: t('insight.funnel.byLevel') },
          { value: 'tags', label: t('insight.explore.byTags') },
          { value: 'property', label: t('insight.explore.byProperty') },
        ]}
        data-testid="breakdown"
      />
      {value && 'property' in value && (
        <FieldPicker
          value={value.property}
          fields={fields}
          placeholder={t('rule.chooseProperty')}
          onChange={(property) => onChange({ property })}
        />
      )}
      {value && 'tags' in value && (
        <Select
          mode="multiple"
          value={value.tags}
          onChange={(tags: string[]) => onChange({ tags: tags.slice(0, 20) })}
          style={{ minWidth: 200, maxWidth: '100%' }}
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('people.chooseTag')}
          options={definitions.tags.map((tag) => ({ value: tag.key, label: named(tag.name, tag.key) }))}
        />
      )}
    </>
  );
}

/** How a value of the breakdown is called. */
export function useValueName(breakdown: Breakdown | undefined): (value: string | null | undefined) => string {
  const { t } = useTranslation();
  const { label } = useLabels();
  return (value) => {
    if (value === undefined) return t('common.all');
    if (value === null || value === '') return t('insight.funnel.missingValue');
    if (breakdown && 'tags' in breakdown) return label('tags', value);
    if (breakdown && 'by' in breakdown) return breakdown.by === 'level' ? label('levels', value) : t(`common.carrier.${value}`, value);
    return value;
  };
}
