import { useQuery } from '@tanstack/react-query';
import { Alert, Card, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ReachPlan, reach } from '../api/reach.ts';
import { useStaff } from '../staff/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useDebounced } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { Metric } from '../ui/metric.tsx';
import { Loading } from '../ui/page.tsx';
import { useAudiences } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { LeftBars } from './left-bars.tsx';

/** What a mass message would reach, and what it would use up, before it is made. */
export function PlanCard() {
  const { t } = useTranslation();
  const audiences = useAudiences();
  const [audienceId, setAudience] = useState<string>();
  const [messages, setMessages] = useState(1);
  const ask = useDebounced({ ...(audienceId ? { audienceId } : {}), messages }, 300);
  const query = useQuery({ queryKey: ['reach', 'plan', ask], queryFn: () => reach.plan(ask) });
  return (
    <Card size="small" title={t('reach.plan.title')} data-testid="plan">
      <div className="stack">
        <div className="row wrap">
          <span className="soft small">{t('reach.plan.audience')}</span>
          <Select
            value={audienceId ?? ''}
            onChange={(id) => setAudience(id || undefined)}
            showSearch={{ optionFilterProp: 'label' }}
            style={{ minWidth: 200, flex: '1 1 200px' }}
            data-testid="plan-audience"
            options={[
              { value: '', label: t('reach.plan.everyone') },
              ...(audiences.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
            ]}
          />
          <span className="soft small">{t('reach.plan.messages')}</span>
          <InputNumber min={1} max={31} precision={0} value={messages} onChange={(n) => n && setMessages(n)} style={{ width: 72 }} />
        </div>
        {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {query.isPending && <Loading rows={4} />}
        {query.data && <Told plan={query.data} messages={ask.messages} />}
      </div>
    </Card>
  );
}

function Told({ plan, messages }: { plan: ReachPlan; messages: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const { nameOf } = useStaff();
  const { foresight } = plan;
  const may = foresight ? foresight.may : plan.customers * messages - plan.over;
  const of = foresight ? foresight.messages : plan.customers * messages;
  return (
    <div className="stack" data-testid="plan-told">
      <div className="grid metrics dense">
        <Metric label={t('reach.plan.reach')} value={format.number(may)} unit={`/ ${format.number(of)}`} testId="plan-may" />
        <Metric label={t('reach.plan.over')} value={format.number(plan.over)} />
        <Metric
          label={t('reach.plan.emptied')}
          value={format.number(plan.emptied)}
          definition={t('reach.plan.emptiedHint', { day: format.day(plan.until) })}
        />
      </div>
      {plan.more && <Alert type="info" showIcon title={t('reach.plan.more', { n: format.number(plan.people) })} />}
      {plan.people !== null && plan.people > plan.customers && (
        <span className="soft small">{t('reach.plan.notCustomers', { n: format.number(plan.people - plan.customers) })}</span>
      )}
      {foresight &&
        (foresight.stopped.length > 0 ? (
          <Alert
            type="warning"
            showIcon
            title={t('reach.plan.stopped')}
            description={
              <ul style={{ margin: 0, paddingLeft: 18 }}>
                {foresight.stopped.map((one) => (
                  <li key={one.reason}>{named(one, one.reason)}</li>
                ))}
              </ul>
            }
          />
        ) : (
          <span className="good small">{t('reach.plan.nothingStopped')}</span>
        ))}
      {plan.customers > 0 && (
        <div>
          <span className="soft small">
            {t('reach.plan.before')} → {t('reach.plan.after')}
          </span>
          <LeftBars left={plan.before} after={plan.after} total={plan.customers} />
        </div>
      )}
      {plan.staff.length > 0 && (
        <div className="small">
          <span className="soft">{t('reach.plan.staff')}：</span>
          {plan.staff.slice(0, 6).map((one, i) => (
            <span key={one.userId}>
              {i > 0 && ' · '}
              {nameOf(one.userId)} <b className="num">{format.number(one.messages)}</b>
            </span>
          ))}
          {plan.staff.length > 6 && ' …'}
        </div>
      )}
    </div>
  );
}
