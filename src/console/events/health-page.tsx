import { CheckCircleFilled, CloseCircleFilled, HeartOutlined, HourglassOutlined, WarningFilled } from '@ant-design/icons';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Segmented } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type HealthOverview, type HealthSource, health, jobs } from '../api/events.ts';
import { useMay } from '../shell/session.tsx';
import { Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { EmptyStart, Hint, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { BandChart, Spark } from './health-chart.tsx';
import { FindingCard } from './health-finding.tsx';
import { ExpectedTimes } from './health-times.tsx';

const icons = {
  empty: <HourglassOutlined className="soft" />,
  learning: <HourglassOutlined className="soft" />,
  broken: <CloseCircleFilled className="bad" />,
  doubtful: <WarningFilled className="warn" />,
  whole: <CheckCircleFilled className="good" />,
};

/** The first answer: is today's data whole? */
function Answer({ it }: { it: HealthOverview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const n = it.state === 'broken' ? it.findings.critical : it.findings.warning;
  return (
    <Card size="small" data-testid="health-answer">
      <div className="row" style={{ gap: 14, alignItems: 'flex-start' }}>
        <span style={{ fontSize: 34, lineHeight: 1 }}>{icons[it.state]}</span>
        <div className="grow">
          <div style={{ fontSize: 20, fontWeight: 600 }} data-testid={`health-${it.state}`}>
            {t(`health.state.${it.state}`)}
          </div>
          <div className="soft">
            {t(`health.stateText.${it.state}`, { n: it.state === 'learning' ? it.daysKnown : n, m: it.daysNeeded })}
          </div>
          <div className="soft small">
            {it.checkedThrough ? t('health.checked', { x: format.time(it.checkedThrough) }) : t('health.never')}
          </div>
        </div>
      </div>
      {it.hours.length > 0 && it.state !== 'empty' && (
        <>
          <div className="soft small" style={{ marginTop: 10 }}>
            {t('health.arrived')}
          </div>
          <BandChart points={it.hours} unit="events" height={200} label={t('health.arrived')} />
        </>
      )}
    </Card>
  );
}

function SourceRow({ one }: { one: HealthSource }) {
  const { t } = useTranslation();
  const format = useFormat();
  const stale = one.usual > 0 && (one.lastHour === null || dayjs(one.lastHour).isBefore(dayjs().subtract(6, 'hour')));
  return (
    <div className="row between" style={{ gap: 10, padding: '6px 0', borderTop: '1px solid var(--line)' }} data-testid="health-source">
      <div style={{ minWidth: 0 }} className="grow">
        <div className="clip">
          <span className="soft small">{t(`health.dimension.${one.dimension}`)} </span>
          {one.subject.slice(one.subject.indexOf(':') + 1)}
        </div>
        <div className={stale ? 'warn small' : 'soft small'}>{one.lastHour ? <Time value={one.lastHour} /> : t('common.never')}</div>
      </div>
      <Spark values={one.hours} width={90} />
      <div style={{ textAlign: 'right', minWidth: 74 }}>
        <div className="num">{format.number(one.events)}</div>
        <div className="soft small">{t('health.usual', { n: format.short(one.usual) })}</div>
      </div>
    </div>
  );
}

function Findings() {
  const { t } = useTranslation();
  const [read, write] = useUrl();
  const state = read('state') === 'closed' ? 'closed' : 'open';
  const list = useInfiniteQuery({
    queryKey: ['health', 'findings', state],
    queryFn: ({ pageParam }) => health.findings({ state, limit: 20, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="stack" data-testid="findings">
      <div className="row wrap between">
        <h2 style={{ margin: 0, fontSize: 16 }}>{t('health.findings')}</h2>
        <Segmented
          value={state}
          onChange={(value) => write({ state: value === 'open' ? null : String(value) })}
          options={[
            { value: 'open', label: t('health.open') },
            { value: 'closed', label: t('health.closed') },
          ]}
        />
      </div>
      {list.isError ? (
        <ProblemView error={list.error} retry={() => list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : items.length === 0 ? (
        <Card size="small">
          <EmptyStart icon={<CheckCircleFilled className="good" />} title={t(state === 'open' ? 'health.none' : 'health.noneClosed')} />
        </Card>
      ) : (
        items.map((one, i) => <FindingCard key={one.id} one={one} opened={state === 'open' && i === 0} />)
      )}
      {list.hasNextPage && (
        <Button onClick={() => list.fetchNextPage()} loading={list.isFetchingNextPage} data-testid="load-more">
          {t('common.more')}
        </Button>
      )}
    </div>
  );
}

export default function HealthPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { message } = App.useApp();
  const may = useMay()('events.write');
  const overview = useQuery({ queryKey: ['health', 'overview'], queryFn: health.overview, refetchInterval: 60_000 });
  const check = useMutation({
    mutationFn: async () => {
      const { id } = await health.check();
      for (let tries = 0; tries < 60; tries++) {
        const job = await jobs.get(id);
        if (job.state === 'done') return;
        if (job.state === 'failed') throw new Error(job.error ?? 'failed');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['health'] }),
    onError: (error) => message.error(error.message),
  });
  const it = overview.data;
  return (
    <Page
      title={t('health.title')}
      question={t('health.question')}
      testId="health-page"
      extra={
        may && (
          <Button loading={check.isPending} onClick={() => check.mutate()} data-testid="health-check">
            {check.isPending ? t('health.checking') : t('health.checkNow')}
          </Button>
        )
      }
    >
      {overview.isError ? (
        <ProblemView error={overview.error} retry={() => overview.refetch()} />
      ) : !it ? (
        <Loading />
      ) : it.state === 'empty' ? (
        <Card size="small">
          <EmptyStart
            icon={<HeartOutlined />}
            title={t('health.state.empty')}
            text={t('health.stateText.empty')}
            action={
              <Link to="/settings/keys">
                <Button type="primary">{t('health.connect')}</Button>
              </Link>
            }
          />
        </Card>
      ) : (
        <>
          <Answer it={it} />
          <div className="grid side" style={{ marginTop: 16 }}>
            <Findings />
            <div className="stack">
              <Card
                size="small"
                title={
                  <>
                    {t('health.sources')} <Hint text={t('health.sourceHint')} />
                  </>
                }
              >
                {it.sources.map((one) => (
                  <SourceRow key={one.subject} one={one} />
                ))}
              </Card>
              <ExpectedTimes may={may} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}
