import type { JourneyForesight } from '../../journeys/index.ts';
import type { Purpose } from './content.ts';
import { get, type Page, patch, post } from './http.ts';
import type { Person } from './people.ts';
import type { Rule, Where } from './rule.ts';

export type Reentry = 'never' | { afterDays: number };

interface NamedNode {
  id: string;
  name?: string;
}

export interface EntryNode extends NamedNode {
  type: 'entry';
  event?: string;
  audience?: string;
  where?: Where[];
  reentry?: Reentry;
  /** Whether those who are in the audience at the launch enter too, where the launch does not say. */
  existing?: boolean;
}
export interface WaitNode extends NamedNode {
  type: 'wait';
  minutes?: number;
  hours?: number;
  days?: number;
}
export interface BranchNode extends NamedNode {
  type: 'branch';
  branches: { key: string; name: string; rule?: Rule }[];
}
export interface SplitNode extends NamedNode {
  type: 'split';
  branches: { key: string; name: string; weight: number }[];
}
export interface SendNode extends NamedNode {
  type: 'send';
  channel: 'wecom' | 'official_account' | 'mini_program' | 'webhook';
  contentId?: string;
}
export interface GoalNode extends NamedNode {
  type: 'goal';
  event?: string;
  where?: Where[];
  withinDays?: number;
  /** Whoever reaches the goal leaves at once. */
  exit?: boolean;
}
export interface ExitNode extends NamedNode {
  type: 'exit';
}

export type JourneyNode = EntryNode | WaitNode | BranchNode | SplitNode | SendNode | GoalNode | ExitNode;
export type NodeType = JourneyNode['type'];

export interface Edge {
  from: string;
  to: string;
  branch?: string;
}

export interface Graph {
  nodes: JourneyNode[];
  edges: Edge[];
}

export type JourneyState = 'draft' | 'running' | 'paused' | 'archived';

export interface Journey {
  id: string;
  name: string;
  purpose?: Purpose | null;
  state: JourneyState;
  version?: number;
  graph: Graph;
  createdAt?: string;
  updatedAt?: string;
  launchedAt?: string | null;
  /** Why it cannot be launched yet, as the server sees it. */
  problems?: { field: string; reason: string }[];
}

export interface JourneySummary extends Journey {
  entered: number;
  inside: number;
  converted: number;
}

export interface NodeNumbers {
  id: string;
  entered: number;
  left: number;
  waiting: number;
  converted: number;
  /** Of a node that sends: its messages by state. */
  messages?: Record<string, number>;
}

export interface BranchResult {
  node: string;
  branch: string;
  name: string;
  entered: number;
  converted: number;
  rate: number;
  low: number;
  high: number;
  /** From the node's first branch. */
  difference: { value: number; low: number; high: number } | null;
}

export interface JourneyResults {
  entered: number;
  inside: number;
  converted: number;
  nodes: NodeNumbers[];
  branches: BranchResult[];
  asOf: string;
}

export interface JourneyPerson {
  person: Person;
  node: string;
  state: string;
  branch?: string | null;
  enteredAt: string;
  updatedAt: string;
}

export type JourneyAction = 'launch' | 'pause' | 'resume' | 'archive';

export const journeys = {
  list: () => get<Page<JourneySummary>>('/journeys', { limit: 200 }),
  get: (id: string) => get<Journey>(`/journeys/${id}`),
  create: (journey: { name: string; purpose?: Purpose; graph: Graph }) => post<Journey>('/journeys', journey),
  change: (id: string, change: Partial<{ name: string; purpose: Purpose; graph: Graph }>) => patch<Journey>(`/journeys/${id}`, change),
  act: (id: string, action: JourneyAction, body?: { existing: boolean }) => post<Journey>(`/journeys/${id}/${action}`, body),
  /** What a launch would meet: which messages would be stopped by which rule. */
  foresee: (id: string, existing: boolean) => get<JourneyForesight>(`/journeys/${id}/foresight`, { existing }),
  results: (id: string) => get<JourneyResults>(`/journeys/${id}/results`),
  people: (id: string, query: { node?: string; state?: string; branch?: string; cursor?: string }) =>
    get<Page<JourneyPerson>>(`/journeys/${id}/people`, query),
};
