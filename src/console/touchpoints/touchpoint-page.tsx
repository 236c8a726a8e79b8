import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { type Touchpoint, type TouchpointChange, touchpoints } from '../api/touchpoints.ts';
import { useMay } from '../shell/session.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { Metric } from '../ui/metric.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { PeriodPicker, usePeriod } from '../ui/period.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { AboutCard } from './about-card.tsx';
import { EntryCard } from './entry-card.tsx';
import { LiveCode } from './live-code.tsx';
import { PictureCard } from './picture-card.tsx';

export default function TouchpointPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const may = useMay();
  const client = useQueryClient();
  const navigate = useNavigate();
  const say = useSay();
  const query = useQuery({ queryKey: ['touchpoints', id], queryFn: () => touchpoints.get(id) });
  const point = query.data;
  const write = may('touchpoints.write');
  const refresh = () => client.invalidateQueries({ queryKey: ['touchpoints'] });
  const change = async (body: TouchpointChange) => {
    try {
      await touchpoints.change(id, body);
      await refresh();
      say.saved();
    } catch (error) {
      say.failed(error);
    }
  };
  const close = async () => {
    try {
      await touchpoints.remove(id);
      await refresh();
      say.done(t('touchpoint.archived', { name: point!.name }));
      navigate('/touchpoints');
    } catch (error) {
      say.failed(error);
    }
  };

  return (
    <Page
      title={point?.name ?? '…'}
      testId="touchpoint-page"
      extra={
        point &&
        write &&
        point.state !== 'archived' && (
          <>
            <PeriodPicker />
            <Button onClick={() => change({ state: point.state === 'live' ? 'paused' : 'live' })}>
              {t(point.state === 'live' ? 'touchpoint.pause' : 'touchpoint.resume')}
            </Button>
            <Button danger onClick={close}>
              {t('touchpoint.archive')}
            </Button>
          </>
        )
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {point && (
        <div className="grid side">
          <div className="stack" style={{ minWidth: 0 }}>
            <Figures point={point} />
            {point.kind === 'live_code' && <LiveCode point={point} />}
            <EntryCard point={point} />
          </div>
          <div className="stack">
            <PictureCard point={point} refresh={refresh} />
            <AboutCard point={point} change={change} write={write} />
          </div>
        </div>
      )}
    </Page>
  );
}

function Figures({ point }: { point: Touchpoint }) {
  const { t } = useTranslation();
  const format = useFormat();
  const period = usePeriod();
  const range = { from: period.firstDay, to: period.lastDay };
  const sums = useQuery({ queryKey: ['touchpoints', point.id, 'figures', range], queryFn: () => touchpoints.figures([point.id], range) });
  const days = useQuery({ queryKey: ['touchpoints', point.id, 'days'], queryFn: () => touchpoints.days(point.id) });
  const one = sums.data?.items[0];
  const items = days.data?.items ?? [];
  const spent = point.cost && one ? point.cost.fixedFen + point.cost.perFriendFen * one.friends : null;
  return (
    <Card size="small" title={t('touchpoint.figures')} data-testid="touchpoint-figures">
      {sums.isError && <ProblemView error={sums.error} />}
      <div className="grid metrics dense">
        <Metric label={t('touchpoint.scans')} definition={t('touchpoint.scansHint')} value={format.number(one?.scans)} />
        <Metric label={t('touchpoint.peopleCount')} value={format.number(one?.people)} />
        <Metric label={t('touchpoint.friends')} value={format.number(one?.friends)} />
        <Metric label={t('touchpoint.joins')} value={format.number(one?.joins)} />
        <Metric label={t('touchpoint.orders')} definition={t('touchpoint.ordersHint')} value={format.number(one?.orders)} />
        <Metric label={t('touchpoint.revenue')} value={format.fen(one?.revenueFen)} />
        {spent !== null && (
          <Metric label={t('touchpoint.costPer')} value={one?.friends ? format.fen(Math.round(spent / one.friends)) : '–'} />
        )}
      </div>
      {items.length > 1 && (
        <Chart
          height={180}
          label={t('touchpoint.perDay')}
          option={{
            grid: { left: 36, right: 12, top: 28, bottom: 24 },
            legend: { top: 0 },
            tooltip: { trigger: 'axis' },
            xAxis: { type: 'category', data: items.map((d) => d.day.slice(5)) },
            yAxis: { type: 'value', minInterval: 1 },
            series: (['scans', 'friends', 'joins'] as const).map((of) => ({
              type: 'line',
              name: t(`touchpoint.${of}`),
              data: items.map((d) => d[of]),
            })),
          }}
        />
      )}
    </Card>
  );
}
