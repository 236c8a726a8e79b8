import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Checkbox, DatePicker, Input, InputNumber, Radio, Switch } from 'antd';
import type { Dayjs } from 'dayjs';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type BindingRules, binding } from '../api/binding.ts';
import { useJob } from '../audience/use-job.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { Loading } from '../ui/page.tsx';
import { EventPicker } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

function Line({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <div className="row wrap between" style={{ padding: '12px 0', borderBottom: '1px solid var(--line)', alignItems: 'flex-start' }}>
      <div style={{ flex: '1 1 220px', maxWidth: 420 }}>
        <b style={{ fontWeight: 500 }}>{title}</b>
        {hint && <div className="soft small">{hint}</div>}
      </div>
      <div style={{ flex: '0 1 400px', minWidth: 0 }}>{children}</div>
    </div>
  );
}

/** By which rules customers are bound, with what they say in words. */
export function RulesForm() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['binding', 'rules'], queryFn: binding.rules });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading rows={8} />;
  const { rules, usual, versions } = query.data;
  return (
    <div className="stack loose">
      <Card size="small">
        <Editor key={versions[0]?.n ?? 0} given={rules ?? usual} />
      </Card>
      {versions.length > 0 && (
        <Card size="small" title={t('staff.rules.versions')}>
          {versions.map((v) => (
            <div key={v.n} className="row wrap between" style={{ padding: '4px 0' }}>
              <span>
                {t('staff.rules.version', {
                  n: v.n,
                  protection: v.rules.protectionDays,
                  validity: v.rules.validityDays === null ? t('staff.forGood') : `${v.rules.validityDays} ${t('common.days')}`,
                  by: v.by,
                })}
              </span>
              <span className="soft">
                <Time value={v.from} full />
              </span>
            </div>
          ))}
        </Card>
      )}
    </div>
  );
}

function Editor({ given }: { given: BindingRules }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const job = useJob(t('staff.rules.replayed'), ['binding', 'staff']);
  const [rules, setRules] = useState(given);
  const [past, setPast] = useState<Dayjs | null>(null);
  const [isPast, setIsPast] = useState(false);
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<BindingRules>) => setRules({ ...rules, ...change });
  const touch = (at: number, change: Partial<BindingRules['touches'][number]>) =>
    set({ touches: rules.touches.map((one, i) => (i === at ? { ...one, ...change } : one)) });
  const tooShort = rules.validityDays !== null && rules.validityDays < rules.protectionDays;
  const wrong = tooShort || rules.touches.length === 0 || rules.touches.some((one) => !one.event || !one.staff) || (isPast && !past);
  const save = async () => {
    setBusy(true);
    try {
      const { jobId } = await binding.saveRules(rules, isPast ? past?.toISOString() : undefined);
      if (jobId) job.start(jobId);
      else say.saved();
      await client.invalidateQueries({ queryKey: ['binding'] });
    } catch (error) {
      say.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const validity = rules.validityDays === null ? t('staff.rules.wordsEndless') : t('staff.rules.wordsValid', { days: rules.validityDays });
  return (
    <div>
      <Alert
        type="info"
        showIcon
        title={<span data-testid="rules-words">{t('staff.rules.words', { protection: rules.protectionDays, validity })}</span>}
        description={t('staff.rules.lead')}
      />
      <Line title={t('staff.rules.enabled')} hint={t('staff.rules.enabledHint')}>
        <Switch checked={rules.enabled} onChange={(enabled) => set({ enabled })} aria-label={t('staff.rules.enabled')} />
      </Line>
      <Line title={t('staff.rules.touches')} hint={t('staff.rules.touchesHint')}>
        <div className="stack tight">
          {rules.touches.map((one, i) => (
            <div key={i} className="row wrap" style={{ gap: 6 }}>
              <EventPicker value={one.event} onChange={(event) => touch(i, { event })} width={160} status={one.event ? '' : 'error'} />
              <Input
                value={one.staff}
                onChange={(event) => touch(i, { staff: event.target.value.trim() })}
                placeholder={t('staff.rules.property')}
                aria-label={t('staff.rules.property')}
                style={{ width: 100 }}
                status={one.staff ? '' : 'error'}
              />
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('common.delete')}
                onClick={() => set({ touches: rules.touches.filter((_, at) => at !== i) })}
              />
            </div>
          ))}
          <span>
            <Button size="small" icon={<PlusOutlined />} onClick={() => set({ touches: [...rules.touches, { event: '', staff: '' }] })}>
              {t('staff.rules.addTouch')}
            </Button>
          </span>
        </div>
      </Line>
      <Line title={t('staff.rules.protection')} hint={t('staff.rules.protectionHint')}>
        <InputNumber
          min={0}
          max={3650}
          precision={0}
          value={rules.protectionDays}
          onChange={(protectionDays) => protectionDays !== null && set({ protectionDays })}
          suffix={t('common.days')}
          aria-label={t('staff.rules.protection')}
          data-testid="rules-protection"
        />
      </Line>
      <Line title={t('staff.rules.validity')} hint={t('staff.rules.validityHint')}>
        <div className="stack tight">
          <InputNumber
            min={0}
            max={36_500}
            precision={0}
            disabled={rules.validityDays === null}
            value={rules.validityDays}
            onChange={(validityDays) => validityDays !== null && set({ validityDays })}
            suffix={t('common.days')}
            status={tooShort ? 'error' : ''}
            aria-label={t('staff.rules.validity')}
            data-testid="rules-validity"
          />
          {tooShort && (
            <span className="small" style={{ color: 'var(--ant-color-error, #b34700)' }} role="alert">
              {t('staff.rules.tooShort', { days: rules.protectionDays })}
            </span>
          )}
          <Checkbox
            checked={rules.validityDays === null}
            onChange={(event) => set({ validityDays: event.target.checked ? null : Math.max(180, rules.protectionDays) })}
          >
            {t('staff.rules.endless')}
          </Checkbox>
        </div>
      </Line>
      <Line title={t('staff.rules.order')}>
        <Radio.Group
          vertical
          value={rules.orderRenews}
          onChange={(event) => set({ orderRenews: event.target.value })}
          options={[
            { value: 'both', label: t('staff.rules.both') },
            { value: 'validity', label: t('staff.rules.validityOnly') },
            { value: 'nothing', label: t('staff.rules.nothing') },
          ]}
        />
      </Line>
      <Line title={t('staff.rules.from')}>
        <div className="stack tight">
          <Radio.Group
            vertical
            value={isPast}
            onChange={(event) => setIsPast(event.target.value)}
            options={[
              { value: false, label: t('staff.rules.now') },
              { value: true, label: t('staff.rules.past') },
            ]}
          />
          {isPast && <DatePicker value={past} onChange={setPast} disabledDate={(day) => day.valueOf() > Date.now()} />}
        </div>
      </Line>
      {may('policy.write') && (
        <Button
          type="primary"
          style={{ marginTop: 12 }}
          disabled={wrong}
          loading={busy || job.running}
          onClick={save}
          data-testid="rules-save"
        >
          {t('staff.rules.save')}
        </Button>
      )}
    </div>
  );
}
