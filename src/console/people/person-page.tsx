import { useQuery } from '@tanstack/react-query';
import { Card, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { nameOf, people } from '../api/people.ts';
import { useMay } from '../shell/session.tsx';
import { CopyButton, PersonFace } from '../ui/bits.tsx';
import { useUrl } from '../ui/hooks.ts';
import { LevelTag, StageTag, TierTag } from '../ui/labels.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { OrdersSummary } from './orders-summary.tsx';
import { PersonJourneys, PersonMessages } from './person-messages.tsx';
import { PersonSide } from './person-side.tsx';
import { Timeline } from './timeline.tsx';

export default function PersonPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const may = useMay();
  const [read, write] = useUrl();
  const query = useQuery({ queryKey: ['person', id], queryFn: () => people.get(id), refetchInterval: 10_000 });
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
  const tab = read('tab') ?? 'timeline';
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
                <LevelTag level={person.level} />
                <StageTag stage={person.stage} />
                <TierTag tier={person.tier} />
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
            <OrdersSummary person={person} onShow={() => write({ tab: null, group: 'orders', event: null })} />
          </Card>
          <Card size="small" styles={{ body: { paddingTop: 4 } }}>
            <Tabs
              activeKey={tab}
              onChange={(next) => write({ tab: next === 'timeline' ? null : next })}
              items={[
                { key: 'timeline', label: t('people.timeline'), children: <Timeline personId={id} /> },
                ...(may('messages.read')
                  ? [{ key: 'messages', label: t('people.messages'), children: <PersonMessages personId={id} /> }]
                  : []),
                { key: 'journeys', label: t('people.journeys'), children: <PersonJourneys personId={id} /> },
              ]}
            />
          </Card>
        </div>
        <PersonSide person={person} />
      </div>
    </Page>
  );
}
