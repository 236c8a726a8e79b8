import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Space, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Finding, health } from '../api/events.ts';
import { eventName } from '../i18n/event-name.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Loading } from '../ui/page.tsx';
import { BandChart } from './health-chart.tsx';
import { Subject } from './health-subject.tsx';
import { SenderName } from './refused.tsx';
import { useReason } from './refused-reason.ts';

const COLOURS = { critical: 'error', warning: 'warning', info: 'processing' } as const;
const silent = ['source_silent', 'sdk_silent', 'carrier_silent', 'event_silent'];

function Amount({ one }: { one: Finding }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { observed, expected, low, high, unit, of } = one.evidence;
  const say = (v: number) => (unit === 'share' ? format.percent(v) : format.number(v, unit === 'value' ? 2 : 0));
  return (
    <span className="small">
      {t('health.observed')} <b className="num">{say(observed)}</b>
      <span className="soft">
        {' · '}
        {t('health.expected')} <span className="num">{say(expected)}</span> ({say(low)} – {say(high)})
        {of !== undefined && ` · ${t('health.of', { n: format.number(of) })}`}
      </span>
    </span>
  );
}

/** What a kind of finding knows beyond its amounts. */
function Details({ one }: { one: Finding }) {
  const { t } = useTranslation();
  const format = useFormat();
  const d = one.evidence.details ?? {};
  const kind = (name: unknown) => t(`health.valueKind.${String(name)}`, String(name));
  if (one.detector === 'type_clash' && Array.isArray(d.now))
    return <div className="small">{t('health.detail.types', { usual: kind(d.usual), now: d.now.map(kind).join(' · ') })}</div>;
  if (one.detector === 'unit_change' && typeof d.factor === 'number')
    return <div className="small">{t('health.detail.factor', { n: format.number(d.factor, 2) })}</div>;
  if (one.detector === 'expected_missed' && typeof d.declared === 'number')
    return <div className="small">{t('health.detail.declared', { n: format.number(d.declared) })}</div>;
  return null;
}

/** Of refused messages there are no events to show, but reasons. */
function WhyRefused({ one }: { one: Finding }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useReason();
  const reasons = (one.evidence.details?.reasons ?? []) as {
    field: string;
    reason: string;
    count: number;
    events: string[];
    sdks: string[];
  }[];
  return (
    <div>
      <div className="soft small">{t('health.refused.reasons')}</div>
      {reasons.map((r) => (
        <div key={`${r.field} ${r.reason}`} className="row wrap small" style={{ gap: 8, padding: '3px 0' }}>
          <b className="num">{format.number(r.count)}</b>
          <span>
            <code className="mono">{r.field || t('health.refused.whole')}</code> {say(r.reason)}
          </span>
          <span className="soft">{[...r.events, ...r.sdks].join(' · ')}</span>
        </div>
      ))}
      <Link to="/sources#refused">{t('health.refused.more')}</Link>
    </div>
  );
}

function Evidence({ one }: { one: Finding }) {
  const { t } = useTranslation();
  const format = useFormat();
  const series = useQuery({ queryKey: ['health', 'series', one.id, one.lastAt], queryFn: () => health.series(one.id) });
  return (
    <div className="stack">
      {series.isPending ? (
        <Loading rows={3} />
      ) : (
        series.data &&
        series.data.points.length > 1 && (
          <BandChart points={series.data.points} unit={series.data.unit} label={t(`health.detector.${one.detector}`)} />
        )
      )}
      <div className="small">{t(`health.mend.${one.detector}`)}</div>
      {one.detector === 'refused_rise' && <WhyRefused one={one} />}
      {one.evidence.examples.length > 0 && (
        <div>
          <div className="soft small">{silent.includes(one.detector) ? t('health.lastBefore') : t('health.examples')}</div>
          {one.evidence.examples.map((e) => (
            <div key={e.messageId} className="row wrap small" style={{ gap: 8, padding: '3px 0' }}>
              <Link to={`/people/${e.personId}?event=${encodeURIComponent(e.event)}`}>
                {e.type === 'track' ? eventName(t, e.event) : t(`event.${e.type}`, e.type)}
              </Link>
              <span className="num">{format.time(e.timestamp)}</span>
              <span className="soft">{[e.source, e.sdk].filter(Boolean).join(' · ')}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

export function FindingCard({ one, opened }: { one: Finding; opened: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const { message } = App.useApp();
  const may = useMay()('events.write');
  const [open, setOpen] = useState(opened);
  const handle = useMutation({
    mutationFn: (handling: Finding['handling']) => health.handle(one.id, { handling }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['health'] }),
    onError: (error) => message.error(error.message),
  });
  // A source that was declared and is silent: there is nothing to count.
  const absent = one.detector === 'expected_missed' && one.evidence.by.length > 0;
  const button = (handling: Finding['handling'], text: string) => (
    <Button
      key={handling}
      size="small"
      loading={handle.isPending && handle.variables === handling}
      onClick={() => handle.mutate(handling)}
      data-testid={`finding-${handling}`}
    >
      {text}
    </Button>
  );
  return (
    <Card size="small" data-testid="finding">
      <div className="stack tight">
        <div className="row wrap between" style={{ gap: 8 }}>
          <button
            type="button"
            className="linklike"
            style={{ textAlign: 'start', color: 'inherit' }}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <Tag color={COLOURS[one.severity]}>{t(`health.severity.${one.severity}`)}</Tag>
            <b>{absent ? t('health.sourceMissing') : t(`health.detector.${one.detector}`, one.detector)}</b>
          </button>
          <span className="soft small">
            {one.state === 'open'
              ? t('health.since', { x: format.relative(one.firstAt) })
              : t('health.until', { x: format.time(one.firstAt), y: format.time(one.lastAt) })}
          </span>
        </div>
        {one.detector === 'refused_rise' ? (
          <SenderName door={one.subject.slice(7).split('/')[0]!} name={(one.evidence.details?.name as string | null | undefined) ?? null} />
        ) : (
          <Subject subject={one.subject} />
        )}
        {!absent && <Amount one={one} />}
        <Details one={one} />
        {one.evidence.by.length > 0 && (
          <div className="small">
            <span className="soft">{t(absent ? 'health.detail.noneFrom' : 'health.from')} </span>
            {one.evidence.by.map((by) => (
              <Tag key={by}>{by}</Tag>
            ))}
          </div>
        )}
        {open && <Evidence one={one} />}
        <div className="row wrap between" style={{ gap: 8 }}>
          <Space size={6} wrap>
            {may &&
              one.handling === 'new' && [
                button('acknowledged', t('health.acknowledge')),
                button('expected', t('health.asExpected')),
                button('muted', t('health.mute')),
              ]}
            {one.handling !== 'new' && <Tag>{t(`health.handling.${one.handling}`)}</Tag>}
            {may && one.handling !== 'new' && button('new', t('health.reopen'))}
          </Space>
          <span className="soft small">
            <Time value={one.lastAt} />
          </span>
        </div>
      </div>
    </Card>
  );
}
