import { useQuery } from '@tanstack/react-query';
import { Card, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Coupon, type CouponReport, coupons, type PeopleOf } from '../api/coupons.ts';
import { journeys } from '../api/journeys.ts';
import { Reveal } from '../ui/bits.tsx';
import { Chart } from '../ui/chart.tsx';
import { useFormat } from '../ui/format.ts';
import { Metric } from '../ui/metric.tsx';
import { Loading } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { StockMeter } from './bits.tsx';

type Cause = CouponReport['byCause'][number];
type Share = CouponReport['useRate'];

/** From given to used: every number leads to its people. */
export function CouponReportView({ coupon }: { coupon: Coupon }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  const query = useQuery({ queryKey: ['coupons', coupon.id, 'report'], queryFn: () => coupons.report(coupon.id), refetchInterval: 15_000 });
  const names = useQuery({
    queryKey: ['journeys'],
    queryFn: journeys.list,
    enabled: query.data?.byCause.some((c) => c.kind === 'journey') ?? false,
  });
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading />;
  const report = query.data;
  const show = (title: string, count: number, of: PeopleOf, definition?: string) => () =>
    open({
      title: `${coupon.name} · ${title}`,
      count,
      ...(definition ? { definition } : {}),
      source: { kind: 'coupon', id: coupon.id, ...of },
    });
  const rate = ({ share, low, high, enough }: Share) =>
    enough && share !== null ? (
      <span className="num">
        {format.percent(share)}{' '}
        <span className="soft small">
          {format.percent(low)}–{format.percent(high)}
        </span>
      </span>
    ) : (
      <span className="soft small">{t('common.enough')}</span>
    );
  const metric = (key: 'issued' | 'used' | 'expired' | 'open' | 'refused', state?: string) => (
    <Metric
      label={t(`coupon.${key}`)}
      value={format.number(report[key])}
      definition={t(`coupon.define.${key}`)}
      onClick={show(t(`coupon.${key}`), report[key], state ? { state } : {}, t(`coupon.define.${key}`))}
      testId={`coupon-${key}`}
    />
  );
  const causeName = ({ kind, key }: Cause) => {
    if (kind === 'given' || kind === 'claimed') return t(`coupon.cause.${kind}`);
    const name = kind === 'journey' ? names.data?.items.find((j) => j.id === key)?.name : undefined;
    return (
      <span>
        {t(`coupon.cause.${kind}`)} · <Link to={`/${kind === 'journey' ? 'journeys' : 'touchpoints'}/${key}`}>{name ?? key}</Link>
      </span>
    );
  };
  const causeOf = ({ kind, key }: Cause): PeopleOf =>
    kind === 'journey' ? { journeyId: key } : kind === 'touchpoint' ? { touchpointId: key } : { how: kind };
  return (
    <div className="stack loose" data-testid="coupon-report">
      <Card size="small">
        <div className="grid metrics">
          {metric('issued')}
          {metric('used', 'used')}
          {metric('open', 'issued')}
          {metric('expired', 'expired')}
          <Metric label={t('coupon.useRate')} value={rate(report.useRate)} definition={t('coupon.define.useRate')} />
          <Metric
            label={t('coupon.revenue')}
            value={format.fen(report.revenueFen)}
            definition={t('coupon.define.revenue')}
            foot={`${t('coupon.discount')} ${format.fen(report.discountFen)}`}
          />
          <Metric
            label={t('coupon.cost')}
            value={format.fen(report.money.spentFen)}
            definition={t('coupon.define.cost')}
            foot={`${t('coupon.reserved')} ${format.fen(report.money.reservedFen)}${report.money.budgetFen === null ? '' : ` · ${t('coupon.budgetLeft')} ${format.fen(report.money.leftFen)}`}`}
          />
          <div className="stack" style={{ gap: 4 }}>
            <span className="soft" style={{ fontSize: 13 }}>
              {t('coupon.stock')}
            </span>
            <StockMeter coupon={coupon} />
          </div>
        </div>
        {(report.refused > 0 || report.against > 0 || report.returned > 0 || report.erased > 0) && (
          <div className="soft small row wrap" style={{ marginTop: 12, gap: 14 }}>
            {report.returned > 0 && (
              <Reveal onClick={show(t('coupon.returned'), report.returned, { state: 'returned' })}>
                {t('coupon.returned')} {format.number(report.returned)}
              </Reveal>
            )}
            {report.refused > 0 && (
              <Reveal onClick={show(t('coupon.refused'), report.refused, { state: 'refused' }, t('coupon.define.refused'))}>
                {t('coupon.refused')} {format.number(report.refused)}
              </Reveal>
            )}
            {report.against > 0 && (
              <span title={t('coupon.define.against')}>
                {t('coupon.against')} {format.number(report.against)}
              </span>
            )}
            {report.erased > 0 && <span>{t('coupon.erasedNote', { n: report.erased })}</span>}
          </div>
        )}
      </Card>
      {report.days.length > 1 && (
        <Card size="small" title={t('coupon.perDay')}>
          <Chart
            label={t('coupon.perDay')}
            height={220}
            option={{
              grid: { left: 44, right: 12, top: 30, bottom: 26 },
              legend: { top: 0 },
              tooltip: { trigger: 'axis' },
              xAxis: { type: 'category', data: report.days.map((d) => d.day.slice(5)) },
              yAxis: { type: 'value', minInterval: 1 },
              series: (['issued', 'used'] as const).map((key) => ({
                name: t(`coupon.${key}`),
                type: 'bar',
                data: report.days.map((d) => d[key]),
              })),
            }}
          />
        </Card>
      )}
      <div className="grid two">
        <Card size="small" title={t('coupon.byCause')}>
          <Table<Cause>
            rowKey={(one) => `${one.kind} ${one.key}`}
            size="small"
            pagination={false}
            scroll={{ x: 'max-content' }}
            dataSource={report.byCause}
            columns={[
              { title: t('coupon.causeOf'), key: 'cause', render: (_, one) => causeName(one) },
              {
                title: t('coupon.issued'),
                key: 'issued',
                align: 'right',
                render: (_, one) => (
                  <Reveal onClick={show(t('coupon.issued'), one.issued, causeOf(one))}>{format.number(one.issued)}</Reveal>
                ),
              },
              {
                title: t('coupon.used'),
                key: 'used',
                align: 'right',
                render: (_, one) => (
                  <Reveal onClick={show(t('coupon.used'), one.used, { ...causeOf(one), state: 'used' })}>{format.number(one.used)}</Reveal>
                ),
              },
              { title: t('coupon.useRate'), key: 'rate', align: 'right', render: (_, one) => rate(one.rate) },
              { title: t('coupon.revenue'), key: 'revenue', align: 'right', render: (_, one) => format.fen(one.revenueFen) },
            ]}
          />
        </Card>
        <Card size="small" title={t('coupon.byCarrier')}>
          <Table
            rowKey="key"
            size="small"
            pagination={false}
            locale={{ emptyText: t('coupon.noUse') }}
            dataSource={report.byCarrier}
            columns={[
              { title: t('coupon.carrierOf'), key: 'key', render: (_, one) => t(`coupon.carrier.${one.key || 'none'}`, one.key) },
              {
                title: t('coupon.used'),
                key: 'used',
                align: 'right',
                render: (_, one) => (
                  <Reveal onClick={show(t('coupon.used'), one.used, { carrier: one.key, state: 'used' })}>{format.number(one.used)}</Reveal>
                ),
              },
              { title: t('coupon.revenue'), key: 'revenue', align: 'right', render: (_, one) => format.fen(one.revenueFen) },
            ]}
          />
        </Card>
      </div>
    </div>
  );
}
