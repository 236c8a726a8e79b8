import { LeftOutlined, PlusOutlined, RightOutlined, ScheduleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Dropdown, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { type SopItem, sop } from '../api/sop.ts';
import { MomentDrawer } from '../reach/moment-drawer.tsx';
import { useMay } from '../shell/session.tsx';
import { useFormat } from '../ui/format.ts';
import { useUrl } from '../ui/hooks.ts';
import { EmptyStart, Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { CalendarGrid } from './calendar-grid.tsx';
import { ItemDrawer } from './item-drawer.tsx';
import { MomentPlanDrawer } from './moment-plan-drawer.tsx';
import { PlanList } from './plan-list.tsx';
import { SopTemplates } from './sop-templates.tsx';

const KINDS = ['person', 'group', 'moment', 'broadcast', 'journey'] as const;
const DAY_MS = 86_400_000;
const shift = (day: string, n: number) => new Date(Date.parse(day) + n * DAY_MS).toISOString().slice(0, 10);
/** The Monday on or before a day. */
const monday = (day: string) => shift(day, -((new Date(day).getUTCDay() + 6) % 7));

/** What goes out on which day: to persons, in groups, as moments, and what else. */
export default function SopPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const navigate = useNavigate();
  const [read, write] = useUrl();
  const [hidden, setHidden] = useState<string[]>([]);
  const view = read('view') ?? 'calendar';
  const span = read('span') === 'month' ? 'month' : 'week';
  const today = format.zoned().format('YYYY-MM-DD');
  const around = read('on') ?? today;
  const from = span === 'week' ? monday(around) : monday(`${around.slice(0, 7)}-01`);
  const days = span === 'week' ? 7 : 42;
  const query = useQuery({
    queryKey: ['sop', 'calendar', from, days],
    queryFn: () => sop.calendar({ from, days }),
    refetchInterval: 60_000,
  });
  const plans = useQuery({ queryKey: ['sop', 'plans'], queryFn: sop.list });
  const move = (n: number) => {
    const next =
      span === 'week'
        ? shift(around, 7 * n)
        : format
            .startOfDay(`${around.slice(0, 7)}-01`)
            .add(n, 'month')
            .format('YYYY-MM-DD');
    write({ on: next });
  };
  const items = query.data?.items.filter((one) => !hidden.includes(one.kind)) ?? [];
  const there = KINDS.filter((kind) => query.data?.items.some((one) => one.kind === kind));
  const chosen = query.data?.items.find((one) => one.key === read('item'));
  const open = (item: SopItem) => write({ item: item.key });
  const blank = plans.data?.items.length === 0 && query.data?.items.length === 0;
  const make = may('journeys.write') && (
    <>
      {!blank && <SopTemplates button />}
      <Dropdown
        menu={{
          items: (['person', 'group', 'moment'] as const).map((key) => ({ key, label: t(`sop.makeOf.${key}`) })),
          onClick: ({ key }) => {
            if (key === 'person') navigate('/sop/new');
            else if (key === 'group') navigate('/groups/calendar?plan=new');
            else write({ plan: 'new' });
          },
        }}
      >
        <Button type="primary" icon={<PlusOutlined />} data-testid="sop-new">
          {t('sop.create')}
        </Button>
      </Dropdown>
    </>
  );
  return (
    <Page title={t('sop.title')} question={t('sop.question')} testId="sop-page" extra={make}>
      <div className="stack loose">
        {blank ? (
          <EmptyStart
            icon={<ScheduleOutlined />}
            title={t('sop.emptyTitle')}
            text={t('sop.emptyText')}
            action={may('journeys.write') && <SopTemplates />}
          />
        ) : (
          <>
            <div className="row wrap between">
              <Segmented
                value={view}
                onChange={(next) => write({ view: next === 'calendar' ? null : next })}
                options={['calendar', 'plans'].map((one) => ({ value: one, label: t(`sop.${one}`) }))}
                data-testid="sop-view"
              />
              {view === 'calendar' && (
                <span className="row wrap">
                  <Segmented
                    value={span}
                    onChange={(next) => write({ span: next === 'week' ? null : next })}
                    options={['week', 'month'].map((one) => ({ value: one, label: t(`sop.${one}`) }))}
                    data-testid="sop-span"
                  />
                  <Button icon={<LeftOutlined />} onClick={() => move(-1)} aria-label={t('sop.before')} />
                  <Button onClick={() => write({ on: null })}>{t('sop.now')}</Button>
                  <Button icon={<RightOutlined />} onClick={() => move(1)} aria-label={t('sop.after')} />
                  <span className="soft small">
                    {span === 'week'
                      ? `${format.day(`${from}T12:00:00Z`)} – ${format.day(`${shift(from, 6)}T12:00:00Z`)}`
                      : format.zoned(`${around.slice(0, 7)}-15T00:00:00Z`).format('YYYY-MM')}
                  </span>
                </span>
              )}
            </div>
            {view === 'calendar' && there.length > 1 && (
              <span className="row wrap">
                {there.map((kind) => (
                  <Checkbox
                    key={kind}
                    checked={!hidden.includes(kind)}
                    onChange={({ target }) => setHidden(target.checked ? hidden.filter((one) => one !== kind) : [...hidden, kind])}
                  >
                    <span className={`sdot ${kind}`} /> {t(`sop.kind.${kind}`)}
                  </Checkbox>
                ))}
              </span>
            )}
            {query.isPending && view === 'calendar' && <Loading />}
            {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
            {query.data && view === 'calendar' && (
              <CalendarGrid calendar={query.data} items={items} month={span === 'month' ? around.slice(0, 7) : undefined} open={open} />
            )}
            {view === 'plans' && plans.data && <PlanList items={plans.data.items} />}
          </>
        )}
      </div>
      {chosen && <ItemDrawer item={chosen} close={() => write({ item: null })} />}
      {read('plan') && <MomentPlanDrawer id={read('plan') === 'new' ? undefined : read('plan')} close={() => write({ plan: null })} />}
      {read('moment') && <MomentDrawer id={read('moment') ?? ''} close={() => write({ moment: null })} />}
    </Page>
  );
}
