import type {
  ForeseenPeople,
  ForesightAnswer,
  JourneyList,
  JourneyPeople,
  JourneyResults,
  Journey as ServerJourney,
  JourneyNode as ServerNode,
  TryAnswer,
  TryBody,
} from '../../journeys/index.ts';
import type { Purpose } from './content.ts';
import { get, patch, post } from './http.ts';

export type { JourneyResults, TryAnswer };
export type NodeType = ServerNode['type'];
type Of<T extends NodeType> = Extract<ServerNode, { type: T }>;
/** A goal that is being written: its event is chosen last. */
export type GoalNode = Omit<Of<'goal'>, 'event' | 'withinDays'> & Partial<Pick<Of<'goal'>, 'event' | 'withinDays'>>;
export type JourneyNode = Exclude<ServerNode, { type: 'goal' }> | GoalNode;
export type NodeOf<T extends NodeType> = Extract<JourneyNode, { type: T }>;

export interface Edge {
  from: string;
  to: string;
  branch?: string;
}
export interface Graph {
  nodes: JourneyNode[];
  edges: Edge[];
  /** 0 to 100, usually 50: which messages go where they compete for what a cap leaves. */
  priority?: number;
}
export type Journey = Omit<ServerJourney, 'graph'> & { graph: Graph };
export type JourneyState = Journey['state'];
export type JourneySummary = JourneyList['items'][number];
export type NodeNumbers = JourneyResults['nodes'][number];
export type BranchResult = JourneyResults['branches'][number];
export type JourneyPerson = JourneyPeople['items'][number];
export type JourneyAction = 'launch' | 'pause' | 'resume' | 'archive';
/** What a journey still lacks; the field begins with `graph.nodes.<place>` where it is one node's. */
export type Lack = ServerJourney['problems'][number];

export interface JourneyTemplate {
  key: string;
  name: { zh: string; en: string };
  about: { zh: string; en: string };
  purpose: Purpose;
}

interface Change {
  name: string;
  purpose: Purpose;
  graph: Graph;
  /** What becomes of who is inside when the graph of a launched journey changes. */
  inside: 'keep' | 'move';
}

export const journeys = {
  list: () => get<JourneyList>('/journeys', { limit: 200 }),
  get: (id: string) => get<Journey>(`/journeys/${id}`),
  create: (journey: { name: string; purpose?: Purpose; graph: Graph }) => post<Journey>('/journeys', journey),
  change: (id: string, change: Partial<Change>) => patch<Journey>(`/journeys/${id}`, change),
  /** What a graph that is not saved yet still lacks. */
  check: (graph: Graph) => post<{ problems: Lack[] }>('/journeys/check', { graph }),
  templates: () => get<{ items: JourneyTemplate[] }>('/journeys/templates'),
  fromTemplate: (key: string) => post<Journey>(`/journeys/templates/${key}`, {}),
  act: (id: string, action: JourneyAction, body?: { existing: boolean }) => post<Journey>(`/journeys/${id}/${action}`, body),
  /** What a launch would meet: which messages would be stopped by which rule. */
  foresee: (id: string, existing: boolean) => get<ForesightAnswer>(`/journeys/${id}/foresight`, { existing }),
  /** The people behind one of its numbers: of a reason, or `goes`. */
  foreseen: (id: string, query: { node: string; reason: string; existing?: boolean | undefined; cursor?: string }) =>
    get<ForeseenPeople>(`/journeys/${id}/foresight/people`, query),
  /** The way of one person, with nothing written. */
  try: (id: string, ask: TryBody) => post<TryAnswer>(`/journeys/${id}/try`, ask),
  results: (id: string) => get<JourneyResults>(`/journeys/${id}/results`),
  people: (id: string, query: { node?: string; state?: string; branch?: string; cursor?: string }) =>
    get<JourneyPeople>(`/journeys/${id}/people`, query),
};
