import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ApprovalNeed } from '../../channels/index.ts';
import { approvals } from '../api/approvals.ts';
import { type ApprovalAsk, Problem } from '../api/http.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useSay } from '../ui/undo.tsx';

export const APPROVALS_KEY = ['approvals'];

/** What waits for approval: for the badge of the menu, and where it concerns one thing. */
export function useWaitingApprovals() {
  const may = useMay();
  return useQuery({
    queryKey: [...APPROVALS_KEY, 'waiting'],
    queryFn: () => approvals.list({ state: 'waiting' }),
    enabled: may('policy.read'),
    staleTime: 20_000,
    refetchInterval: 60_000,
    retry: false,
  });
}

/** Asks another member for what was refused because it reaches many; what else went wrong is the caller's. True: it was that. */
export function useAskApproval() {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const send = useSendAsk();
  return (error: unknown): boolean => {
    if (!(error instanceof Problem) || !error.approval) return false;
    const { approval } = error;
    let why = '';
    modal.confirm({
      title: error.title,
      content: (
        <div className="stack">
          <span>{error.detail}</span>
          <Why onChange={(next) => (why = next)} />
        </div>
      ),
      okText: t('approval.ask'),
      cancelText: t('common.cancel'),
      okButtonProps: { 'data-testid': 'ask-approval' },
      onOk: () => send(approval, why),
    });
    return true;
  };
}

/** Asks, and says that it was asked. */
export function useSendAsk() {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  return async (ask: ApprovalAsk, why: string) => {
    try {
      await approvals.ask({ ...ask, ...(why.trim() ? { why: why.trim() } : {}) });
      await Promise.all([client.invalidateQueries({ queryKey: APPROVALS_KEY }), client.invalidateQueries({ queryKey: ['journeys'] })]);
      say.done(t('approval.asked'));
    } catch (error) {
      say.failed(error);
    }
  };
}

function Why({ onChange }: { onChange: (why: string) => void }) {
  const { t } = useTranslation();
  return (
    <Input.TextArea
      rows={2}
      maxLength={300}
      placeholder={t('approval.whyHint')}
      onChange={(e) => onChange(e.target.value)}
      data-testid="approval-why"
    />
  );
}

/** What stands before a launch that reaches many, and room for a word to whoever decides; nothing where it can go at once. */
export function NeedsApproval({ approval, onWhy }: { approval: ApprovalNeed | undefined; onWhy: (why: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!approval?.needed) return null;
  return (
    <div className="stack tight" style={{ marginTop: 8 }} data-testid="needs-approval">
      <Alert
        type="warning"
        showIcon
        style={{ padding: '6px 10px' }}
        title={t('approval.needed', { people: format.number(approval.people), above: format.number(approval.above) })}
        description={
          approval.waiting ? (
            <Link to={`/approvals?id=${approval.waiting}`}>{t('approval.waits')}</Link>
          ) : (
            t(approval.alone ? 'approval.aloneHint' : 'approval.neededHint')
          )
        }
      />
      {!approval.waiting && <Why onChange={onWhy} />}
    </div>
  );
}

/** That something waits for approval, where it is looked at. */
export function WaitsNotice({ subject }: { subject: string }) {
  const { t } = useTranslation();
  const one = useWaitingApprovals().data?.items.find((item) => item.subject === subject);
  const [hidden, setHidden] = useState(false);
  if (!one || hidden) return null;
  return (
    <Alert
      type="info"
      showIcon
      closable={{ onClose: () => setHidden(true) }}
      style={{ marginBottom: 8 }}
      data-testid="waits-for-approval"
      title={
        <span className="row wrap">
          {t(`approval.kind.${one.kind}`, { defaultValue: one.kind })} · {t('approval.waitsSince', { who: one.by.name })}{' '}
          <Time value={one.askedAt} />
        </span>
      }
      action={
        <Link to={`/approvals?id=${one.id}`}>
          <Button size="small">{t('approval.open')}</Button>
        </Link>
      }
    />
  );
}
