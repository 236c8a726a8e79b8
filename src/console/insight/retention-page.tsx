import { RetweetOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Card, InputNumber, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { insight, type RetentionQuestion } from '../api/insight.ts';
import { useDebounced, useUrlJson } from '../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { PeriodPicker, usePeriod } from '../ui/period.tsx';
import { EventPicker } from '../ui/pickers.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { RetentionResult } from './retention-result.tsx';

interface State {
  first: string;
  back: string;
  period: RetentionQuestion['period'];
  count: number;
  cohort: 'first' | 'any';
}

const START: State = { first: 'Order Completed', back: 'Order Completed', period: 'month', count: 6, cohort: 'first' };
const COUNTS = { day: 14, week: 8, month: 6 };

export default function RetentionPage() {
  const { t } = useTranslation();
  const [state, setState] = useUrlJson<State>('q', START);
  const period = usePeriod(365);
  const ready = Boolean(state.first && state.back);
  const question: RetentionQuestion = {
    first: { event: state.first },
    return: { event: state.back },
    from: period.from,
    to: period.to,
    period: state.period,
    count: state.count,
    cohort: state.cohort,
  };
  const settled = useDebounced(JSON.stringify(question), 300);
  const query = useQuery({
    queryKey: ['retention', settled],
    queryFn: () => insight.retention(JSON.parse(settled)),
    enabled: ready,
    placeholderData: (before) => before,
  });
  const set = (change: Partial<State>) => setState({ ...state, ...change });
  const asked = JSON.parse(settled) as RetentionQuestion;
  return (
    <Page
      title={t('insight.retention.title')}
      question={t('insight.retention.question')}
      testId="retention-page"
      extra={<PeriodPicker first={365} choices={[30, 90, 365]} />}
    >
      <div className="stack loose">
        <Card size="small" data-testid="retention-builder">
          <div className="row wrap" style={{ gap: 10 }}>
            <span className="soft small">{t('insight.retention.first')}</span>
            <EventPicker value={state.first} onChange={(first) => set({ first })} testId="retention-first" />
            <span className="soft small">{t('insight.retention.back')}</span>
            <EventPicker value={state.back} onChange={(back) => set({ back })} testId="retention-return" />
            <Segmented
              value={state.period}
              onChange={(next) => set({ period: next as State['period'], count: COUNTS[next as State['period']] })}
              options={(['day', 'week', 'month'] as const).map((one) => ({ value: one, label: t(`insight.retention.${one}`) }))}
              data-testid="retention-period"
            />
            <InputNumber
              min={1}
              max={60}
              precision={0}
              value={state.count}
              onChange={(count) => count && set({ count })}
              style={{ width: 70 }}
            />
            <span className="soft small">{t('insight.retention.cohort')}</span>
            <Select
              value={state.cohort}
              onChange={(cohort) => set({ cohort })}
              style={{ width: 140 }}
              options={[
                { value: 'first', label: t('insight.retention.cohortFirst') },
                { value: 'any', label: t('insight.retention.cohortAny') },
              ]}
            />
          </div>
        </Card>
        {ready && query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {ready && query.isPending && <Loading />}
        {query.data && ready && query.data.rows.every((row) => row.people === 0) && (
          <EmptyStart icon={<RetweetOutlined />} title={t('insight.retention.empty')} />
        )}
        {query.data && ready && query.data.rows.some((row) => row.people > 0) && (
          <div style={{ opacity: query.isPlaceholderData ? 0.55 : 1 }}>
            <RetentionResult rows={query.data.rows} meta={query.data.meta} period={asked.period} count={asked.count} />
          </div>
        )}
      </div>
    </Page>
  );
}
