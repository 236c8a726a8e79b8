import { useQuery } from '@tanstack/react-query';
import { Card, Segmented, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Navigate } from 'react-router';
import { insight } from '../api/insight.ts';
import { useMay } from '../shell/session.tsx';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { useLabels } from '../ui/labels.tsx';
import { Metric } from '../ui/metric.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { AarrrStrip } from './aarrr-strip.tsx';
import { CarriersCard, GrowthCard } from './growth-card.tsx';
import { LadderCard } from './ladder-card.tsx';
import { NeedsCard } from './needs-card.tsx';
import { StarTarget } from './star-target.tsx';

const DAYS = [7, 30, 90, 365];
const grew = (now: number, before: number | null): number | null => (before ? now / before - 1 : null);

/** The first page; whoever answers customers begins with the people instead. */
export default function Home() {
  const may = useMay();
  return may('insight.read') ? <OverviewPage /> : <Navigate to="/people" replace />;
}

function OverviewPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const open = usePeopleDrawer();
  const [read, write] = useUrl();
  const days = Number(read('days')) || 30;
  const query = useQuery({
    queryKey: ['overview', days],
    queryFn: () => insight.overview(days),
    refetchInterval: 30_000,
    placeholderData: (before) => before,
  });
  const data = query.data;
  const definition = (key: string) => named(data?.meta.definitions[key], '');
  const versus = t('overview.versus', { n: days });
  return (
    <Page
      title={t('overview.title')}
      question={t('overview.question')}
      testId="overview-page"
      extra={
        <>
          {data && (
            <Tooltip
              title={
                <>
                  {t('overview.freshHint')}
                  {data.freshness.sources.map((one) => (
                    <div key={one.source}>
                      {one.source}: {format.number(one.events)} · {format.relative(one.lastEventAt)}
                    </div>
                  ))}
                </>
              }
            >
              <span className="soft small" data-testid="freshness">
                {data.freshness.lastReceivedAt
                  ? t('overview.fresh', { time: format.relative(data.freshness.lastReceivedAt), n: format.number(data.freshness.events) })
                  : t('overview.noEvents')}
              </span>
            </Tooltip>
          )}
          <Segmented
            value={String(days)}
            onChange={(next) => write({ days: next === '30' ? null : next, lfrom: null, lto: null })}
            options={DAYS.map((n) => ({ value: String(n), label: t('common.lastDays', { n }) }))}
            data-testid="days"
          />
        </>
      }
    >
      {query.isError && !data && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading rows={12} />}
      {data && (
        <div className="stack loose" style={{ opacity: query.isPlaceholderData ? 0.6 : 1 }}>
          <div className="grid side">
            <Card size="small" style={{ height: '100%' }}>
              <div className="grid metrics" style={{ padding: '4px 0' }}>
                <Metric
                  testId="north-star"
                  label={t('overview.northStar')}
                  definition={definition('ladder.net')}
                  value={`${data.northStar.value > 0 ? '+' : ''}${format.number(data.northStar.value)}`}
                  unit={t('common.people')}
                  change={grew(data.northStar.value, data.northStar.previous)}
                  changeOf={versus}
                  onClick={() =>
                    open({
                      title: t('overview.rose'),
                      count: data.northStar.up,
                      source: { kind: 'insight', question: data.northStar.question, cell: data.northStar.upCell },
                    })
                  }
                  foot={
                    <div>
                      <Reveal
                        onClick={() =>
                          open({
                            title: t('overview.rose'),
                            count: data.northStar.up,
                            source: { kind: 'insight', question: data.northStar.question, cell: data.northStar.upCell },
                          })
                        }
                      >
                        ↑ {format.number(data.northStar.up)} {t('overview.rose')}
                      </Reveal>
                      {' · '}
                      <Reveal
                        onClick={() =>
                          open({
                            title: t('overview.fell'),
                            count: data.northStar.down,
                            source: { kind: 'insight', question: data.northStar.question, cell: data.northStar.downCell },
                          })
                        }
                      >
                        ↓ {format.number(data.northStar.down)} {t('overview.fell')}
                      </Reveal>
                      <StarTarget />
                    </div>
                  }
                />
                <Metric
                  testId="pool-people"
                  label={t('overview.pool')}
                  definition={definition('pool.people')}
                  value={format.number(data.people.value)}
                  unit={t('common.people')}
                  change={grew(data.people.value, data.people.previous)}
                  changeOf={versus}
                  onClick={() =>
                    open({
                      title: t('overview.pool'),
                      count: data.people.value,
                      source: { kind: 'insight', question: data.people.question, cell: data.people.cell },
                    })
                  }
                />
                <Metric
                  testId="new-people"
                  label={t('overview.newPeople')}
                  definition={definition('acquisition.new')}
                  value={format.number(data.newPeople.value)}
                  unit={t('common.people')}
                  change={grew(data.newPeople.value, data.newPeople.previous)}
                  changeOf={versus}
                  onClick={() =>
                    open({
                      title: t('overview.newPeople'),
                      count: data.newPeople.value,
                      source: { kind: 'insight', question: data.newPeople.question, cell: data.newPeople.cell },
                    })
                  }
                />
              </div>
            </Card>
            <NeedsCard events={data.freshness.events} />
          </div>
          <AarrrStrip rows={data.aarrr} meta={data.meta} question={data.newPeople.question} />
          <LadderCard flow={data.ladder} question={data.northStar.question} from={data.meta.from} to={data.meta.to} />
          <div className="grid side">
            <GrowthCard data={data} />
            <CarriersCard data={data} />
          </div>
          <span className="soft small">
            {t('common.updatedAt', { time: format.time(data.meta.askedAt) })} · {t('rule.took', { ms: data.meta.elapsedMs })}
            {data.meta.erased ? ` · ${t('overview.erased', { n: format.number(data.meta.erased) })}` : ''}
          </span>
        </div>
      )}
    </Page>
  );
}
