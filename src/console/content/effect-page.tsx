import { BarChartOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Card, Segmented, Select, Table, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Apart, contentEffect, type EffectRow, lastDays } from '../api/content-effect.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { EmptyStart, Hint, Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { EffectHeat } from './effect-heat.tsx';

const BY: Apart[] = ['item', 'channel', 'scene', 'journey', 'path', 'level', 'stage'];
const DAYS = [7, 30, 90] as const;
const WITHIN = [1, 3, 7, 14, 30] as const;
type Step = 'exposed' | 'open' | 'click' | 'order';

/** What works for whom: from reaching people to their orders, with how sure that is. */
export default function EffectPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const drawer = usePeopleDrawer();
  const [read, write] = useUrl();
  const by = BY.find((one) => one === read('by')) ?? 'item';
  const days = Number(read('days') ?? 30);
  const withinDays = Number(read('within') ?? 7);
  const query = useQuery({
    queryKey: ['content', 'effect', by, days, withinDays],
    queryFn: () => contentEffect.ask({ ...lastDays(days), by, withinDays }),
    placeholderData: keepPreviousData,
  });
  const rows = query.data?.rows ?? [];
  const names = query.data?.names ?? {};
  const keyName = (key: string): string =>
    key === ''
      ? t('content.effect.unknown')
      : (names[key] ?? t(`content.effect.key.${by}.${key}`, t(`content.channelName.${key}`, t(`content.sceneName.${key}`, key))));
  const open = (row: EffectRow, step: Step, count: number) =>
    query.data &&
    drawer({
      title: `${row.name}${by === 'item' ? '' : ` · ${keyName(row.key)}`} · ${t(`content.effect.step.${step}`)}`,
      count,
      source: { kind: 'insight', question: query.data.meta.question, cell: row.cells[step] },
    });
  const share = (row: EffectRow, step: Exclude<Step, 'exposed'>) => {
    const one = row[step];
    return (
      <Reveal onClick={() => open(row, step, one.part)} title={t('common.drawerHint')}>
        {one.enough && one.share !== null ? (
          <Tooltip title={t('content.effect.interval', { low: format.percent(one.low ?? 0), high: format.percent(one.high ?? 0) })}>
            <span className="num">
              {format.percent(one.share)} <span className="soft small">{format.number(one.part)}</span>
            </span>
          </Tooltip>
        ) : (
          <span className="soft num">
            {format.number(one.part)} <span className="small">{t('content.effect.few')}</span>
          </span>
        )}
      </Reveal>
    );
  };
  return (
    <Page title={t('content.effect.page')} question={t('content.effect.question')} testId="content-effect-page">
      <div className="stack loose">
        <div className="row wrap">
          <div style={{ maxWidth: '100%', overflowX: 'auto' }}>
            <Segmented<Apart>
              value={by}
              onChange={(next) => write({ by: next })}
              options={BY.map((one) => ({ value: one, label: t(`content.effect.by.${one}`) }))}
            />
          </div>
          <Select
            value={days}
            onChange={(next) => write({ days: String(next) })}
            options={DAYS.map((value) => ({ value, label: t('content.effect.lastDays', { n: value }) }))}
          />
          <Select
            value={withinDays}
            onChange={(next) => write({ within: String(next) })}
            options={WITHIN.map((value) => ({ value, label: t('content.effect.within', { n: value }) }))}
          />
          <Hint text={t('content.effect.hint')} />
        </div>
        {query.isPending && <Loading />}
        {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {query.isSuccess && rows.length === 0 && (
          <EmptyStart
            icon={<BarChartOutlined />}
            title={t('content.effect.empty')}
            text={t('content.effect.emptyText')}
            action={<Link to="/journeys">{t('nav.journeys')}</Link>}
          />
        )}
        {rows.length > 0 && (by === 'level' || by === 'stage') && (
          <EffectHeat rows={rows} keyName={keyName} onOpen={(row) => open(row, 'order', row.order.part)} />
        )}
        {rows.length > 0 && (
          <Card size="small">
            <Table<EffectRow>
              size="small"
              rowKey={(row) => `${row.contentId}${row.key}`}
              dataSource={rows}
              pagination={{ pageSize: 30, hideOnSinglePage: true }}
              scroll={{ x: 820 }}
              data-testid="effect-table"
              columns={[
                {
                  title: t('content.name'),
                  render: (_, row) => <Link to={`/content/${row.contentId}?tab=radar`}>{row.name}</Link>,
                  width: 200,
                },
                ...(by === 'item'
                  ? []
                  : [{ title: t(`content.effect.by.${by}`), render: (_: unknown, row: EffectRow) => keyName(row.key), width: 140 }]),
                {
                  title: t('content.effect.step.exposed'),
                  render: (_, row) => (
                    <Reveal onClick={() => open(row, 'exposed', row.exposed)} title={t('common.drawerHint')}>
                      <span className="num">{format.number(row.exposed)}</span>
                    </Reveal>
                  ),
                  sorter: (a, b) => a.exposed - b.exposed,
                  width: 90,
                },
                { title: t('content.effect.step.open'), render: (_, row) => share(row, 'open'), width: 130 },
                { title: t('content.effect.step.click'), render: (_, row) => share(row, 'click'), width: 130 },
                {
                  title: t('content.effect.step.order'),
                  render: (_, row) => share(row, 'order'),
                  sorter: (a, b) => (a.order.share ?? 0) - (b.order.share ?? 0),
                  width: 130,
                },
                {
                  title: t('content.effect.money'),
                  render: (_, row) => <span className="num">{format.fen(row.fen)}</span>,
                  sorter: (a, b) => a.fen - b.fen,
                  width: 110,
                },
                {
                  title: t('content.effect.beside'),
                  render: (_, row) =>
                    row.beside === null ? (
                      <span className="soft small">{t('content.effect.few')}</span>
                    ) : row.beside.low > 0 ? (
                      <Tag color="success">{t('content.effect.better')}</Tag>
                    ) : row.beside.high < 0 ? (
                      <Tag color="error">{t('content.effect.worse')}</Tag>
                    ) : (
                      <Tag>{t('content.effect.alike')}</Tag>
                    ),
                  width: 120,
                },
              ]}
            />
          </Card>
        )}
      </div>
    </Page>
  );
}
