import { ExperimentOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Input, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Kind, type Trial, type TrialAnswer, touchpoints } from '../api/touchpoints.ts';
import { useMay } from '../shell/session.tsx';
import { CopyButton } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';

export default function TrialsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const query = useQuery({ queryKey: ['code-trials'], queryFn: touchpoints.trials });
  return (
    <Page title={t('touchpoint.trial.title')} question={t('touchpoint.trial.question')} testId="trials-page">
      <div className="stack loose">
        <Alert type="info" showIcon title={t('touchpoint.trial.how')} />
        {may('touchpoints.write') && <Maker />}
        {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {query.isPending && <Loading />}
        {query.data?.items.length === 0 && <EmptyStart icon={<ExperimentOutlined />} title={t('touchpoint.trial.empty')} />}
        {query.data?.items.map((one) => (
          <TrialCard key={one.id} trial={one} />
        ))}
      </div>
    </Page>
  );
}

function Maker() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const say = useSay();
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [liveId, setLive] = useState<string>();
  const [staticId, setStatic] = useState<string>();
  const [failed, setFailed] = useState<unknown>();
  const list = useQuery({ queryKey: ['touchpoints', 'choices'], queryFn: () => touchpoints.list({ limit: 200 }) });
  const choices = (kinds: Kind[]) =>
    (list.data?.items ?? []).filter((one) => kinds.includes(one.kind)).map((one) => ({ value: one.id, label: one.name }));
  const make = async () => {
    setFailed(undefined);
    try {
      await touchpoints.makeTrial({ name: name.trim(), text, liveId: liveId!, staticId: staticId! });
      await client.invalidateQueries({ queryKey: ['code-trials'] });
      say.saved();
      setName('');
      setText('');
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <Card size="small" title={t('touchpoint.trial.create')}>
      <div className="stack">
        <div className="row wrap">
          <Input
            value={name}
            maxLength={60}
            placeholder={t('common.name')}
            onChange={(event) => setName(event.target.value)}
            style={{ flex: 1, minWidth: 160 }}
          />
          <Select
            value={liveId}
            onChange={setLive}
            placeholder={t('touchpoint.trial.live')}
            options={choices(['live_code'])}
            style={{ flex: 1, minWidth: 180 }}
          />
          <Select
            value={staticId}
            onChange={setStatic}
            placeholder={t('touchpoint.trial.static')}
            options={choices(['channel_code', 'group_code'])}
            style={{ flex: 1, minWidth: 180 }}
          />
        </div>
        <Input value={text} maxLength={400} placeholder={t('touchpoint.trial.text')} onChange={(event) => setText(event.target.value)} />
        {failed !== undefined && <ProblemView error={failed} />}
        <div>
          <Button type="primary" disabled={!name.trim() || !liveId || !staticId} onClick={make} data-testid="make-trial">
            {t('touchpoint.trial.create')}
          </Button>
        </div>
      </div>
    </Card>
  );
}

function TrialCard({ trial }: { trial: Trial }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const client = useQueryClient();
  const say = useSay();
  const query = useQuery({
    queryKey: ['code-trials', trial.id, trial.state],
    queryFn: () => touchpoints.trial(trial.id),
    refetchInterval: 60_000,
  });
  const answer = query.data;
  const end = async () => {
    try {
      await touchpoints.endTrial(trial.id);
      await client.invalidateQueries({ queryKey: ['code-trials'] });
    } catch (error) {
      say.failed(error);
    }
  };
  return (
    <Card
      size="small"
      title={trial.name}
      extra={
        <span className="row">
          <Tag color={trial.state === 'running' ? 'processing' : 'default'}>{t(`touchpoint.trial.${trial.state}`)}</Tag>
          {trial.state === 'running' && may('touchpoints.write') && (
            <Button size="small" onClick={end}>
              {t('touchpoint.trial.end')}
            </Button>
          )}
        </span>
      }
    >
      <div className="stack">
        <div className="row wrap">
          <span className="soft small">{t('touchpoint.trial.poster')}</span>
          <a href={trial.poster} target="_blank" rel="noreferrer" className="mono clip">
            {trial.poster}
          </a>
          <CopyButton text={trial.poster} />
        </div>
        {query.isError && <ProblemView error={query.error} />}
        {query.isPending && <Loading rows={3} />}
        {answer && <Verdict answer={answer} />}
        {answer && (
          <div className="grid two">
            {(['live', 'static'] as const).map((arm) => {
              const { part, of, share, low, high, enough } = answer.arms[arm];
              return (
                <div key={arm} className="stack tight" data-testid={`arm-${arm}`}>
                  <b>{t(`touchpoint.trial.${arm}`)}</b>
                  <span style={{ fontSize: 22, fontWeight: 600 }} className="num">
                    {enough ? format.percent(share) : t('common.enough')}
                  </span>
                  <span className="soft small num">
                    {t('touchpoint.trial.shown')} {format.number(of)} · {t('touchpoint.trial.came')} {format.number(part)}
                    {enough && ` · ${t('common.interval', { low: format.percent(low), high: format.percent(high) })}`}
                  </span>
                </div>
              );
            })}
          </div>
        )}
      </div>
    </Card>
  );
}

function Verdict({ answer }: { answer: TrialAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (answer.leaking) return <Alert type="warning" showIcon title={t('touchpoint.trial.leaking')} />;
  const points = (n: number | null) => t('common.points', { n: format.number((n ?? 0) * 100, 1) });
  const { verdict, difference, low, high, relative } = answer;
  return (
    <div className="stack tight" data-testid="trial-verdict">
      <b>{t(`touchpoint.trial.verdict.${verdict}`, { n: points(Math.abs(difference ?? 0)) })}</b>
      {difference !== null && (
        <span className="soft small num">
          {t('common.interval', { low: points(low), high: points(high) })}
          {relative !== null && ` · ${t('touchpoint.trial.relative', { n: format.percent(relative) })}`}
        </span>
      )}
    </div>
  );
}
