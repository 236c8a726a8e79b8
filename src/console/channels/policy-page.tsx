import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, InputNumber, Switch, TimePicker } from 'antd';
import dayjs from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Policy, policy } from '../api/access.ts';
import { LimitsTable } from '../reach/limits-table.tsx';
import { useMay, useSession } from '../shell/session.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';

dayjs.extend(customParseFormat);

function Line({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <div className="row wrap between" style={{ padding: '14px 0', borderBottom: '1px solid var(--line)', alignItems: 'flex-start' }}>
      <div style={{ flex: '1 1 260px', maxWidth: 520 }}>
        <b style={{ fontWeight: 500 }}>{title}</b>
        <div className="soft small">{hint}</div>
      </div>
      <div>{children}</div>
    </div>
  );
}

function Caps({ caps, onChange }: { caps: Policy['caps']; onChange: (caps: Policy['caps']) => void }) {
  const { t } = useTranslation();
  const set = (at: number, change: Partial<Policy['caps'][number]>) =>
    onChange(caps.map((cap, index) => (index === at ? { ...cap, ...change } : cap)));
  return (
    <div className="stack tight">
      {caps.map((cap, index) => (
        <div key={index} className="row wrap" style={{ gap: 6 }}>
          {t('message.set.capLine')}
          <InputNumber
            min={1}
            max={90}
            precision={0}
            value={cap.days}
            onChange={(days) => days && set(index, { days })}
            style={{ width: 64 }}
          />
          {t('common.days')} {t('message.set.capMost')}
          <InputNumber
            min={0}
            max={10_000}
            precision={0}
            value={cap.messages}
            onChange={(messages) => messages !== null && set(index, { messages })}
            style={{ width: 72 }}
          />
          {t('message.set.capUnit')}
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined />}
            aria-label={t('common.delete')}
            onClick={() => onChange(caps.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      {!caps.length && <span className="warn small">{t('message.set.noCaps')}</span>}
      {caps.length < 5 && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() =>
            onChange([...caps, { messages: 1, days: [1, 7, 30, 60, 90].find((days) => !caps.some((cap) => cap.days === days)) ?? 2 }])
          }
          data-testid="add-cap"
        >
          {t('message.set.addCap')}
        </Button>
      )}
    </div>
  );
}

function PolicyForm({ saved }: { saved: Policy }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const undo = useUndo();
  const client = useQueryClient();
  const { workspace } = useSession();
  const [value, setValue] = useState(saved);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const set = (change: Partial<Policy>) => setValue({ ...value, ...change });
  const twice = new Set(value.caps.map((cap) => cap.days)).size !== value.caps.length;
  const put = async (next: Partial<Policy>) => {
    const now = await policy.put(next);
    client.setQueryData(['policy'], now);
    setValue(now);
  };
  const save = async () => {
    setBusy(true);
    setFailed(undefined);
    try {
      const settable = ({ quietHours, caps, consentRequired, remindAfterHours }: Policy) => ({
        quietHours,
        caps,
        consentRequired,
        remindAfterHours,
      });
      const before = settable(saved);
      await put(settable(value));
      undo(t('common.saved'), () => put(before).catch(say.failed));
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const quiet = value.quietHours;
  const editable = may('policy.write');
  return (
    <Card size="small" style={{ maxWidth: 860 }}>
      <fieldset disabled={!editable} style={{ border: 0, margin: 0, padding: 0 }}>
        <Line title={t('message.set.paused')} hint={t('message.set.pausedHint')}>
          <Switch
            checked={value.paused}
            disabled={!editable}
            onChange={(paused) => put({ paused }).catch(say.failed)}
            data-testid="policy-paused"
          />
        </Line>
        <Line title={t('message.set.quiet')} hint={t('message.set.quietHint', { zone: workspace.timezone })}>
          <div className="row wrap">
            <Switch
              checked={quiet !== null}
              disabled={!editable}
              onChange={(on) => set({ quietHours: on ? { from: '22:00', to: '08:00' } : null })}
              data-testid="policy-quiet"
            />
            {quiet && (
              <>
                <TimePicker
                  format="HH:mm"
                  allowClear={false}
                  minuteStep={5}
                  value={dayjs(quiet.from, 'HH:mm')}
                  onChange={(next) => set({ quietHours: { ...quiet, from: next?.format('HH:mm') ?? quiet.from } })}
                  style={{ width: 92 }}
                />
                {t('common.to')}
                <TimePicker
                  format="HH:mm"
                  allowClear={false}
                  minuteStep={5}
                  value={dayjs(quiet.to, 'HH:mm')}
                  onChange={(next) => set({ quietHours: { ...quiet, to: next?.format('HH:mm') ?? quiet.to } })}
                  style={{ width: 92 }}
                />
              </>
            )}
          </div>
        </Line>
        <Line title={t('message.set.caps')} hint={t('message.set.capsHint')}>
          <Caps caps={value.caps} onChange={(caps) => set({ caps })} />
          {twice && <div className="bad small">{t('message.set.sameDays')}</div>}
        </Line>
        <Line title={t('message.set.consent')} hint={t('message.set.consentHint')}>
          <Switch
            checked={value.consentRequired}
            disabled={!editable}
            onChange={(consentRequired) => set({ consentRequired })}
            data-testid="policy-consent"
          />
        </Line>
        <Line title={t('message.set.remind')} hint={t('message.set.remindHint')}>
          <div className="row wrap">
            <Switch
              checked={value.remindAfterHours !== null}
              disabled={!editable}
              onChange={(on) => set({ remindAfterHours: on ? 4 : null })}
              data-testid="policy-remind"
            />
            {value.remindAfterHours !== null && (
              <InputNumber
                min={1}
                max={72}
                precision={0}
                value={value.remindAfterHours}
                onChange={(hours) => hours && set({ remindAfterHours: hours })}
                suffix={t('message.set.hours')}
                style={{ width: 110 }}
              />
            )}
          </div>
        </Line>
        <div className="stack" style={{ paddingTop: 14 }}>
          {failed !== undefined && <ProblemView error={failed} />}
          <div>
            <Button
              type="primary"
              loading={busy}
              disabled={!editable || twice || JSON.stringify(value) === JSON.stringify(saved)}
              onClick={save}
              data-testid="save-policy"
            >
              {t('common.save')}
            </Button>
          </div>
        </div>
      </fieldset>
    </Card>
  );
}

export default function PolicyPage() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['policy'], queryFn: policy.get });
  return (
    <Page title={t('message.set.policy')} question={t('message.set.policyQuestion')} testId="policy-page">
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && <PolicyForm saved={query.data} />}
      <LimitsTable />
    </Page>
  );
}
