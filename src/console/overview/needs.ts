import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { policy } from '../api/access.ts';
import { channels, messages } from '../api/channels.ts';
import { content } from '../api/content.ts';
import { imports } from '../api/events.ts';
import { journeys } from '../api/journeys.ts';
import { position } from '../api/position.ts';
import { touchpoints } from '../api/touchpoints.ts';
import { usePositionWords } from '../insight/position-words.ts';
import { useWaitingApprovals } from '../reach/approval-ask.tsx';
import { useMay } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';

export interface Need {
  key: string;
  kind: 'bad' | 'warn' | 'info';
  text: string;
  to: string;
}

/** What waits for a person's hand, gathered from the pages that know. What one may not read is left out. */
export function useNeeds(events: number | undefined): { needs: Need[]; loading: boolean } {
  const { t } = useTranslation();
  const { named } = useLabels();
  const format = useFormat();
  const may = useMay();
  const every = { refetchInterval: 30_000, retry: false } as const;
  const files = useQuery({ queryKey: ['imports'], queryFn: imports.list, enabled: may('imports.read'), ...every });
  const sent = useQuery({
    queryKey: ['messages', 'summary', 7],
    queryFn: () => messages.summary(7),
    enabled: may('messages.read'),
    ...every,
  });
  const flows = useQuery({ queryKey: ['journeys'], queryFn: journeys.list, enabled: may('journeys.read'), ...every });
  const ways = useQuery({ queryKey: ['channels'], queryFn: channels.list, enabled: may('channels.read'), ...every });
  const pool = useQuery({
    queryKey: ['position', 'progress'],
    queryFn: position.progress,
    enabled: may('insight.read'),
    staleTime: 300_000,
    retry: false,
  });
  const doors = useQuery({
    queryKey: ['touchpoints', 'warnings'],
    queryFn: touchpoints.warnings,
    enabled: may('touchpoints.read'),
    refetchInterval: 60_000,
    retry: false,
  });
  const library = useQuery({
    queryKey: ['content', 'needs'],
    queryFn: content.needs,
    enabled: may('content.read'),
    refetchInterval: 60_000,
    retry: false,
  });
  const approvals = useWaitingApprovals();
  const words = usePositionWords();
  const needs: Need[] = [];

  if (events === 0) needs.push({ key: 'empty', kind: 'info', text: t('overview.need.noEvents'), to: '/imports' });
  for (const one of files.data?.items.slice(0, 10) ?? []) {
    const file = one.file ?? one.id;
    const to = `/imports/${one.id}`;
    if (one.state === 'failed') needs.push({ key: one.id, kind: 'bad', text: t('overview.need.importFailed', { file }), to });
    else if (one.state !== 'done') needs.push({ key: one.id, kind: 'info', text: t('overview.need.importRunning', { file }), to });
    else if (one.rows.rejected)
      needs.push({ key: one.id, kind: 'warn', text: t('overview.need.importRejected', { file, n: format.number(one.rows.rejected) }), to });
  }
  for (const one of doors.data?.items.slice(0, 10) ?? []) {
    const told = { n: format.number(one.number), time: format.relative(one.at), detail: one.detail ?? '' };
    needs.push({
      key: `door-${one.touchpointId}-${one.what}`,
      kind: ['expired', 'all_full', 'members_full'].includes(one.what) ? 'bad' : 'warn',
      text: `${one.name} ${t(`touchpoint.warn.${one.what}`, told)}`,
      to: `/touchpoints/${one.touchpointId}`,
    });
  }
  for (const one of library.data?.rightsSoon ?? [])
    needs.push({
      key: `rights-${one.id}`,
      kind: 'warn',
      text: t('overview.need.rightsSoon', { name: one.name, day: format.day(one.until) }),
      to: `/content/${one.id}`,
    });
  if (library.data?.inReview)
    needs.push({ key: 'review', kind: 'info', text: t('overview.need.inReview', { n: library.data.inReview }), to: '/content/review' });
  if (approvals.data?.waiting)
    needs.push({ key: 'approvals', kind: 'warn', text: t('overview.need.approvals', { n: approvals.data.waiting }), to: '/approvals' });
  for (const one of pool.data?.guards ?? []) {
    if (one.state !== 'broken') continue;
    const told = {
      metric: words.nameOf(one.metric, one.carrier),
      value: words.say(one.value, one.unit),
      limit: words.say(one.limit, one.unit),
    };
    needs.push({
      key: `guard-${one.metric}-${one.carrier}-${one.op}`,
      kind: 'bad',
      text: t('position.guardBroken', told),
      to: '/position',
    });
  }
  for (const one of pool.data?.northStar.targets ?? []) {
    if (one.state !== 'behind' && one.state !== 'missed') continue;
    const told = { value: words.say(one.value, one.unit), target: words.say(one.target, one.unit), by: format.day(one.by) };
    needs.push({ key: `star-${one.by}`, kind: 'warn', text: t('position.starBehind', told), to: '/position' });
  }
  // One way to send is enough; none is not.
  if (ways.data && !ways.data.items.some((one) => one.configured && one.key !== 'wechat_pay'))
    needs.push({ key: 'channels', kind: 'warn', text: t('overview.need.channels'), to: '/settings/channels' });
  for (const one of ways.data?.items ?? []) {
    const channel = t(`common.channel.${one.key}`, one.key);
    if (one.configured && !one.healthy)
      needs.push({
        key: one.key,
        kind: 'bad',
        text: t('overview.need.unhealthy', { channel, x: named(one.health, '') }),
        to: '/settings/channels',
      });
  }
  const failed = sent.data?.byState.failed ?? 0;
  const reasons = Object.entries(sent.data?.byReason ?? {}).sort((a, b) => b[1] - a[1]);
  const reason = (key: string) => t(`message.reason.${key}`, key);
  const paused = useQuery({ queryKey: ['policy'], queryFn: policy.get, enabled: may('policy.read'), ...every }).data?.paused;
  if (paused) needs.push({ key: 'paused', kind: 'bad', text: t('overview.need.paused'), to: '/settings/policy' });
  if (failed)
    needs.push({
      key: 'failed',
      kind: 'bad',
      text: t('overview.need.messagesFailed', { n: format.number(failed), reason: reason(reasons[0]?.[0] ?? '') }),
      to: '/messages?state=failed',
    });
  for (const [key, n] of reasons.slice(0, 2)) {
    if ((sent.data?.byState.skipped ?? 0) > 0)
      needs.push({
        key: `skip-${key}`,
        kind: 'warn',
        text: t('overview.need.messagesSkipped', { n: format.number(n), reason: reason(key) }),
        to: `/messages?reason=${encodeURIComponent(key)}`,
      });
  }
  for (const one of flows.data?.items ?? []) {
    if (one.state === 'draft')
      needs.push({ key: one.id, kind: 'info', text: t('overview.need.journeyDraft', { name: one.name }), to: `/journeys/${one.id}` });
    if (one.state === 'paused')
      needs.push({ key: one.id, kind: 'warn', text: t('overview.need.journeyPaused', { name: one.name }), to: `/journeys/${one.id}` });
  }
  return { needs, loading: files.isLoading || sent.isLoading || flows.isLoading || ways.isLoading };
}
