import { CalendarOutlined, LeftOutlined, PlusOutlined, RightOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { groupPlans } from '../api/group-plans.ts';
import { useMay } from '../shell/session.tsx';
import { useStaff } from '../staff/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { CalendarWeek } from './calendar-week.tsx';
import { EntryDrawer } from './entry-drawer.tsx';
import { PlanDrawer } from './plan-drawer.tsx';
import { Plans } from './plans.tsx';

const DAY_MS = 86_400_000;
const shift = (day: string, n: number) => new Date(Date.parse(day) + n * DAY_MS).toISOString().slice(0, 10);

/** The week of all groups: what goes when, how it went, and who still has it in hand. */
export default function CalendarPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const [read, write] = useUrl();
  const view = read('view') ?? 'calendar';
  const from = read('from');
  const plans = useQuery({ queryKey: ['groups', 'plans'], queryFn: groupPlans.list });
  const query = useQuery({
    queryKey: ['groups', 'calendar', from],
    queryFn: () => groupPlans.calendar({ from, days: 7 }),
    refetchInterval: 30_000,
  });
  const calendar = query.data;
  const first = calendar?.days[0];
  const move = (n: number) => first && write({ from: shift(first, n) });
  const entry = calendar?.items.find((one) => `${one.planId}.${one.stepId}.${one.at}` === read('entry'));
  const edited = read('plan');
  return (
    <Page
      title={t('groupPlan.title')}
      question={t('groupPlan.question')}
      testId="group-calendar"
      extra={
        may('channels.write') && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => write({ plan: 'new' })} data-testid="plan-new">
            {t('groupPlan.make')}
          </Button>
        )
      }
    >
      <div className="stack loose">
        <div className="row wrap between">
          <Segmented
            value={view}
            onChange={(next) => write({ view: next === 'calendar' ? null : next })}
            options={['calendar', 'plans'].map((one) => ({ value: one, label: t(`groupPlan.${one}`) }))}
          />
          {view === 'calendar' && first && (
            <span className="row">
              <Button icon={<LeftOutlined />} onClick={() => move(-7)} aria-label={t('groupPlan.before')} />
              <Button onClick={() => write({ from: null })}>{t('groupPlan.thisWeek')}</Button>
              <Button icon={<RightOutlined />} onClick={() => move(7)} aria-label={t('groupPlan.after')} />
              <span className="soft small">
                {format.day(`${first}T12:00:00Z`)} – {format.day(`${shift(first, 6)}T12:00:00Z`)}
              </span>
            </span>
          )}
        </div>
        {(query.isPending || plans.isPending) && <Loading />}
        {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
        {plans.data && calendar && plans.data.items.length === 0 && calendar.items.length === 0 && (
          <EmptyStart
            icon={<CalendarOutlined />}
            title={t('groupPlan.emptyTitle')}
            text={t('groupPlan.emptyText')}
            action={
              may('channels.write') && (
                <Button type="primary" onClick={() => write({ plan: 'new' })}>
                  {t('groupPlan.make')}
                </Button>
              )
            }
          />
        )}
        {view === 'plans' && plans.data && <Plans list={plans.data.items} edit={(id) => write({ plan: id })} />}
        {view === 'calendar' && calendar && (plans.data?.items.length || calendar.items.length) ? (
          <>
            <Owners calendar={calendar} />
            <CalendarWeek calendar={calendar} open={(one) => write({ entry: `${one.planId}.${one.stepId}.${one.at}` })} />
          </>
        ) : null}
      </div>
      {entry && <EntryDrawer entry={entry} close={() => write({ entry: null })} />}
      {edited && plans.data && (
        <PlanDrawer
          plan={plans.data.items.find((one) => one.id === edited)}
          purposes={plans.data.purposes}
          close={() => write({ plan: null })}
        />
      )}
    </Page>
  );
}

/** Who has something in hand and has not sent it. */
function Owners({ calendar }: { calendar: Awaited<ReturnType<typeof groupPlans.calendar>> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { nameOf } = useStaff();
  const { owners } = calendar;
  return (
    <Card size="small" title={t('groupPlan.notSent')} data-testid="owners-waiting">
      {owners.length === 0 ? (
        <span className="soft">{t('groupPlan.everybodySent')}</span>
      ) : (
        <div className="row wrap" style={{ gap: 20 }}>
          {owners.slice(0, 12).map((one) => (
            <span key={one.owner} className="stack tight" style={{ gap: 0 }}>
              <strong>{nameOf(one.owner)}</strong>
              <span className="soft small">
                {t('groupPlan.ownerLine', { messages: one.messages, groups: one.groups, since: format.relative(one.since) })}
                {one.reminded > 0 && ` · ${t('groupPlan.remindedTimes', { n: one.reminded })}`}
              </span>
            </span>
          ))}
        </div>
      )}
    </Card>
  );
}
