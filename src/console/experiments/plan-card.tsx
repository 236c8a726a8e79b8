import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Definition, experiments, type Plan } from '../api/experiments.ts';
import { useFormat } from '../ui/format.ts';
import { useDebounced } from '../ui/hooks.ts';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { differenceWords, valueWords } from './words.ts';

/** Worked out while it is being written; what it needs is told to the editor, which keeps it with the experiment. */
export function usePlan(definition: Definition, ready: boolean) {
  const { on, primary, windowDays, effect, alpha, power, arms, control } = definition;
  // What is asked is a moment old, and so is whether it can be asked.
  const { complete, ...ask } = useDebounced({
    complete: ready,
    ...{ on, primary: { ...primary, name: primary.name || '-' }, windowDays, effect, alpha, power },
    weights: arms.map((a) => a.weight),
    control: Math.max(
      0,
      arms.findIndex((a) => a.key === control),
    ),
  });
  return useQuery({
    queryKey: ['experiment-plan', ask],
    queryFn: () => experiments.plan(ask),
    enabled: complete,
    staleTime: 60_000,
    retry: false,
  });
}

export function PlanCard({
  query,
  kind,
  ready,
}: {
  query: ReturnType<typeof usePlan>;
  kind: Definition['primary']['kind'];
  ready: boolean;
}) {
  const { t } = useTranslation();
  return (
    <Card size="small" title={t('experiment.plan')} data-testid="experiment-plan">
      {!ready ? (
        <span className="soft">{t('experiment.planWaiting')}</span>
      ) : query.isError ? (
        <ProblemView error={query.error} compact />
      ) : query.data ? (
        <PlanWords plan={query.data} kind={kind} />
      ) : (
        <Loading rows={2} />
      )}
    </Card>
  );
}

function PlanWords({ plan, kind }: { plan: Plan; kind: Definition['primary']['kind'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const value = (of: number) => valueWords(format, kind, of);
  return (
    <div className="stack tight">
      {plan.people === null ? (
        <strong>{t('experiment.planNothing')}</strong>
      ) : (
        <strong style={{ fontSize: 16 }}>
          {plan.days === null
            ? t('experiment.planNever', { people: format.number(plan.people) })
            : t('experiment.planNeeds', { people: format.number(plan.people), days: format.number(plan.days) })}
        </strong>
      )}
      <span className="soft">
        {t('experiment.planBase', {
          base: value(plan.base.mean),
          people: format.number(plan.base.people),
          by: differenceWords(format, kind, plan.difference, (values) => t('common.points', values)).replace('+', ''),
        })}
      </span>
      <span className="soft">{t('experiment.planTraffic', { now: format.number(plan.atOnce), day: format.number(plan.perDay, 1) })}</span>
      {plan.peopleAtOneLook !== null && (
        <span className="soft small">{t('experiment.planOnce', { people: format.number(plan.peopleAtOneLook) })}</span>
      )}
    </div>
  );
}
