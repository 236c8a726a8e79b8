import type { Actor } from '../access/index.ts';
import type { FieldError } from '../base/index.ts';
import type { Split } from '../channels/index.ts';
import type { ForeseenPeople, ForesightAnswer } from './foresee.ts';
import type { Move } from './merge.ts';
import type { Slice } from './ports.ts';
import type { EnterAnswer, EnterBody } from './request.ts';
import type { Journey, JourneyChange, JourneyList, JourneyPeople, JourneyResults, Launched, NewJourney, PeopleQuery } from './schema.ts';
import type { Sops } from './sop/index.ts';
import type { Language, Template } from './templates.ts';
import type { TryAnswer, TryBody } from './try.ts';

export interface Journeys {
  create(workspaceNo: number, journey: NewJourney): Promise<Journey>;
  /** What keeps a graph that is not saved from being launched; 400 where it is malformed. */
  check(workspaceNo: number, graph: unknown): Promise<FieldError[]>;
  change(workspaceNo: number, id: string, change: JourneyChange): Promise<Journey>;
  get(workspaceNo: number, id: string): Promise<Journey>;
  list(workspaceNo: number, query: { cursor?: string | undefined; limit: number }): Promise<JourneyList>;
  /** `existing`: whether those who are in the entry's audience now enter too; otherwise as the entry says. Refused where it needs approval. */
  launch(workspaceNo: number, id: string, existing?: boolean): Promise<Launched>;
  /** What a launch would meet, without launching. `actor`: who would launch it. */
  foresee(workspaceNo: number, id: string, existing?: boolean, actor?: Actor): Promise<ForesightAnswer>;
  /** The people behind one of its numbers. */
  foreseen(
    workspaceNo: number,
    id: string,
    query: { node: string; reason: string; existing?: boolean | undefined; cursor?: string | undefined; limit: number },
  ): Promise<ForeseenPeople>;
  pause(workspaceNo: number, id: string): Promise<Journey>;
  resume(workspaceNo: number, id: string): Promise<Journey>;
  archive(workspaceNo: number, id: string): Promise<Journey>;
  results(workspaceNo: number, id: string, version?: number): Promise<JourneyResults>;
  people(workspaceNo: number, id: string, query: PeopleQuery): Promise<JourneyPeople>;
  /** A program asks people in. */
  enter(workspaceNo: number, id: string, ask: EnterBody): Promise<EnterAnswer>;
  /** Journeys ready to be launched; one of them made, with the content and coupons it needs, as a draft. */
  templates(): readonly Template[];
  fromTemplate(
    workspaceNo: number,
    ask: { key: string; name?: string | undefined; channel?: string | undefined; language: Language },
  ): Promise<Journey>;
  /** Calendars of what goes out when. */
  sops: Sops;
  /** One person's way, step by step; nothing is written. */
  try(workspaceNo: number, id: string, ask: TryBody): Promise<TryAnswer>;
  /** What passes carry, for texts: `entry`, `coupon`, `group`. */
  carried(workspaceNo: number, passes: readonly number[]): Promise<Map<number, Record<string, unknown>>>;
  /** For `events.consume('journeys', …)`: entries, waits, exits and goals. */
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
