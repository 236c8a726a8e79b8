import { ExportOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { limits, type ReachView, reach } from '../api/reach.ts';
import { useMay } from '../shell/session.tsx';
import { useStaff } from '../staff/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useLabels } from '../ui/labels.tsx';
import { Metric } from '../ui/metric.tsx';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { FatigueCard } from './fatigue-card.tsx';
import { LeftBars } from './left-bars.tsx';
import { sayLimit } from './limit-words.ts';
import { LIMITS_KEY } from './limits-table.tsx';
import { PlanCard } from './plan-card.tsx';
import { TellModal } from './tell-modal.tsx';
import { WaitingCard } from './waiting-card.tsx';

export default function ReachPage() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['reach', 'now'], queryFn: reach.now });
  const view = query.data;
  return (
    <Page title={t('reach.title')} question={t('reach.question')} testId="reach-page">
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading />}
      {view && (
        <div className="stack loose">
          {view.customers === 0 ? (
            <EmptyStart
              title={t('reach.noCustomers')}
              text={t('reach.noCustomersText')}
              action={
                <Link to="/settings/channels">
                  <Button type="primary">{t('reach.toChannels')}</Button>
                </Link>
              }
            />
          ) : (
            <>
              <Numbers view={view} />
              <div className="grid two" style={{ alignItems: 'start' }}>
                <Card size="small" title={t('reach.leftTitle')}>
                  <LeftBars left={view.left} total={view.customers} />
                </Card>
                <PlanCard />
              </div>
            </>
          )}
          {view.others.length > 0 && <Others view={view} />}
          <FatigueCard />
          <WaitingCard />
          {view.staff.length > 0 && <ByStaff view={view} />}
        </div>
      )}
    </Page>
  );
}

function Numbers({ view }: { view: ReachView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const { rule } = view;
  const reachable = view.customers - (view.left.find((one) => one.messages === 0)?.customers ?? 0);
  const waiting = view.staff.reduce((sum, one) => sum + one.waiting, 0);
  return (
    <Card size="small">
      <div className="stack">
        <div className="grid metrics">
          <Metric
            label={t('reach.reachable')}
            definition={t('reach.reachableDefinition')}
            value={format.number(reachable)}
            unit={`/ ${format.number(view.customers)}`}
            testId="reachable"
          />
          <Metric label={t('reach.waiting')} definition={t('reach.waitingDefinition')} value={format.number(waiting)} />
          <Metric label={t('reach.until')} value={format.day(rule.to)} />
        </div>
        <div className="row wrap small soft" data-testid="reach-rule">
          <span>
            {t('reach.rule')}：{named(rule.name, rule.key)} {sayLimit(t, format, rule, rule)}
            {rule.value === null && ` (${rule.messages})`} · {rule.source.title} · {rule.known ?? rule.checked}
          </span>
          {rule.own && <Tag color="green">{t('reach.ownRule')}</Tag>}
          <Link to="/settings/policy">{t('reach.setRule')}</Link>
        </div>
      </div>
    </Card>
  );
}

function Others({ view }: { view: ReachView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { named } = useLabels();
  const { data } = useQuery({ queryKey: LIMITS_KEY, queryFn: limits.list });
  const nameOf = (key: string) => named(data?.items.find((one) => one.key === key)?.name, key);
  return (
    <Card size="small" title={t('reach.others')}>
      <div className="grid metrics">
        {view.others.map((one) => (
          <Metric
            key={one.way}
            label={`${t(`common.channel.${one.channel}`)} · ${nameOf(one.way)}`}
            value={format.number(one.now)}
            unit={`/ ${format.number(one.people)}`}
          />
        ))}
      </div>
    </Card>
  );
}

function ByStaff({ view }: { view: ReachView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const { nameOf } = useStaff();
  const [told, setTold] = useState<{ userId: string; waiting: number }>();
  return (
    <Card size="small" title={t('reach.staff.title')} data-testid="reach-staff">
      {view.staff.slice(0, 100).map((one) => (
        <div
          key={one.userId}
          className="row wrap between"
          style={{ padding: '8px 0', borderBottom: '1px solid var(--line)', gap: '2px 16px' }}
        >
          <span style={{ flex: '1 1 140px', fontWeight: 500 }}>{nameOf(one.userId)}</span>
          <span className="row wrap small" style={{ gap: 16 }}>
            <span>
              {t('reach.staff.customers')} <b className="num">{format.number(one.customers)}</b>
            </span>
            <span>
              {t('reach.staff.reachable')} <b className="num">{format.number(one.reachable)}</b>
            </span>
            <span>
              {t('reach.staff.waiting')} <b className={one.waiting ? 'num warn' : 'num'}>{format.number(one.waiting)}</b>
            </span>
            {may('messages.write') && (
              <Button size="small" icon={<ExportOutlined />} onClick={() => setTold(one)} data-testid={`tell-${one.userId}`}>
                {t('reach.staff.tell')}
              </Button>
            )}
          </span>
        </div>
      ))}
      {told && <TellModal staff={[told.userId]} waiting={told.waiting} close={() => setTold(undefined)} />}
    </Card>
  );
}
