import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { groupPlans, type PlanView } from '../api/group-plans.ts';
import { NeedsApproval, useSendAsk } from '../reach/approval-ask.tsx';
import { useFormat } from '../ui/format.ts';
import { Metric } from '../ui/metric.tsx';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';

/** What a plan would reach, before it begins: who gets each message once, and who as often as they are in its groups. */
export function LaunchPlan({ plan, launch, close }: { plan: PlanView; launch: () => Promise<unknown>; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const send = useSendAsk();
  const [why, setWhy] = useState('');
  const [busy, setBusy] = useState(false);
  const query = useQuery({ queryKey: ['groups', 'foresight', plan.id], queryFn: () => groupPlans.foresee(plan.id), retry: false });
  const view = query.data;
  const approval = view?.approval;
  const waits = approval?.needed === true && approval.waiting !== null;
  const most = Math.max(1, ...(view?.inGroups ?? []).map((one) => one.people));
  const go = async () => {
    setBusy(true);
    if (approval?.needed) {
      await send({ kind: 'groups.launch', subject: plan.id, ask: {} }, why);
      await client.invalidateQueries({ queryKey: ['groups', 'foresight'] });
    } else await launch();
    setBusy(false);
    close();
  };
  return (
    <Modal
      open
      title={`${t('groupPlan.launch')} · ${plan.name}`}
      onCancel={close}
      onOk={go}
      confirmLoading={busy}
      okText={t(approval?.needed ? 'approval.ask' : 'groupPlan.launch')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: !view || waits, 'data-testid': 'plan-confirm' }}
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={3} />}
      {view && (
        <div className="stack" data-testid="plan-forecast">
          <div className="grid metrics dense">
            <Metric label={t('groupPlan.forecast.groups')} value={format.number(view.groups)} />
            <Metric label={t('groupPlan.forecast.people')} value={format.number(view.people)} testId="plan-people" />
          </div>
          {view.inGroups.map((one) => (
            <div key={one.groups} className="row" style={{ gap: 10 }}>
              <span className="small" style={{ flex: '0 0 110px' }}>
                {t(one.groups >= 10 ? 'groupPlan.forecast.inMany' : 'groupPlan.forecast.in', { n: one.groups, count: one.groups })}
              </span>
              <span style={{ flex: 1, minWidth: 0 }}>
                <span
                  style={{
                    ...{ display: 'block', height: 10, borderRadius: 3, width: `${(one.people / most) * 100}%` },
                    background: one.groups > 1 ? 'var(--warn)' : 'var(--good)',
                  }}
                />
              </span>
              <span className="num small" style={{ minWidth: 48, textAlign: 'right' }}>
                {format.number(one.people)}
              </span>
            </div>
          ))}
          {view.inGroups.some((one) => one.groups > 1) && <span className="soft small">{t('groupPlan.forecast.repeats')}</span>}
          <NeedsApproval approval={approval} onWhy={setWhy} />
        </div>
      )}
    </Modal>
  );
}
