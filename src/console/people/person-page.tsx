import { useQuery } from '@tanstack/react-query';
import { Card, Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { nameOf, people } from '../api/people.ts';
import { type Story, stories } from '../api/story.ts';
import { PersonGroups } from '../groups/person-groups.tsx';
import { PersonCoupons } from '../rewards/person-coupons.tsx';
import { useMay } from '../shell/session.tsx';
import { BindingHistory } from '../staff/person-binding.tsx';
import { CopyButton, PersonFace } from '../ui/bits.tsx';
import { useUrl } from '../ui/hooks.ts';
import { LevelTag, StageTag, TierTag } from '../ui/labels.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { OrdersSummary } from './orders-summary.tsx';
import { PersonJourneys, PersonMessages } from './person-messages.tsx';
import { PersonSide } from './person-side.tsx';
import { Activity } from './story/activity.tsx';
import { Changes } from './story/changes.tsx';
import { Groups, Habits, Months } from './story/habits.tsx';
import { Notes } from './story/notes.tsx';
import { WhyButton } from './story/why.tsx';
import { Timeline } from './timeline.tsx';

export default function PersonPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const may = useMay();
  const [read, write] = useUrl();
  const query = useQuery({ queryKey: ['person', id], queryFn: () => people.get(id), refetchInterval: 10_000 });
  const story = useQuery({ queryKey: ['person', id, 'story'], queryFn: () => stories.get(id), refetchInterval: 30_000 });
  if (query.isError)
    return (
      <Page title={t('people.title')} testId="person-page">
        <ProblemView error={query.error} retry={() => query.refetch()} />
      </Page>
    );
  if (query.isPending)
    return (
      <Page title="…" testId="person-page">
        <Loading rows={10} />
      </Page>
    );
  const person = query.data;
  const past = story.data;
  const tab = read('tab') ?? 'timeline';
  const told = (show: (past: Story) => ReactNode) =>
    past ? show(past) : story.isError ? <ProblemView error={story.error} retry={() => story.refetch()} /> : <Loading />;
  return (
    <Page
      testId="person-page"
      tab={nameOf(person)}
      title={
        <span className="row wrap" style={{ gap: 12 }}>
          <PersonFace person={person} size={44} />
          <span>
            <span className="row wrap">
              <span data-testid="person-name">{nameOf(person)}</span>
              <span className="row wrap" style={{ gap: 4, fontWeight: 400 }} data-testid="person-standing">
                {person.level && (
                  <WhyButton personId={id} kind="level" of={person.level}>
                    <LevelTag level={person.level} />
                  </WhyButton>
                )}
                {person.stage && (
                  <WhyButton personId={id} kind="stage" of={person.stage}>
                    <StageTag stage={person.stage} />
                  </WhyButton>
                )}
                {person.tier && (
                  <WhyButton personId={id} kind="tier" of={person.tier}>
                    <TierTag tier={person.tier} />
                  </WhyButton>
                )}
              </span>
            </span>
            <span className="row soft mono" style={{ fontWeight: 400 }}>
              {person.id} <CopyButton text={person.id} label="" />
            </span>
          </span>
        </span>
      }
    >
      <div className="grid side">
        <div className="stack loose" style={{ minWidth: 0 }}>
          <Card size="small">
            <div className="stack">
              <OrdersSummary person={person} onShow={() => write({ tab: null, group: 'orders', event: null, day: null })} />
              {past && <Months months={past.months} />}
              {past && <Activity days={past.days} onDay={(day) => write({ tab: null, group: null, event: null, day })} />}
            </div>
          </Card>
          <Card size="small" styles={{ body: { paddingTop: 4 } }}>
            <Tabs
              activeKey={tab}
              onChange={(next) => write({ tab: next === 'timeline' ? null : next })}
              items={[
                { key: 'timeline', label: t('people.timeline'), children: <Timeline personId={id} /> },
                {
                  key: 'habits',
                  label: t('people.story.habits'),
                  children: told((past) => <Habits kinds={past.kinds} carriers={past.carriers} />),
                },
                { key: 'changes', label: t('people.group.changes'), children: told((past) => <Changes changes={past.changes} />) },
                ...(may('messages.read')
                  ? [{ key: 'messages', label: t('people.messages'), children: <PersonMessages personId={id} /> }]
                  : []),
                { key: 'journeys', label: t('people.journeys'), children: <PersonJourneys personId={id} /> },
                {
                  key: 'groups',
                  label: t('people.story.groups'),
                  children: <PersonGroups personId={id} otherwise={told((past) => <Groups groups={past.groups} />)} />,
                },
                ...(may('coupons.read') ? [{ key: 'coupons', label: t('coupon.title'), children: <PersonCoupons personId={id} /> }] : []),
                { key: 'binding', label: t('staff.binding'), children: <BindingHistory personId={id} /> },
                { key: 'notes', label: t('people.story.notes'), children: <Notes personId={id} /> },
              ]}
            />
          </Card>
        </div>
        <PersonSide person={person} onBinding={() => write({ tab: 'binding' })} />
      </div>
    </Page>
  );
}
