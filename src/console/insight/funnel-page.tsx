import { FunnelPlotOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { insight } from '../api/insight.ts';
import { useDebounced, useUrlJson } from '../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { PeriodPicker, usePeriod } from '../ui/period.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { FunnelBuilder } from './funnel-builder.tsx';
import { EMPTY_FUNNEL, type FunnelState, funnelQuestion } from './funnel-question.ts';
import { FunnelResult } from './funnel-result.tsx';

export default function FunnelPage() {
  const { t } = useTranslation();
  const [state, setState] = useUrlJson<FunnelState>('q', EMPTY_FUNNEL);
  const period = usePeriod(90);
  const question = useDebounced(JSON.stringify(funnelQuestion(state, period)), 300);
  const query = useQuery({
    queryKey: ['funnel', question],
    queryFn: () => insight.funnel(JSON.parse(question as string)),
    enabled: question !== undefined,
    placeholderData: (before) => before,
  });
  const by = state.breakdown && 'by' in state.breakdown ? state.breakdown.by : undefined;
  return (
    <Page
      title={t('insight.funnel.title')}
      question={t('insight.funnel.question')}
      testId="funnel-page"
      extra={<PeriodPicker first={90} choices={[7, 30, 90, 365]} />}
    >
      <div className="stack loose">
        <FunnelBuilder state={state} onChange={setState} />
        {question === undefined && (
          <EmptyStart icon={<FunnelPlotOutlined />} title={t('insight.funnel.choose')} text={t('insight.funnel.chooseText')} />
        )}
        {question !== undefined && query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {question !== undefined && query.isPending && <Loading />}
        {question !== undefined && query.data && (
          <div style={{ opacity: query.isPlaceholderData ? 0.55 : 1 }}>
            <FunnelResult rows={query.data.rows} meta={query.data.meta} byLevel={by === 'level'} byCarrier={by === 'carrier'} />
          </div>
        )}
      </div>
    </Page>
  );
}
