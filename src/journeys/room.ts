import type { Split } from '../channels/index.ts';
import type { Slice } from './consume.ts';
import type { JourneyForesight } from './foresee.ts';
import type { Move } from './merge.ts';
import type { Journey, JourneyChange, JourneyList, JourneyPeople, JourneyResults, Launched, NewJourney, PeopleQuery } from './schema.ts';

export interface Journeys {
  create(workspaceNo: number, journey: NewJourney): Promise<Journey>;
  change(workspaceNo: number, id: string, change: JourneyChange): Promise<Journey>;
  get(workspaceNo: number, id: string): Promise<Journey>;
  list(workspaceNo: number, query: { cursor?: string | undefined; limit: number }): Promise<JourneyList>;
  /** `existing`: whether those who are in the entry's audience now enter too; otherwise as the entry says. */
  launch(workspaceNo: number, id: string, existing?: boolean): Promise<Launched>;
  /** What a launch would meet, without launching. */
  foresee(workspaceNo: number, id: string, existing?: boolean): Promise<JourneyForesight>;
  pause(workspaceNo: number, id: string): Promise<Journey>;
  resume(workspaceNo: number, id: string): Promise<Journey>;
  archive(workspaceNo: number, id: string): Promise<Journey>;
  results(workspaceNo: number, id: string, version?: number): Promise<JourneyResults>;
  people(workspaceNo: number, id: string, query: PeopleQuery): Promise<JourneyPeople>;
  /** For `events.consume('journeys', …)`: entries and goals. */
  consume(slice: Slice): Promise<void>;
  /** For `events.onMerge`. */
  onMerge(workspaceNo: number, moves: readonly Move[]): Promise<void>;
  /** For `events.onSplit`. */
  onSplit(workspaceNo: number, split: Split): Promise<void>;
  /** Lets in whom a launch let in, and moves everyone who is due; returns how many. */
  tick(): Promise<number>;
  /** Tells what happened as events. */
  announce(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}
