import { GiftOutlined, PlusOutlined, ScanOutlined } from '@ant-design/icons';
import { Button, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CouponList } from '../../rewards/index.ts';
import { coupons } from '../api/coupons.ts';
import { useMay } from '../shell/session.tsx';
import { Reveal } from '../ui/bits.tsx';
import { CursorTable } from '../ui/cursor-table.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { Define, EmptyStart, Page } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { CouponStateTag, StockMeter, useSaid } from './bits.tsx';

type Row = CouponList['items'][number];
const STATES = ['all', 'live', 'draft', 'paused', 'over'] as const;

export default function CouponsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const may = useMay();
  const open = usePeopleDrawer();
  const [read, write] = useUrl();
  const state = read('state') ?? 'all';
  const create = may('coupons.write') && (
    <Link to="/coupons/new">
      <Button type="primary" icon={<PlusOutlined />} data-testid="new-coupon">
        {t('coupon.create')}
      </Button>
    </Link>
  );
  const number = (one: Row, of: 'issued' | 'used') => (
    <Reveal
      onClick={() =>
        open({
          title: `${one.name} · ${t(`coupon.${of}`)}`,
          count: one[of],
          definition: t(`coupon.define.${of}`),
          source: { kind: 'coupon', id: one.id, ...(of === 'used' ? { state: 'used' } : {}) },
        })
      }
    >
      {format.number(one[of])}
    </Reveal>
  );
  // What is still open may yet be used: the rate is of all that were given.
  const rate = (one: Row) =>
    one.issued >= 30 ? format.percent(one.used / one.issued) : <span className="soft small">{t('common.enough')}</span>;
  const name = (one: Row) => (
    <span className="stack" style={{ gap: 0 }}>
      <Link to={`/coupons/${one.id}`}>{one.name}</Link>
      <span className="soft small">{said(one.sentence)}</span>
    </span>
  );
  return (
    <Page
      title={t('coupon.title')}
      question={t('coupon.question')}
      testId="coupons-page"
      extra={
        <>
          {may('coupons.redeem') && (
            <Link to="/coupons/redeem">
              <Button icon={<ScanOutlined />}>{t('coupon.redeemPage')}</Button>
            </Link>
          )}
          {create}
        </>
      }
    >
      <div className="stack">
        <Segmented
          value={state}
          onChange={(next) => write({ state: next === 'all' ? null : next })}
          options={STATES.map((one) => ({ value: one, label: one === 'all' ? t('common.all') : t(`coupon.state.${one}`) }))}
          style={{ alignSelf: 'flex-start', maxWidth: '100%', overflowX: 'auto' }}
        />
        <CursorTable<Row>
          queryKey={['coupons', 'list', state]}
          fetch={(cursor) => coupons.list(cursor, state === 'all' ? undefined : state)}
          rowKey={(one) => one.id}
          empty={<EmptyStart icon={<GiftOutlined />} title={t('coupon.emptyTitle')} text={t('coupon.emptyText')} action={create} />}
          testId="coupons"
          card={(one) => (
            <div className="pcard stack tight">
              <div className="row between" style={{ alignItems: 'flex-start' }}>
                {name(one)} <CouponStateTag state={one.state} />
              </div>
              <StockMeter coupon={one} />
              <span className="soft small num">
                {t('coupon.issued')} {number(one, 'issued')} · {t('coupon.used')} {number(one, 'used')} · {rate(one)}
              </span>
            </div>
          )}
          columns={[
            { title: t('common.name'), key: 'name', render: (_, one) => name(one) },
            { title: t('coupon.stateOf'), key: 'state', width: 100, render: (_, one) => <CouponStateTag state={one.state} /> },
            { title: t('coupon.stock'), key: 'stock', width: 190, render: (_, one) => <StockMeter coupon={one} /> },
            {
              title: <Define text={t('coupon.define.issued')}>{t('coupon.issued')}</Define>,
              key: 'issued',
              width: 100,
              align: 'right',
              render: (_, one) => number(one, 'issued'),
            },
            {
              title: <Define text={t('coupon.define.used')}>{t('coupon.used')}</Define>,
              key: 'used',
              width: 100,
              align: 'right',
              render: (_, one) => number(one, 'used'),
            },
            {
              title: t('coupon.useRate'),
              key: 'rate',
              width: 110,
              align: 'right',
              render: (_, one) => <span className="num">{rate(one)}</span>,
            },
          ]}
        />
      </div>
    </Page>
  );
}
