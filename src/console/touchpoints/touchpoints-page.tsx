import { PlusOutlined, QrcodeOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Figure, KINDS, type Touchpoint, touchpoints } from '../api/touchpoints.ts';
import { useMay } from '../shell/session.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { useFormat } from '../ui/format.ts';
import { useDebounced, useUrl } from '../ui/hooks.ts';
import { Define, EmptyStart, Page } from '../ui/page.tsx';
import { PeriodPicker, usePeriod } from '../ui/period.tsx';
import { PointState, WarningList } from './bits.tsx';
import { KnownDrawer } from './known-drawer.tsx';
import { NewTouchpointDrawer } from './new-touchpoint.tsx';

type Row = Touchpoint & { figure: Figure | undefined };
const NUMBERS = ['scans', 'people', 'friends', 'joins', 'orders'] as const;

export default function TouchpointsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const [read, write] = useUrl();
  const [making, setMaking] = useState(false);
  const [knowing, setKnowing] = useState(false);
  const period = usePeriod();
  const kind = read('kind') ?? '';
  // Thousands of printed codes would hide what is looked at daily; a word finds them all the same.
  const batchId = read('batch') ?? (read('q') ? '' : 'none');
  const word = useDebounced(read('q') ?? '');
  const warnings = useQuery({ queryKey: ['touchpoints', 'warnings'], queryFn: touchpoints.warnings, refetchInterval: 60_000 });
  const days = { from: period.firstDay, to: period.lastDay };

  const fetch = async (cursor: string | undefined) => {
    const page = await touchpoints.list({ cursor, kind, batchId, query: word, limit: 50 });
    const ids = page.items.map((one) => one.id);
    const { items } = ids.length > 0 ? await touchpoints.figures(ids, days) : { items: [] };
    const byId = new Map(items.map((one) => [one.id, one]));
    return { ...page, items: page.items.map((one): Row => ({ ...one, figure: byId.get(one.id) })) };
  };
  const label = (of: (typeof NUMBERS)[number]) => t(of === 'people' ? 'touchpoint.peopleCount' : `touchpoint.${of}`);
  const hints: Partial<Record<string, string>> = { scans: t('touchpoint.scansHint'), orders: t('touchpoint.ordersHint') };
  const about = (one: Row) => [one.place, one.owner, one.campaign].filter(Boolean).join(' · ');

  return (
    <Page
      title={t('touchpoint.title')}
      question={t('touchpoint.question')}
      testId="touchpoints-page"
      extra={
        <>
          <PeriodPicker />
          {may('touchpoints.write') && (
            <Button onClick={() => setKnowing(true)} data-testid="known-in-wechat">
              {t('touchpoint.known.title')}
            </Button>
          )}
          {may('touchpoints.write') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)} data-testid="new-touchpoint">
              {t('touchpoint.create')}
            </Button>
          )}
        </>
      }
    >
      <div className="stack">
        <WarningList items={warnings.data?.items ?? []} />
        <div className="row wrap">
          <Input.Search
            allowClear
            placeholder={t('touchpoint.search')}
            defaultValue={read('q')}
            onChange={(event) => write({ q: event.target.value })}
            style={{ maxWidth: 280 }}
            data-testid="touchpoint-search"
          />
          <Select
            allowClear
            placeholder={t('touchpoint.kind')}
            value={kind || undefined}
            onChange={(next?: string) => write({ kind: next ?? null })}
            style={{ minWidth: 160 }}
            options={KINDS.map((one) => ({ value: one, label: t(`touchpoint.kinds.${one}`) }))}
          />
        </div>
        <CursorTable<Row>
          queryKey={['touchpoints', 'list', kind, batchId, word, days.from, days.to]}
          fetch={fetch}
          rowKey={(row) => row.id}
          testId="touchpoints-table"
          empty={
            <EmptyStart
              icon={<QrcodeOutlined />}
              title={t('touchpoint.emptyTitle')}
              text={t('touchpoint.emptyText')}
              action={may('touchpoints.write') && <Button onClick={() => setMaking(true)}>{t('touchpoint.create')}</Button>}
            />
          }
          card={(one) => (
            <div className="stack tight">
              <span className="row between">
                <Link to={`/touchpoints/${one.id}`}>{one.name}</Link> <PointState point={one} />
              </span>
              <span className="soft small">
                {t(`touchpoint.kinds.${one.kind}`)} {about(one)}
              </span>
              <span className="small num">{NUMBERS.map((of) => `${label(of)} ${format.number(one.figure?.[of])}`).join(' · ')}</span>
            </div>
          )}
          columns={[
            {
              title: t('common.name'),
              key: 'name',
              render: (_, one) => (
                <div style={{ minWidth: 0 }}>
                  <Link to={`/touchpoints/${one.id}`} className="clip" style={{ display: 'block' }}>
                    {one.name}
                  </Link>
                  <span className="soft small clip" style={{ display: 'block' }}>
                    {about(one)}
                  </span>
                </div>
              ),
            },
            { title: t('touchpoint.kind'), key: 'kind', width: 140, render: (_, one) => t(`touchpoint.kinds.${one.kind}`) },
            { title: t('touchpoint.state'), key: 'state', width: 130, render: (_, one) => <PointState point={one} /> },
            ...NUMBERS.map((of) => ({
              title: <Define text={hints[of]}>{label(of)}</Define>,
              key: of,
              width: 100,
              align: 'right' as const,
              render: (_: unknown, one: Row) => <span className="num">{format.number(one.figure?.[of])}</span>,
            })),
            {
              title: t('touchpoint.revenue'),
              key: 'revenue',
              width: 130,
              align: 'right' as const,
              render: (_, one) => <span className="num">{format.fen(one.figure?.revenueFen)}</span>,
            },
          ]}
        />
      </div>
      <KnownDrawer open={knowing} onClose={() => setKnowing(false)} />
      <NewTouchpointDrawer open={making} onClose={() => setMaking(false)} />
    </Page>
  );
}
