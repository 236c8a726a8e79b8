import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Journey, journeys } from '../api/journeys.ts';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { StepForecast } from './step-forecast.tsx';

/** `look`: whether it is asked now; without, what is known already. */
export const useForesight = (journey: Journey, existing: boolean, look: boolean) =>
  useQuery({
    queryKey: ['journeys', 'foresight', journey.id, existing, journey.updatedAt],
    queryFn: () => journeys.foresee(journey.id, existing),
    enabled: look,
    retry: false,
  });

/** What a launch would meet, said before it: messages that would be stopped and by which rule, and the rules that hold from then on. */
export function LaunchWarnings({ journey, existing }: { journey: Journey; existing: boolean }) {
  const { t } = useTranslation();
  const { named } = useLabels();
  const format = useFormat();
  const query = useForesight(journey, existing, true);
  if (query.isError) return <ProblemView error={query.error} compact />;
  if (!query.data) return <div className="soft small">{t('journey.foreseeing')}</div>;
  const { people, looked, steps } = query.data;
  // What is said with the numbers of its step is not said twice.
  const warnings = query.data.warnings.filter((one) => people === null || one.messages === null);
  const nameOf = (id: string) => journey.graph.nodes.find((node) => node.id === id)?.name || t('journey.forecastStep');
  const rules = new Map(steps.flatMap((step) => step.rules.map((rule) => [rule.key, rule] as const)));
  return (
    <div className="stack tight" style={{ marginTop: 8 }} data-testid="launch-warnings">
      {people !== null &&
        steps.map((step) => (
          <StepForecast key={step.node} step={{ ...step, name: nameOf(step.node) }} people={{ journeyId: journey.id, existing }} />
        ))}
      {people !== null && people > looked && (
        <span className="soft small">{t('journey.forecastLooked', { n: format.number(looked), all: format.number(people) })}</span>
      )}
      {warnings.length > 0 ? (
        <Alert
          type="warning"
          title={t('journey.foreseeTitle')}
          style={{ padding: '6px 10px' }}
          description={
            <ul style={{ margin: 0, paddingLeft: 16 }} className="small">
              {warnings.map((one) => (
                <li key={`${one.node}:${one.reason}`}>
                  {nameOf(one.node)}：{named(one, one.reason)}
                </li>
              ))}
            </ul>
          }
        />
      ) : people !== null ? null : (
        <span className="good small">{t('journey.foreseeNone')}</span>
      )}
      {rules.size > 0 && (
        <span className="soft small">
          {t('journey.foreseeRules')}：{[...rules.values()].map((rule) => named(rule, rule.key)).join('；')}
        </span>
      )}
    </div>
  );
}
