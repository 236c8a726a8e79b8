import { ApartmentOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type JourneySummary, journeys } from '../api/journeys.ts';
import { useMay } from '../shell/session.tsx';
import { Reveal, Time } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { usePhone, useUrl } from '../ui/hooks.ts';
import { Define, EmptyStart, Loading, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { StateTag } from './journey-bits.tsx';
import { Templates, TemplatesButton } from './templates.tsx';

const FILTERS = ['all', 'running', 'draft', 'paused', 'archived'] as const;

export default function JourneysPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const may = useMay();
  const open = usePeopleDrawer();
  const [read, write] = useUrl();
  const query = useQuery({ queryKey: ['journeys'], queryFn: journeys.list, refetchInterval: 10_000 });
  const state = read('state') ?? 'all';
  const rows = (query.data?.items ?? []).filter((one) => (state === 'all' ? one.state !== 'archived' : one.state === state));
  const number = (one: JourneySummary, of: 'entered' | 'inside' | 'converted') => (
    <Reveal
      onClick={() =>
        open({
          title: `${one.name} · ${t(`journey.${of}`)}`,
          count: one[of],
          definition: t(`journey.${of}Definition`),
          source: { kind: 'journey', id: one.id, state: of },
        })
      }
    >
      {format.number(one[of])}
    </Reveal>
  );
  const name = (one: JourneySummary) => (
    <span className="row wrap" style={{ gap: 6 }}>
      <Link to={`/journeys/${one.id}${one.state === 'draft' ? '' : '?tab=results'}`}>{one.name}</Link>
      {one.purpose && <Tag style={{ marginInlineEnd: 0 }}>{t(`common.purpose.${one.purpose}`)}</Tag>}
    </span>
  );
  const rate = (one: JourneySummary) =>
    one.entered >= 30 ? format.percent(one.converted / one.entered) : <span className="soft small">{t('common.enough')}</span>;
  const head = (of: 'entered' | 'inside' | 'converted') => <Define text={t(`journey.${of}Definition`)}>{t(`journey.${of}`)}</Define>;
  return (
    <Page
      title={t('journey.title')}
      question={t('journey.question')}
      testId="journeys-page"
      extra={
        may('journeys.write') && (
          <>
            <TemplatesButton />
            <Link to="/journeys/new">
              <Button type="primary" icon={<PlusOutlined />} data-testid="new-journey">
                {t('journey.create')}
              </Button>
            </Link>
          </>
        )
      }
    >
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && !query.data.items.length && (
        <EmptyStart
          icon={<ApartmentOutlined />}
          title={t('journey.emptyTitle')}
          text={t('journey.emptyText')}
          action={may('journeys.write') && <Templates />}
        />
      )}
      {query.data && query.data.items.length > 0 && (
        <div className="stack">
          <div className="row wrap between">
            <Segmented
              value={state}
              onChange={(next) => write({ state: next === 'all' ? null : next })}
              options={FILTERS.map((one) => ({ value: one, label: one === 'all' ? t('common.all') : t(`journey.state.${one}`) }))}
            />
          </div>
          {phone ? (
            rows.map((one) => (
              <div key={one.id} className="pcard stack tight">
                <div className="row between">
                  {name(one)} <StateTag state={one.state} />
                </div>
                <span className="soft small num">
                  {t('journey.entered')} {number(one, 'entered')} · {t('journey.inside')} {number(one, 'inside')} · {t('journey.converted')}{' '}
                  {number(one, 'converted')} · {rate(one)}
                </span>
              </div>
            ))
          ) : (
            <Table<JourneySummary>
              rowKey="id"
              size="middle"
              pagination={rows.length > 50 ? { pageSize: 50 } : false}
              dataSource={rows}
              columns={[
                { title: t('common.name'), key: 'name', render: (_, one) => name(one) },
                { title: t('journey.stateOf'), key: 'state', width: 110, render: (_, one) => <StateTag state={one.state} /> },
                {
                  title: head('entered'),
                  key: 'entered',
                  width: 110,
                  align: 'right',
                  sorter: (a, b) => a.entered - b.entered,
                  render: (_, one) => number(one, 'entered'),
                },
                { title: head('inside'), key: 'inside', width: 100, align: 'right', render: (_, one) => number(one, 'inside') },
                { title: head('converted'), key: 'converted', width: 100, align: 'right', render: (_, one) => number(one, 'converted') },
                {
                  title: t('journey.rate'),
                  key: 'rate',
                  width: 120,
                  align: 'right',
                  render: (_, one) => <span className="num">{rate(one)}</span>,
                },
                {
                  title: t('journey.launched'),
                  key: 'launched',
                  width: 130,
                  render: (_, one) => (one.launchedAt ? <Time value={one.launchedAt} /> : '–'),
                },
              ]}
            />
          )}
        </div>
      )}
    </Page>
  );
}
