import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, InputNumber, Switch } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Policy, type PolicyChange, policy } from '../api/access.ts';
import { LimitsTable } from '../reach/limits-table.tsx';
import { useMay, useSession } from '../shell/session.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay, useUndo } from '../ui/undo.tsx';
import { Caps, capsTwice, Hours, QuietByChannel } from './policy-fields.tsx';
import { Purposes } from './purposes.tsx';

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
  const twice = capsTwice(value.caps);
  const put = async (next: PolicyChange) => {
    const now = await policy.put(next);
    client.setQueryData(['policy'], now);
    setValue(now);
  };
  const save = async () => {
    setBusy(true);
    setFailed(undefined);
    try {
      // Pausing is a switch of its own: an undone change of the rules must not let go what was paused since.
      const settable = ({ paused: _, pausedBy: __, pausedAt: ___, pausedWhy: ____, ...rules }: Policy): PolicyChange => rules;
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
            {quiet && <Hours value={quiet} onChange={(quietHours) => set({ quietHours })} />}
          </div>
          <QuietByChannel value={value.quietByChannel} editable={editable} onChange={(quietByChannel) => set({ quietByChannel })} />
        </Line>
        <Line title={t('message.set.caps')} hint={t('message.set.capsHint')}>
          <Caps caps={value.caps} purposes={value.purposes} onChange={(caps) => set({ caps })} />
          {twice && <div className="bad small">{t('message.set.sameDays')}</div>}
        </Line>
        <Line title={t('message.set.compete')} hint={t('message.set.competeHint')}>
          <InputNumber
            min={0}
            max={1440}
            precision={0}
            value={value.competeMinutes}
            onChange={(competeMinutes) => competeMinutes !== null && set({ competeMinutes })}
            suffix={t('message.set.minutes')}
            style={{ width: 120 }}
            aria-label={t('message.set.compete')}
          />
        </Line>
        <Line title={t('message.set.fatigue')} hint={t('message.set.fatigueHint')}>
          <div className="row wrap">
            <Switch
              checked={value.fatigueAbove !== null}
              disabled={!editable}
              onChange={(on) => set({ fatigueAbove: on ? 60 : null })}
              data-testid="policy-fatigue"
            />
            {value.fatigueAbove !== null && (
              <InputNumber
                min={1}
                max={99}
                precision={0}
                value={value.fatigueAbove}
                onChange={(fatigueAbove) => fatigueAbove && set({ fatigueAbove })}
                style={{ width: 80 }}
                aria-label={t('message.set.fatigue')}
              />
            )}
          </div>
        </Line>
        <Line title={t('message.set.approval')} hint={t('message.set.approvalHint')}>
          <div className="row wrap">
            <Switch
              checked={value.approvalAbove !== null}
              disabled={!editable}
              onChange={(on) => set({ approvalAbove: on ? 10_000 : null })}
              data-testid="policy-approval"
            />
            {value.approvalAbove !== null && (
              <InputNumber
                min={1}
                precision={0}
                value={value.approvalAbove}
                onChange={(approvalAbove) => approvalAbove && set({ approvalAbove })}
                style={{ width: 120 }}
                suffix={t('message.set.people')}
                aria-label={t('message.set.approval')}
              />
            )}
          </div>
        </Line>
        <Line title={t('message.set.purposes')} hint={t('message.set.purposesHint')}>
          <Purposes value={value.purposes} editable={editable} onChange={(purposes) => set({ purposes })} />
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
