import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { type CouponAction, type CouponDraft, coupons } from '../api/coupons.ts';
import { useMay } from '../shell/session.tsx';
import { useUrl } from '../ui/hooks.ts';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { useSay } from '../ui/undo.tsx';
import { CouponStateTag, useSaid } from './bits.tsx';
import { CouponEditor } from './coupon-editor.tsx';
import { CouponReportView } from './coupon-report.tsx';
import { GiveCoupon } from './give-coupon.tsx';

const EMPTY: CouponDraft = {
  name: '',
  terms: {
    type: 'amount',
    faceFen: 2000,
    percent: null,
    capFen: null,
    thresholdFen: 9900,
    scope: { kind: 'all', of: [] },
    carriers: [],
    validity: { days: 7 },
    stackable: false,
    onRefund: 'return',
    gift: null,
    costFen: 0,
  },
  rule: null,
  word: null,
  ways: [],
  codes: 'own',
  stock: 1000,
  perDay: null,
  perPerson: 1,
  claimFrom: null,
  claimTo: null,
  budgetFen: null,
};
const NEXT: Record<string, CouponAction[]> = { draft: ['launch'], live: ['pause', 'end'], paused: ['resume', 'end'], over: [] };

export default function CouponPage() {
  const { id = 'new' } = useParams();
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const say = useSay();
  const may = useMay();
  const said = useSaid();
  const [read, write] = useUrl();
  const query = useQuery({ queryKey: ['coupons', id], queryFn: () => coupons.get(id), enabled: id !== 'new' });
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await client.invalidateQueries({ queryKey: ['coupons'] });
    } catch (error) {
      say.failed(error);
    }
  };
  if (id === 'new')
    return (
      <Page title={t('coupon.create')} testId="coupon-page">
        <CouponEditor
          key="new"
          draftKey="coupon.new"
          saved={EMPTY}
          save={async (draft) => {
            const made = await coupons.create(draft);
            await client.invalidateQueries({ queryKey: ['coupons'] });
            navigate(`/coupons/${made.id}`, { replace: true });
          }}
        />
      </Page>
    );
  if (query.isError) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.isPending) return <Loading />;
  const coupon = query.data;
  const launched = coupon.launchedAt !== null;
  const button = (action: CouponAction) => (
    <Button
      key={action}
      type={action === 'launch' || action === 'resume' ? 'primary' : 'default'}
      onClick={action === 'end' ? undefined : () => act(() => coupons.act(id, action))}
      data-testid={`coupon-${action}`}
    >
      {t(`coupon.act.${action}`)}
    </Button>
  );
  return (
    <Page
      title={
        <span className="row wrap" style={{ gap: 8 }}>
          {coupon.name} <CouponStateTag state={coupon.state} />
        </span>
      }
      tab={coupon.name}
      question={said(coupon.sentence)}
      testId="coupon-page"
      extra={
        may('coupons.write') && (
          <>
            {coupon.state === 'draft' && (
              <Button
                onClick={() =>
                  act(async () => {
                    await coupons.remove(id);
                    navigate('/coupons', { replace: true });
                  })
                }
              >
                {t('coupon.remove')}
              </Button>
            )}
            {NEXT[coupon.state]!.map((action) =>
              action === 'end' ? (
                <Popconfirm key={action} title={t('coupon.endAsk')} onConfirm={() => act(() => coupons.act(id, 'end'))}>
                  {button(action)}
                </Popconfirm>
              ) : (
                button(action)
              ),
            )}
          </>
        )
      }
    >
      <Tabs
        activeKey={read('tab') ?? (launched ? 'report' : 'edit')}
        onChange={(tab) => write({ tab })}
        items={[
          ...(launched ? [{ key: 'report', label: t('coupon.tab.report'), children: <CouponReportView coupon={coupon} /> }] : []),
          ...(may('coupons.issue') ? [{ key: 'give', label: t('coupon.tab.give'), children: <GiveCoupon coupon={coupon} /> }] : []),
          {
            key: 'edit',
            label: t('coupon.tab.edit'),
            children: (
              <CouponEditor
                key={`${id} ${coupon.version}`}
                draftKey={`coupon.${id}`}
                saved={coupon}
                launched={launched}
                locked={coupon.state === 'over' || !may('coupons.write')}
                save={async (draft) => {
                  await coupons.change(id, draft);
                  await client.invalidateQueries({ queryKey: ['coupons'] });
                  say.saved();
                }}
              />
            ),
          },
        ]}
      />
    </Page>
  );
}
