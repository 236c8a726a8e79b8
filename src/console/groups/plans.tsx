import { useQueryClient } from '@tanstack/react-query';
import { Button, Card, Popconfirm, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { groupPlans, type PlanView } from '../api/group-plans.ts';
import { useAskApproval } from '../reach/approval-ask.tsx';
import { useMay } from '../shell/session.tsx';
import { useSay } from '../ui/undo.tsx';
import { LaunchPlan } from './plan-forecast.tsx';
import { useWords } from './words.ts';

const TURNS = { draft: 'launch', running: 'pause', paused: 'resume' } as const;
const COLOUR = { draft: 'default', running: 'green', paused: 'gold' } as const;

export function Plans({ list, edit }: { list: PlanView[]; edit: (id: string) => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const say = useSay();
  const askApproval = useAskApproval();
  const words = useWords();
  const client = useQueryClient();
  const [launching, setLaunching] = useState<PlanView>();
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await client.invalidateQueries({ queryKey: ['groups'] });
    } catch (error) {
      if (!askApproval(error)) say.failed(error);
    }
  };
  return (
    <div className="stack" data-testid="plans">
      {list.map((plan) => (
        <Card
          key={plan.id}
          size="small"
          title={
            <span className="row wrap">
              {plan.name} <Tag color={COLOUR[plan.state]}>{t(`groupPlan.state.${plan.state}`)}</Tag>
              <span className="soft small">{plan.purpose}</span>
            </span>
          }
          extra={
            may('channels.write') && (
              <span className="row">
                <Button
                  size="small"
                  type={plan.state === 'running' ? 'default' : 'primary'}
                  onClick={() => (plan.state === 'draft' ? setLaunching(plan) : act(() => groupPlans.turn(plan.id, TURNS[plan.state])))}
                  data-testid={`plan-${TURNS[plan.state]}`}
                >
                  {t(`groupPlan.${TURNS[plan.state]}`)}
                </Button>
                <Button size="small" onClick={() => edit(plan.id)}>
                  {t('common.edit')}
                </Button>
                <Popconfirm title={t('groupPlan.removeSure')} onConfirm={() => act(() => groupPlans.remove(plan.id))}>
                  <Button size="small" danger>
                    {t('groupPlan.remove')}
                  </Button>
                </Popconfirm>
              </span>
            )
          }
        >
          <div className="stack tight">
            <span className="soft small">
              {t('groupPlan.figures', { groups: plan.groups, steps: plan.steps.length, sent: plan.sent, waiting: plan.waiting })}
            </span>
            {plan.steps.slice(0, 8).map((step) => (
              <span key={step.id} className="row" style={{ alignItems: 'baseline' }}>
                <span className="soft small" style={{ flex: '0 0 130px' }}>
                  {words.when(step)}
                </span>
                <span className="clip">{step.name || step.text}</span>
              </span>
            ))}
          </div>
        </Card>
      ))}
      {launching && (
        <LaunchPlan
          plan={launching}
          launch={() => act(() => groupPlans.turn(launching.id, 'launch'))}
          close={() => setLaunching(undefined)}
        />
      )}
    </div>
  );
}
