import { DeleteOutlined } from '@ant-design/icons';
import { Button, DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { Code } from '../api/touchpoints.ts';
import { Hint } from '../ui/page.tsx';

type Names = { value: number; label: string }[];
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** Who is on duty when: special dates, hours of the week, all other times. */
export function ScheduleEditor({ code, names, onChange }: { code: Code; names: Names; onChange: (change: Partial<Code>) => void }) {
  const { t } = useTranslation();
  const targets = (value: number[], change: (next: number[]) => void) => (
    <Select
      mode="multiple"
      value={value}
      onChange={change}
      options={names}
      style={{ minWidth: 160, flex: 1 }}
      placeholder={t('touchpoint.live.targets')}
    />
  );
  const hours = (slot: { from: string; to: string }, change: (next: { from?: string; to?: string }) => void) => (
    <span className="row" style={{ gap: 4 }}>
      <Input
        value={slot.from}
        maxLength={5}
        style={{ width: 70 }}
        onChange={(event) => change({ from: event.target.value })}
        aria-label={t('common.from')}
      />
      –
      <Input
        value={slot.to}
        maxLength={5}
        style={{ width: 70 }}
        onChange={(event) => change({ to: event.target.value })}
        aria-label={t('common.to')}
      />
    </span>
  );
  const bin = (drop: () => void) => (
    <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('common.delete')} onClick={drop} />
  );
  const first = names.slice(0, 1).map((one) => one.value);
  const setSpecial = (i: number, change: object) =>
    onChange({ special: code.special.map((s, at) => (at === i ? { ...s, ...change } : s)) });
  const setWeekly = (i: number, change: object) => onChange({ weekly: code.weekly.map((s, at) => (at === i ? { ...s, ...change } : s)) });
  return (
    <div className="stack tight" data-testid="schedule">
      <span className="row">
        <b>{t('touchpoint.live.schedule')}</b> <Hint text={t('touchpoint.live.scheduleHint')} />
      </span>
      {code.special.map((slot, i) => (
        <div key={i} className="row wrap">
          <DatePicker.RangePicker
            allowClear={false}
            value={[dayjs(slot.first), dayjs(slot.last)]}
            onChange={(range) =>
              range?.[0] && range[1] && setSpecial(i, { first: range[0].format('YYYY-MM-DD'), last: range[1].format('YYYY-MM-DD') })
            }
          />
          {hours(slot, (change) => setSpecial(i, change))}
          {targets(slot.targets, (next) => setSpecial(i, { targets: next }))}
          {bin(() => onChange({ special: code.special.filter((_, at) => at !== i) }))}
        </div>
      ))}
      {code.weekly.map((slot, i) => (
        <div key={i} className="row wrap">
          <Select
            mode="multiple"
            value={slot.days}
            onChange={(days: number[]) => setWeekly(i, { days: days.toSorted() })}
            options={DAYS.map((day) => ({ value: day, label: t(`touchpoint.live.days.${day}`) }))}
            style={{ minWidth: 200 }}
          />
          {hours(slot, (change) => setWeekly(i, change))}
          {targets(slot.targets, (next) => setWeekly(i, { targets: next }))}
          {bin(() => onChange({ weekly: code.weekly.filter((_, at) => at !== i) }))}
        </div>
      ))}
      <div className="row wrap">
        <span className="soft small">{t('touchpoint.live.allDay')}</span>
        <Select
          mode="multiple"
          value={code.allDay ?? []}
          onChange={(next: number[]) => onChange({ allDay: next.length > 0 ? next : null })}
          options={names}
          style={{ minWidth: 160 }}
          placeholder={t('touchpoint.live.allTargets')}
        />
        <Button
          size="small"
          disabled={names.length === 0}
          onClick={() => {
            const today = dayjs().format('YYYY-MM-DD');
            onChange({ special: [...code.special, { first: today, last: today, from: '00:00', to: '24:00', targets: first }] });
          }}
        >
          {t('touchpoint.live.addSpecial')}
        </Button>
        <Button
          size="small"
          disabled={names.length === 0}
          onClick={() => onChange({ weekly: [...code.weekly, { days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00', targets: first }] })}
        >
          {t('touchpoint.live.addWeekly')}
        </Button>
      </div>
    </div>
  );
}
