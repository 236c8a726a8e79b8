import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Progress, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { type Experiment, experiments, type Results } from '../api/experiments.ts';
import { useMay } from '../shell/session.tsx';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { ExperimentState } from './experiments-page.tsx';
import { LooksChart } from './looks-chart.tsx';
import { MetricTable } from './metric-table.tsx';
import { Segments } from './segments.tsx';
import { answerWords, differenceWords, intervalWords, type Points } from './words.ts';

export default function ExperimentPage() {
  const { id = '' } = useParams();
  const { t } = useTranslation();
  const may = useMay();
  const client = useQueryClient();
  const one = useQuery({ queryKey: ['experiment', id], queryFn: () => experiments.get(id), refetchInterval: 30_000 });
  const results = useQuery({ queryKey: ['experiment', id, 'results'], queryFn: () => experiments.results(id), refetchInterval: 30_000 });
  const act = useMutation({
    mutationFn: (what: 'stop' | { take: string | null }) => (what === 'stop' ? experiments.stop(id) : experiments.decide(id, what.take)),
    onSuccess: (next) => {
      client.setQueryData(['experiment', id], next);
      return client.invalidateQueries({ queryKey: ['experiments'] });
    },
  });
  if (one.isError) return <ProblemView error={one.error} />;
  if (!one.data) return <Loading />;
  const open = one.data.state === 'running' || one.data.state === 'stopped';
  const best = results.data?.answer.arm;
  return (
    <Page
      title={
        <span className="row" style={{ gap: 10 }}>
          {one.data.name} <ExperimentState state={one.data.state} />
        </span>
      }
      tab={one.data.name}
      question={one.data.definition.hypothesis || undefined}
      testId="experiment-page"
      extra={
        may('experiments.launch') &&
        open && (
          <>
            {one.data.state === 'running' && (
              <Button loading={act.isPending} onClick={() => act.mutate('stop')}>
                {t('experiment.stop')}
              </Button>
            )}
            <Button onClick={() => act.mutate({ take: null })}>{t('experiment.decideNone')}</Button>
            {best && results.data?.answer.kind === 'better' && (
              <Tooltip title={one.data.definition.on.kind === 'journey' ? t('experiment.decideHint') : undefined}>
                <Button type="primary" onClick={() => act.mutate({ take: best })}>
                  {t('experiment.decide')}
                </Button>
              </Tooltip>
            )}
          </>
        )
      }
    >
      {act.isError && <ProblemView error={act.error} compact />}
      {results.isError && <ProblemView error={results.error} retry={() => results.refetch()} />}
      {results.isPending && <Loading />}
      {results.data && <Answered id={id} experiment={one.data} results={results.data} />}
    </Page>
  );
}

function Answered({ id, experiment, results }: { id: string; experiment: Experiment; results: Results }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  const { answer } = results;
  const metric = results.metrics[0]!;
  const armName = (key: string | null | undefined) => results.arms.find((a) => a.key === key)?.name ?? '';
  const points: Points = (values) => t('common.points', values);
  const sure = format.percent(1 - experiment.definition.alpha, 1);
  const words = answerWords(results, (key, values) => t(key, values), format, points, sure);
  const say = (value: number) => differenceWords(format, metric.kind, value, points);
  const { decision, stopped } = experiment;
  return (
    <div className="stack">
      <Card>
        <div className="stack tight">
          <strong style={{ fontSize: 20 }} data-testid="experiment-answer">
            {words}
          </strong>
          {answer.kind === 'not_enough' && answer.difference && (
            <span className="soft">
              {t('experiment.soFar', {
                ...{ arm: armName(answer.arm), value: say(answer.difference.value) },
                interval: intervalWords(format, metric.kind, answer.difference, points),
              })}
            </span>
          )}
          {answer.kind === 'not_enough' && results.counted === 0 && results.countsFrom && (
            <span className="soft">
              {t('experiment.countsFrom', { days: experiment.definition.windowDays, date: format.day(results.countsFrom) })}
            </span>
          )}
          {answer.need !== null && (
            <Progress percent={Math.min(100, Math.round((answer.have / answer.need) * 100))} size="small" style={{ maxWidth: 420 }} />
          )}
          {decision && (
            <span>
              {decision.arm === null
                ? t('experiment.decidedNone')
                : t(decision.by === 'rule' ? 'experiment.decidedByRule' : 'experiment.decided', { arm: armName(decision.arm) })}
            </span>
          )}
        </div>
      </Card>
      {results.sampleRatio.alarm && (
        <Alert
          type="error"
          showIcon
          title={t('experiment.srm', { p: results.sampleRatio.p < 0.0001 ? '< 0.0001' : format.number(results.sampleRatio.p, 4) })}
        />
      )}
      {stopped?.by === 'guard' && (
        <Alert
          type="error"
          showIcon
          title={t('experiment.stoppedByGuard', {
            metric: results.metrics.find((m) => m.key === stopped.metric)?.name ?? '',
            arm: armName(stopped.arm),
          })}
        />
      )}
      <Card size="small">
        <div className="row wrap" style={{ gap: 28 }}>
          {results.arms.map((arm) => (
            <span key={arm.key} className="stack" style={{ gap: 2 }}>
              <span className="soft small">
                {arm.name}
                {arm.control ? ` · ${t('experiment.control')}` : ''}
              </span>
              <span className="num">
                {t('experiment.assigned')}{' '}
                <Reveal onClick={() => open({ title: arm.name, count: arm.assigned, source: { kind: 'experiment', id, arm: arm.key } })}>
                  {format.number(arm.assigned)}
                </Reveal>{' '}
                · {t('experiment.counted')}{' '}
                <Reveal
                  onClick={() =>
                    open({ title: arm.name, count: arm.counted, source: { kind: 'experiment', id, arm: arm.key, counted: true } })
                  }
                >
                  {format.number(arm.counted)}
                </Reveal>
              </span>
            </span>
          ))}
          {!results.sampleRatio.alarm && <span className="soft small">{t('experiment.srmFine')}</span>}
        </div>
      </Card>
      {results.looks.some((l) => l.comparisons.length > 0) && (
        <Card size="small" title={t('experiment.looks')}>
          <LooksChart results={results} />
          <div className="soft small">{t('experiment.looksHint')}</div>
        </Card>
      )}
      {results.metrics.map((one) => (
        <MetricTable key={one.key} id={id} results={results} metric={one} />
      ))}
      <Segments id={id} results={results} />
    </div>
  );
}
