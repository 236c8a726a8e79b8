import { z } from 'zod';
import { pageQuery } from '../base/index.ts';
import { purposes } from '../content/index.ts';
import { personSchema } from '../people/index.ts';
import { journeyForesight } from './foresee.ts';
import type { Graph } from './graph.ts';

const name = z.string().trim().min(1, { error: 'must not be empty' }).max(120, { error: 'must have at most 120 characters' });
/** Read by `readGraph`, which says where and why, also where there is none. */
const graph = z.unknown().optional();

export const newJourney = z.object({ name, purpose: z.enum(purposes).nullish(), graph });
export const journeyChange = z
  .object({
    name: name.optional(),
    purpose: z.enum(purposes).nullish(),
    graph,
    /** What becomes of who is inside: they keep their version, or go on in the new one from the node with the same id, or as `map` says; who has none leaves. */
    inside: z.enum(['keep', 'move'], { error: 'must be "keep" or "move"' }).optional(),
    map: z.record(z.string().max(200), z.string().max(200)).optional(),
  })
  .refine(({ name, purpose, graph }) => name !== undefined || purpose !== undefined || graph !== undefined, {
    error: 'must change something: name, purpose or graph',
  });
export const launchBody = z.object({ existing: z.boolean({ error: 'must be true or false' }).optional() }).nullish();
export type NewJourney = z.output<typeof newJourney>;
export type JourneyChange = z.output<typeof journeyChange>;

const fieldErrors = z.array(z.object({ field: z.string(), reason: z.string() }));
const text = z.string().nullable();
const number = z.number();

export const journeySchema = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.enum(purposes).nullable(),
  state: z.enum(['draft', 'running', 'paused', 'archived']),
  version: number,
  graph: z.custom<Graph>(),
  /** What keeps it from being launched. */
  problems: fieldErrors,
  createdAt: z.string(),
  updatedAt: z.string(),
  launchedAt: text,
});
export type Journey = z.output<typeof journeySchema>;
/** A launch says what it meets: see `foresee.ts`. */
export const launchedSchema = journeySchema.extend({ warnings: journeyForesight.shape.warnings });
export type Launched = z.output<typeof launchedSchema>;
export const journeyList = z.object({
  items: z.array(journeySchema.extend({ entered: number, inside: number, converted: number })),
  nextCursor: text,
});
export type JourneyList = z.output<typeof journeyList>;

export const resultsSchema = z.object({
  entered: number,
  inside: number,
  converted: number,
  nodes: z.array(
    z.object({
      id: z.string(),
      entered: number,
      left: number,
      waiting: number,
      converted: number,
      /** Of a node that sends: its messages by state, and how many were clicked. */
      messages: z.record(z.string(), number).optional(),
    }),
  ),
  branches: z.array(
    z.object({
      node: z.string(),
      branch: z.string(),
      name: z.string(),
      entered: number,
      converted: number,
      /** Share that converted, with its 95 % interval (Wilson). */
      rate: number,
      low: number,
      high: number,
      /** From the node's first branch, with its 95 % interval (Newcombe). */
      difference: z.object({ value: number, low: number, high: number }).nullable(),
    }),
  ),
  /** How many went each way, in all and in the last hour. */
  edges: z.array(z.object({ from: z.string(), to: z.string(), branch: text, passed: number, lastHour: number })),
  asOf: z.string(),
});
export type JourneyResults = z.output<typeof resultsSchema>;

const words = z.object({ zh: z.string(), en: z.string() });
export const templateList = z.object({
  items: z.array(z.object({ key: z.string(), name: words, about: words, purpose: z.enum(purposes) })),
});
export const templateBody = z
  .object({ name: name.optional(), channel: z.string().max(40).optional(), language: z.enum(['zh', 'en']).optional() })
  .nullish();

export const peopleQuery = pageQuery.extend({
  node: z.string().max(200).optional(),
  branch: z.string().max(200).optional(),
  state: z.enum(['entered', 'inside', 'waiting', 'left', 'converted', 'exited']).optional(),
});
export type PeopleQuery = z.output<typeof peopleQuery>;

export const journeyPeopleSchema = z.object({
  items: z.array(
    z.object({
      person: personSchema,
      node: z.string(),
      state: z.string(),
      branch: text,
      reason: text,
      version: number,
      enteredAt: z.string(),
      updatedAt: z.string(),
      leftAt: text,
      convertedAt: text,
    }),
  ),
  nextCursor: text,
});
export type JourneyPeople = z.output<typeof journeyPeopleSchema>;
