import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Edge, type Journey, type JourneyNode, journeys, type NodeNumbers } from '../api/journeys.ts';
import { Reveal } from '../ui/bits.tsx';
import { useFormat } from '../ui/format.ts';
import { Metric } from '../ui/metric.tsx';
import { EmptyStart, Loading } from '../ui/page.tsx';
import { usePeopleDrawer } from '../ui/people-drawer.tsx';
import { ProblemView } from '../ui/problem.tsx';
import { BranchCompare } from './branch-compare.tsx';
import { Canvas } from './canvas.tsx';
import { beside } from './graph.ts';
import { NodeCard } from './node-card.tsx';
import { useNodeWords } from './words.ts';

const SHOWN = ['entered', 'waiting', 'converted'] as const;

export function JourneyResultsView({ journey }: { journey: Journey }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = usePeopleDrawer();
  const { title, wayName } = useNodeWords();
  const query = useQuery({
    queryKey: ['journeys', journey.id, 'results'],
    queryFn: () => journeys.results(journey.id),
    refetchInterval: 5_000,
  });
  if (query.isError && !query.data) return <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (!query.data) return <Loading />;
  const { data } = query;
  const { graph } = journey;
  const numbers = new Map<string, NodeNumbers>(data.nodes.map((one) => [one.id, one]));
  const reveal = (node: JourneyNode, state: (typeof SHOWN)[number], count: number) =>
    open({
      title: t('journey.peopleAt', { node: title(node), state: t(`journey.${state}`) }),
      count,
      source: { kind: 'journey', id: journey.id, node: node.id, state },
    });
  const foot = (node: JourneyNode) => {
    const own = numbers.get(node.id);
    return (
      <div className="row small" style={{ gap: 10, marginTop: 4, whiteSpace: 'nowrap' }}>
        {SHOWN.filter((state) => state !== 'waiting' || node.type === 'wait' || node.type === 'until' || (own?.waiting ?? 0) > 0).map(
          (state) => (
            <span key={state} className="soft" title={t(`journey.${state}`)}>
              {t(`journey.short.${state}`)}{' '}
              <Reveal
                style={{ fontWeight: 600 }}
                testId={`number-${node.id}-${state}`}
                onClick={() => reveal(node, state, own?.[state] ?? 0)}
              >
                {format.short(own?.[state] ?? 0)}
              </Reveal>
            </span>
          ),
        )}
        {node.type === 'send' && own?.messages && (
          <Link to={`/messages?journeyId=${journey.id}&nodeId=${node.id}`}>{t('journey.messagesOf')}</Link>
        )}
      </div>
    );
  };
  const wayCount = (edge: Edge) => {
    const row = data.edges.find((one) => one.from === edge.from && one.to === edge.to && (one.branch ?? undefined) === edge.branch);
    if (!row || (!edge.branch && row.lastHour === 0)) return null;
    const from = graph.nodes.find((one) => one.id === edge.from);
    return (
      <span className="jlabel" style={{ position: 'static', transform: 'none' }}>
        {edge.branch && (
          <Reveal
            onClick={() =>
              open({
                title: wayName(from, edge.branch),
                count: row.passed,
                source: { kind: 'journey', id: journey.id, node: edge.from, branch: edge.branch, state: 'entered' },
              })
            }
          >
            {format.short(row.passed)}
          </Reveal>
        )}
        {row.lastHour > 0 && (
          <span className="good" title={t('journey.lastHour')}>
            {' '}
            +{format.short(row.lastHour)}
          </span>
        )}
      </span>
    );
  };
  const whole = (state: 'entered' | 'inside' | 'converted') => (
    <Metric
      testId={`journey-${state}`}
      label={t(`journey.${state}`)}
      definition={t(`journey.${state}Definition`)}
      value={format.number(data[state])}
      unit={t('common.people')}
      onClick={() => open({ title: t(`journey.${state}`), count: data[state], source: { kind: 'journey', id: journey.id, state } })}
    />
  );
  const goals = graph.nodes.filter((node) => beside(node) && !graph.edges.some((edge) => edge.to === node.id));
  return (
    <div className="stack loose" data-testid="journey-results">
      <Card size="small">
        <div className="grid metrics">
          {whole('entered')}
          {whole('inside')}
          {whole('converted')}
          <Metric
            label={t('journey.rate')}
            definition={t('journey.convertedDefinition')}
            value={
              data.entered >= 30 ? (
                format.percent(data.converted / data.entered)
              ) : (
                <span style={{ fontSize: 15 }} className="soft">
                  {t('common.enough')}
                </span>
              )
            }
            foot={t('journey.asOf', { time: format.time(data.asOf) })}
          />
        </div>
      </Card>
      {data.entered === 0 && <EmptyStart title={t('journey.noResults')} />}
      {goals.length > 0 && (
        <div className="jgoals">
          {goals.map((node) => (
            <NodeCard key={node.id} node={node} style={{ width: 240 }} onClick={() => {}} foot={foot(node)} />
          ))}
        </div>
      )}
      <Canvas graph={graph} foot={foot} wayFoot={wayCount} />
      <BranchCompare id={journey.id} graph={graph} results={data} />
    </div>
  );
}
