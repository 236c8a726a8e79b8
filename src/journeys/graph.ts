/** The graph of a journey, as it is saved. Keys that are not known here (such as places on a canvas) are kept. */

export interface Where {
  property: string;
  op: string;
  value?: unknown;
}
/** A property of the later event that must say what a property of the entry's event says. */
export interface Match {
  property: string;
  entry: string;
}
interface Named {
  id: string;
  name?: string;
}
/** A length of time, in one of three units. */
export interface Span {
  minutes?: number;
  hours?: number;
  days?: number;
}

export interface EntryNode extends Named {
  type: 'entry';
  /** What begins it: exactly one of event, audience (alone), touchpoint, date, schedule and api. */
  event?: string;
  audience?: string;
  /** Of an audience: coming into it, or going out of it. */
  on?: 'enter' | 'exit';
  touchpoint?: string;
  /** A day that a trait names, so many days after it (before it: less than 0), at a time of day of the workspace's zone. */
  date?: { trait: string; days?: number; at?: string; yearly?: boolean };
  /** A clock, for all of an audience or of whom a rule holds: again and again by cron in the workspace's zone, or at one instant. */
  schedule?: { cron?: string; at?: string };
  api?: boolean;
  /** Of date and schedule: only of whom this holds. */
  rule?: unknown;
  where?: Where[];
  reentry?: 'never' | 'always' | { afterDays: number };
  /** How many passes of one person may be inside at once; one by default. */
  most?: number;
  /** What becomes of one that is too many. */
  over?: 'refuse' | 'replace';
  /** A property of the event: once, again and at once are then counted for each of its values, such as a cart. */
  key?: string;
  /** With an audience: whether those who are in it at the launch enter too, where the launch does not say. */
  existing?: boolean;
}
/** A span from arrival; or until a time of day, so many days after the person came in (0: the same day), in the workspace's zone. */
export interface WaitNode extends Named, Span {
  type: 'wait';
  day?: number;
  at?: string;
}
/** Waits for an event or a rule; the span is how long at most. */
export interface UntilNode extends Named, Span {
  type: 'until';
  event?: string;
  where?: Where[];
  match?: Match[];
  rule?: unknown;
}
/** Lets through in these hours of these days (1 Monday to 7 Sunday) of the workspace's zone. */
export interface WindowNode extends Named {
  type: 'window';
  weekdays?: number[];
  from: string;
  to: string;
}
export interface BranchNode extends Named {
  type: 'branch';
  /** `rule` about the person, `entry` about the event that let them in; where both are given both must hold. */
  branches: { key: string; name: string; rule?: unknown; entry?: Where[] }[];
}
export interface SplitNode extends Named {
  type: 'split';
  branches: { key: string; name: string; weight: number }[];
}
/** A split whose shares follow what the goal says; `floor`: percent that no branch falls below. */
export interface BanditNode extends Named {
  type: 'bandit';
  branches: { key: string; name: string }[];
  floor?: number;
}
export interface HoldoutNode extends Named {
  type: 'holdout';
  percent: number;
}
export interface SendNode extends Named {
  type: 'send';
  channel: string;
  /** What the message is for, as the policy names it; left out: what its content is for. */
  purpose?: string;
  /** `auto`: what fits each person best, of `among` or of everything. */
  contentId?: string;
  among?: string[];
  /** Where the one before could not reach the person, the next is tried; its content, if it is another. */
  fallback?: { channel: string; contentId?: string }[];
}
export interface TagNode extends Named {
  type: 'tag';
  add?: string;
  remove?: string;
  value?: string | number | boolean;
}
export interface CouponNode extends Named {
  type: 'coupon';
  couponId?: string;
}
export interface TaskNode extends Named {
  type: 'task';
  text?: string;
  /** Nobody named: whoever looks after the person. */
  staffId?: string;
  dueInDays?: number;
}
export interface WebhookNode extends Named {
  type: 'webhook';
  topic?: string;
}
/** Sends an invitation to the group behind a touchpoint: the text has `{{ group.url }}`. */
export interface GroupNode extends Named {
  type: 'group';
  touchpointId?: string;
  channel: string;
  contentId?: string;
}
/** Into another journey, or back in this one: at most so often in a pass, and after a span at least. */
export interface JumpNode extends Named, Span {
  type: 'jump';
  journey?: string;
  to?: string;
  most?: number;
}
export interface GoalNode extends Named {
  type: 'goal';
  event: string;
  where?: Where[];
  match?: Match[];
  withinDays: number;
  /** true: whoever reaches the goal leaves the journey at once. */
  exit?: boolean;
}
/** Stands beside the way: whoever does the event, or of whom the rule holds, leaves wherever they are. */
export interface ExitRuleNode extends Named {
  type: 'exitRule';
  event?: string;
  where?: Where[];
  match?: Match[];
  rule?: unknown;
}
export interface ExitNode extends Named {
  type: 'exit';
}
export type JourneyNode =
  | EntryNode
  | WaitNode
  | UntilNode
  | WindowNode
  | BranchNode
  | SplitNode
  | BanditNode
  | HoldoutNode
  | SendNode
  | TagNode
  | CouponNode
  | TaskNode
  | WebhookNode
  | GroupNode
  | JumpNode
  | GoalNode
  | ExitRuleNode
  | ExitNode;
