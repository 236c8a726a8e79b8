import { useQuery } from '@tanstack/react-query';
import { Alert, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { type Journey, journeys } from '../api/journeys.ts';
import { WaitsNotice } from '../reach/approval-ask.tsx';
import { useUrl } from '../ui/hooks.ts';
import { Loading, Page } from '../ui/page.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { JourneyEditor } from './editor.tsx';
import { useFaults } from './faults.ts';
import { newGraph } from './graph.ts';
import { JourneyActions } from './journey-actions.tsx';
import { StateTag } from './journey-bits.tsx';
import { JourneyResultsView } from './results.tsx';
import { doorGraph, isDoorStarter } from './starters.ts';
import { TryDrawer } from './try-drawer.tsx';

function Known({ journey }: { journey: Journey }) {
  const { t } = useTranslation();
  const [read, write] = useUrl();
  const [dirty, setDirty] = useState(false);
  const faults = useFaults(journey.graph);
  return (
    <Page
      testId="journey-page"
      tab={journey.name}
      title={
        <span className="row wrap">
          {journey.name} <StateTag state={journey.state} />
          {journey.version ? <span className="soft small">{t('journey.version', { n: journey.version })}</span> : null}
        </span>
      }
      extra={
        <>
          <TryDrawer journey={journey} dirty={dirty} />
          <JourneyActions journey={journey} faults={faults.size} dirty={dirty} />
        </>
      }
    >
      <WaitsNotice subject={journey.id} />
      {journey.state === 'paused' && <Alert type="warning" showIcon title={t('journey.paused')} style={{ marginBottom: 8 }} />}
      <Tabs
        activeKey={read('tab') ?? 'edit'}
        onChange={(tab) => write({ tab: tab === 'edit' ? null : tab })}
        items={[
          {
            key: 'edit',
            label: t('journey.edit'),
            children: (
              <JourneyEditor
                key={journey.updatedAt}
                draftKey={journey.id}
                saved={journey}
                first={{ name: journey.name, purpose: journey.purpose ?? undefined, graph: journey.graph }}
                onDirty={setDirty}
              />
            ),
          },
          { key: 'results', label: t('journey.results'), children: <JourneyResultsView journey={journey} /> },
        ]}
      />
    </Page>
  );
}

export default function JourneyPage() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const [read] = useUrl();
  const isNew = id === 'new';
  const query = useQuery({ queryKey: ['journeys', id], queryFn: () => journeys.get(id), enabled: !isNew });
  if (isNew) {
    const starter = read('starter');
    const audience = read('audience');
    const door = read('touchpoint');
    const fromDoor = door !== undefined && isDoorStarter(starter);
    const graph = fromDoor ? doorGraph(starter, door) : newGraph(audience ? { audience } : {});
    const name = fromDoor ? t(`touchpoint.entryTemplate.${starter}`) : '';
    return (
      <Page title={t('journey.create')} question={t('journey.question')} testId="journey-page">
        <JourneyEditor
          key={`${starter}${audience}${door}`}
          draftKey={`new${starter ?? ''}${audience ?? ''}${door ?? ''}`}
          first={{ name, graph }}
        />
      </Page>
    );
  }
  if (query.isError)
    return (
      <Page title={t('journey.title')} testId="journey-page">
        <ProblemView error={query.error} retry={() => query.refetch()} />
      </Page>
    );
  if (query.isPending)
    return (
      <Page title="…" testId="journey-page">
        <Loading />
      </Page>
    );
  return <Known journey={query.data} />;
}
