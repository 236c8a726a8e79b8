import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Drawer, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type ApprovalDetail, type ApprovalView, approvals } from '../api/approvals.ts';
import { StepForecast } from '../journeys/step-forecast.tsx';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone } from '../ui/hooks.ts';
import { Metric } from '../ui/metric.tsx';
import { Loading } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { APPROVALS_KEY } from './approval-ask.tsx';

/** One request with its forecast in view, and the decision. */
export function ApprovalDrawer({ id, close }: { id: string; close: () => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const query = useQuery({ queryKey: [...APPROVALS_KEY, id], queryFn: () => approvals.get(id), retry: false });
  return (
    <Drawer
      open
      onClose={close}
      size={phone ? '100%' : 520}
      title={query.data ? t(`approval.kind.${query.data.kind}`, { defaultValue: query.data.kind }) : t('approval.title')}
      data-testid="approval-drawer"
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && <Detail one={query.data} again={() => query.refetch()} close={close} />}
    </Drawer>
  );
}

const pathOf = ({ kind, subject }: ApprovalView): string | undefined =>
  kind.startsWith('journey.')
    ? `/journeys/${subject}`
    : kind.startsWith('groups.')
      ? `/groups/calendar?view=plans&plan=${subject}`
      : undefined;

function Detail({ one, again, close }: { one: ApprovalDetail; again: () => void; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useSay();
  const may = useMay();
  const client = useQueryClient();
  const [word, setWord] = useState('');
  const [busy, setBusy] = useState<string>();
  const [failed, setFailed] = useState<unknown>();
  const decide = async (act: 'approve' | 'refuse' | 'withdraw') => {
    setBusy(act);
    setFailed(undefined);
    try {
      if (act === 'approve') await approvals.approve(one.id, one.people, word.trim());
      else if (act === 'refuse') await approvals.refuse(one.id, word.trim());
      else await approvals.withdraw(one.id);
      await client.invalidateQueries();
      say.done(t(`approval.done.${act}`));
      close();
    } catch (error) {
      setFailed(error);
      again();
    } finally {
      setBusy(undefined);
    }
  };
  const waiting = one.state === 'waiting';
  const mayDecide = waiting && may('approvals.decide') && (!one.mine || one.alone);
  const path = pathOf(one);
  return (
    <div className="stack loose">
      <div>
        <b style={{ fontSize: 16 }}>{path ? <Link to={path}>{one.name}</Link> : one.name}</b>
        <div className="soft small">
          {one.by.name} · <Time value={one.askedAt} />
        </div>
        {one.why && <div style={{ marginTop: 6 }}>{one.why}</div>}
      </div>
      <div className="grid metrics">
        <Metric label={t('approval.people')} value={format.number(one.people)} testId="approval-people" />
        <Metric label={t('approval.above')} value={format.number(one.above)} />
      </div>
      {one.steps.length > 0 && (
        <div className="stack" data-testid="approval-forecast">
          <b className="small soft">{t('approval.forecast')}</b>
          {one.steps.map((step) => (
            <StepForecast
              key={step.node}
              step={step}
              {...(one.kind === 'journey.launch'
                ? { people: { journeyId: one.subject, existing: one.ask.existing as boolean | undefined } }
                : {})}
            />
          ))}
        </div>
      )}
      {one.changed && <Alert type="warning" showIcon title={t('approval.changed')} />}
      {!waiting && (
        <Alert
          type={one.state === 'approved' ? 'success' : 'info'}
          showIcon
          title={t(`approval.state.${one.state}`)}
          description={one.decidedBy && `${one.decidedBy.name}${one.word ? `：${one.word}` : ''}`}
        />
      )}
      {failed !== undefined && <ProblemView error={failed} />}
      {mayDecide && (
        <div className="stack">
          {one.mine && <Alert type="warning" showIcon title={t('approval.alone')} />}
          <Input.TextArea
            rows={2}
            maxLength={300}
            value={word}
            onChange={(e) => setWord(e.target.value)}
            placeholder={t('approval.wordHint')}
            data-testid="approval-word"
          />
          <div className="row wrap">
            <Button
              type="primary"
              disabled={one.changed}
              loading={busy === 'approve'}
              onClick={() => decide('approve')}
              data-testid="approve"
            >
              {t('approval.approve')}
            </Button>
            <Button danger disabled={!word.trim()} loading={busy === 'refuse'} onClick={() => decide('refuse')} data-testid="refuse">
              {t('approval.refuse')}
            </Button>
          </div>
        </div>
      )}
      {waiting && one.mine && (
        <div className="stack tight">
          {!one.alone && <span className="soft small">{t('approval.own')}</span>}
          <div>
            <Button loading={busy === 'withdraw'} onClick={() => decide('withdraw')} data-testid="withdraw">
              {t('approval.withdraw')}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
