import type { Ch, Clock, FieldError, Log, Pg } from '../base/index.ts';
import type { Channels, EventsPort } from '../channels/index.ts';
import type { Content } from '../content/index.ts';
import type { Person } from '../people/index.ts';
import type { Where } from './graph.ts';
import type { RoomPorts } from './room-ports.ts';

/** What this room needs of the audience room. */
export interface AudiencePort {
  /** Which of several rules hold now, for each of these people: truths in the order of the rules. */
  which(workspaceNo: number, rules: readonly unknown[], people: readonly number[]): Promise<Map<number, boolean[]>>;
  /** Errors of a rule; the place of each begins with `field`. */
  checkRule(rule: unknown, field: string): FieldError[];
  /** Rules and steps with personal values replaced by what stands for them in the events, to be kept. `before`: what is being replaced. */
  hidden?<T>(workspaceNo: number, rules: T[], before: unknown): Promise<T[]>;
  /** SQL, never null, over the events table: is this row such an event? */
  eventCondition(step: { event: string; where?: Where[] }): string;
  /** Who is in an audience, highest numbers first, below a number; `since` in milliseconds, null where it is not kept. */
  members?(workspaceNo: number, audienceId: string, below: number, limit: number): Promise<{ personNo: number; since: number | null }[]>;
  /** A page of those of whom a rule holds now, highest numbers first, below a number. */
  peopleOf?(workspaceNo: number, rule: unknown, below: number, limit: number): Promise<number[]>;
  /** How many are in an audience now. */
  size?(workspaceNo: number, audienceId: string): Promise<number>;
  /** Ids of the workspace's audiences. */
  audienceIds?(workspaceNo: number): Promise<ReadonlySet<string>>;
}

export interface JourneysDeps extends RoomPorts {
  pg: Pg;
  ch: Pick<Ch, 'query'>;
  clock: Clock;
  log: Log;
  events: Pick<EventsPort, 'write'> & { source(workspaceNo: number, people?: readonly number[]): string };
  audience: AudiencePort;
  channels: Pick<
    Channels,
    | 'enqueue'
    | 'wake'
    | 'hold'
    | 'release'
    | 'skipJourney'
    | 'skipPasses'
    | 'passesReaching'
    | 'passesOf'
    | 'movePasses'
    | 'journeyMessages'
    | 'accounts'
    | 'approvals'
    | 'foresee'
    | 'foreseeWho'
    | 'groupPlans'
    | 'staff'
    | 'sentByDay'
  >;
  content: Pick<Content, 'some' | 'onRemove' | 'create' | 'preview'>;
  people: { read(workspaceNo: number, people: readonly number[]): Promise<Person[]> };
  workspaces(): Promise<{ no: number; timezone: string }[]>;
  /** Called at every commit boundary; a test stops there. */
  boundary?: (name: string) => void | Promise<void>;
  /** Runs work during which no two people become one: who stands where, and what is known of them, belong together. */
  steady?: <T>(work: () => Promise<T>) => Promise<T>;
}

export type Deps = JourneysDeps & Required<Pick<JourneysDeps, 'boundary' | 'steady'>>;

/** One writer at a time in a workspace's journeys: steps are numbered in the order of commits, and nobody enters or moves twice. */
export async function lock(tx: Pg, workspaceNo: number): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(7130, $1)', [workspaceNo]);
}

/** The zone in which a workspace's days begin. */
export const zoneOf = async (deps: Pick<Deps, 'workspaces'>, workspaceNo: number): Promise<string> =>
  (await deps.workspaces()).find((w) => w.no === workspaceNo)?.timezone ?? 'Asia/Shanghai';

/** After an error of PostgreSQL the transaction is lost whatever is done. */
export const isDatabaseError = (error: unknown): boolean => typeof (error as { severity?: unknown }).severity === 'string';

export const pageOf = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

/** What has landed. */
export interface Slice {
  workspaceNo: number;
  fromBatch: number;
  toBatch: number;
  names: ReadonlySet<string>;
  /** Whose events landed. */
  people?: Uint32Array;
}
