import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { matching } from '../api/matching.ts';
import { useFormat } from '../ui/format.ts';
import { Define, Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';

const days = 90;

/** What another way of choosing would have brought, or why that cannot be said. */
export function PolicyCard({ contents }: { contents: [id: string, name: string][] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [policy, setPolicy] = useState('best');
  const query = useQuery({ queryKey: ['matching', 'policy', policy], queryFn: () => matching.policy(policy, days) });
  const data = query.data;
  return (
    <Card size="small" title={<Define text={t('matching.policyMeans')}>{t('matching.policy')}</Define>} data-testid="matching-policy">
      <Select
        value={policy}
        onChange={setPolicy}
        style={{ width: '100%', marginBottom: 10 }}
        options={[
          { value: 'best', label: t('matching.ways.best') },
          { value: 'even', label: t('matching.ways.even') },
          ...contents.map(([value, label]) => ({ value, label })),
        ]}
      />
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={3} />}
      {data?.state === 'refused' && (
        <Alert
          type="info"
          showIcon
          data-testid="policy-refused"
          title={
            data.why === 'choices'
              ? t('matching.refusedChoices', { choices: format.number(data.choices), least: data.least.choices })
              : t('matching.refusedEffective', {
                  ...{ choices: format.number(data.choices), effective: format.number(data.effective) },
                  least: data.least.effective,
                })
          }
        />
      )}
      {data?.state === 'said' && (
        <>
          {(['seen', 'snips', 'doublyRobust', 'ips'] as const).map((key) => (
            <div key={key} className="row between" style={{ padding: '3px 0' }}>
              <span>{t(`matching.${key === 'doublyRobust' ? 'robust' : key}`)}</span>
              <span className="num">
                <b>{format.percent(data[key].value)}</b>{' '}
                <span className="soft small">
                  {format.percent(Math.max(0, data[key].low))}–{format.percent(data[key].high)}
                </span>
              </span>
            </div>
          ))}
          <div className="soft small num">
            {t('matching.effective', { n: format.number(data.effective), of: format.number(data.choices) })}
          </div>
        </>
      )}
    </Card>
  );
}
