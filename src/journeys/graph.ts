/** The graph of a journey, as it is saved. Keys that are not known here (such as places on a canvas) are kept. */

export interface Where {
  property: string;
  op: string;
  value?: unknown;
}

interface Named {
  id: string;
  name?: string;
}
export interface EntryNode extends Named {
  type: 'entry';
  event?: string;
  audience?: string;
  where?: Where[];
  reentry?: 'never' | { afterDays: number };
  /** With an audience: whether those who are in it at the launch enter too, where the launch does not say. */
  existing?: boolean;
}
export interface WaitNode extends Named {
  type: 'wait';
  minutes?: number;
  hours?: number;
  days?: number;
}
export interface BranchNode extends Named {
  type: 'branch';
  branches: { key: string; name: string; rule: unknown }[];
}
export interface SplitNode extends Named {
  type: 'split';
  branches: { key: string; name: string; weight: number }[];
}
export interface SendNode extends Named {
  type: 'send';
  channel: string;
  contentId?: string;
}
export interface GoalNode extends Named {
  type: 'goal';
  event: string;
  where?: Where[];
  withinDays: number;
  /** true: whoever reaches the goal leaves the journey at once. */
  exit?: boolean;
}
export interface ExitNode extends Named {
  type: 'exit';
}
export type JourneyNode = EntryNode | WaitNode | BranchNode | SplitNode | SendNode | GoalNode | ExitNode;
export const nodeTypes = ['entry', 'wait', 'branch', 'split', 'send', 'goal', 'exit'] as const;

export interface Edge {
  from: string;
  to: string;
  branch?: string;
}
export interface Graph {
  nodes: JourneyNode[];
  edges: Edge[];
}

/** The branch that whoever matches no rule takes. */
export const otherwise = 'else';

export const branchKeys = (node: JourneyNode): string[] =>
  node.type === 'branch' ? [...node.branches.map((b) => b.key), otherwise] : node.type === 'split' ? node.branches.map((b) => b.key) : [];

export function waitMs(node: WaitNode): number {
  return ((node.minutes ?? 0) + (node.hours ?? 0) * 60 + (node.days ?? 0) * 1440) * 60_000;
}