export type NodeType = JourneyNode['type'];
export const nodeTypes = [
  ...(['entry', 'wait', 'until', 'window', 'branch', 'split', 'bandit', 'holdout', 'send', 'tag', 'coupon', 'task', 'webhook'] as const),
  ...(['group', 'jump', 'goal', 'exitRule', 'exit'] as const),
];

export interface Edge {
  from: string;
  to: string;
  branch?: string;
}
export interface Graph {
  nodes: JourneyNode[];
  edges: Edge[];
  /** 0 to 100, usually 50: where messages compete for what a cap leaves, those of the journey with the higher go. */
  priority?: number;
}

export type Trigger = 'event' | 'audience' | 'touchpoint' | 'date' | 'schedule' | 'api';

/** All that an entry says it begins with; one that can run says one thing. */
export function triggersOf(entry: EntryNode): Trigger[] {
  const set = (['event', 'touchpoint', 'date', 'schedule'] as const).filter((t) => entry[t] !== undefined && entry[t] !== null);
  const found: Trigger[] = entry.api ? [...set, 'api'] : set;
  const narrowed = found.length === 1 && (found[0] === 'date' || found[0] === 'schedule');
  return entry.audience !== undefined && !narrowed ? [...found, 'audience'] : found;
}
export const triggerOf = (entry: EntryNode): Trigger | undefined => triggersOf(entry)[0];

/** Stand beside the way: nobody need come by. */
export const beside = (node: JourneyNode): boolean => node.type === 'goal' || node.type === 'exitRule';
/** Begins with an audience, so that those who are in it at the launch may enter too. */
export const membersEntry = (graph: Graph): EntryNode | undefined =>
  graph.nodes.find((n): n is EntryNode => n.type === 'entry' && triggerOf(n) === 'audience' && n.on !== 'exit');

/** The branch that whoever matches no rule takes. */
export const otherwise = 'else';
/** The ways out of nodes whose ways are fixed. */
export const fixedBranches: Partial<Record<NodeType, readonly string[]>> = {
  until: ['met', 'timeout'],
  holdout: ['held', 'go'],
  coupon: ['issued', 'refused'],
};
/** Ways that may be left open: whoever takes them leaves. */
export const optionalBranches: readonly string[] = ['held', 'refused'];

export function branchKeys(node: JourneyNode): string[] {
  if (node.type === 'branch') return [...node.branches.map((b) => b.key), otherwise];
  if (node.type === 'split' || node.type === 'bandit') return node.branches.map((b) => b.key);
  return [...(fixedBranches[node.type] ?? [])];
}

export const branchName = (node: JourneyNode, key: string): string => {
  const named = 'branches' in node ? node.branches.find((b) => b.key === key)?.name : undefined;
  return named ?? (key === otherwise ? '' : key);
};

const units = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
export const unitsOf = (span: Span): (keyof Span)[] =>
  (['minutes', 'hours', 'days'] as const).filter((u) => span[u] !== undefined && span[u] !== null);
/** Waits until a time of day rather than for a span. */
export const untilDay = (node: WaitNode): node is WaitNode & { day: number; at: string } => node.day !== undefined && node.at !== undefined;
export const spanMs = (span: Span): number => unitsOf(span).reduce((ms, unit) => ms + span[unit]! * units[unit], 0);
