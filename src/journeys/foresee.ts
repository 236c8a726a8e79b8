import { z } from 'zod';
import { badInput, decodeCursor, encodeCursor } from '../base/index.ts';
import { approvalNeed, foresightSchema } from '../channels/index.ts';
import { personSchema } from '../people/index.ts';
import { ofRule, pageOf } from './clocks.ts';
import { type EntryNode, type Graph, membersEntry, type SendNode, spanMs, triggerOf, untilDay, type WaitNode } from './graph.ts';
import { everybody } from './members.ts';
import { createPlan } from './plan.ts';
import type { Deps } from './ports.ts';

/** What a launch would meet: what of each step would be stopped if it went now, and which paths say more than a platform allows. */

const words = { zh: z.string(), en: z.string() };
export const journeyForesight = z.object({
  /** Who enters at the launch, or at the next run of the clock; null: nobody yet, or nobody can say. `looked`: how many of them were looked at. */
  people: z.number().nullable(),
  looked: z.number(),
  steps: z.array(foresightSchema.extend({ node: z.string(), channel: z.string() })),
  /** Nothing of it forbids the launch; nothing of it is left unsaid. */
  warnings: z.array(z.object({ node: z.string(), reason: z.string(), messages: z.number().nullable(), ...words })),
});
/** With whether somebody else must look before it. */
export const foresightAnswer = journeyForesight.extend({ approval: approvalNeed });
export type ForesightAnswer = z.output<typeof foresightAnswer>;
export type JourneyForesight = z.output<typeof journeyForesight>;
export const foreseenPeople = z.object({ items: z.array(personSchema), nextCursor: z.string().nullable() });
export type ForeseenPeople = z.output<typeof foreseenPeople>;

const mostLooked = 100_000;
const page = 5_000;
const countedAtOnce = 20_000;

export async function foresee(
  deps: Deps,
  workspaceNo: number,
  journey: { id: string; graph: Graph },
  existing: boolean | undefined,
): Promise<JourneyForesight> {
  const coming = await entering(deps, workspaceNo, journey.graph, existing);
  const people = coming?.people;
  const sends = journey.graph.nodes.filter((node): node is SendNode => node.type === 'send');
  const steps: JourneyForesight['steps'] = [];
  const warnings: JourneyForesight['warnings'] = [];
  for (const send of sends) {
    const told = await deps.channels.foresee(workspaceNo, askOf(journey, send, people ?? []));
    steps.push({ ...told, node: send.id, channel: send.channel });
    for (const stop of told.stopped) warnings.push({ node: send.id, ...stop });
    if (told.paused)
      warnings.push({
        node: send.id,
        reason: 'paused',
        messages: null,
        zh: '全部发送已暂停，消息会排队等待',
        en: 'All sending is paused: messages wait',
      });
    const { cap } = told;
    if (!cap) continue;
    const most = mostFrom(journey.graph, send, cap.minutes * 60_000);
    if (most > cap.most)
      warnings.push({
        ...{ node: send.id, reason: cap.key, messages: null },
        zh: `从这一步起，一个人可能在一个周期内收到 ${most} 条，超过“${cap.zh}”，多出的会被跳过`,
        en: `From this step on one person may get ${most} in one period, more than "${cap.en}"; the rest is skipped`,
      });
  }
  return { people: coming?.count ?? null, looked: people?.length ?? 0, steps, warnings };
}

const askOf = (journey: { id: string; graph: Graph }, send: SendNode, people: readonly number[]) => ({
  ...{ channel: send.channel, people, contentId: send.contentId === 'auto' ? null : (send.contentId ?? null) },
  ...{ purpose: send.purpose, priority: journey.graph.priority },
  journey: { id: journey.id, node: send.id },
});

/** The people behind a number of a step: of a reason, or (`goes`) those who would get it; below a number, highest first. */
export async function foreseen(
  deps: Deps,
  workspaceNo: number,
  journey: { id: string; graph: Graph },
  q: { node: string; reason: string; existing?: boolean | undefined; cursor?: string | undefined; limit: number },
): Promise<ForeseenPeople> {
  const send = journey.graph.nodes.find((node): node is SendNode => node.type === 'send' && node.id === q.node);
  if (!send) throw badInput([{ field: 'node', reason: 'names no message of this journey' }]);
  const below = decodeCursor(q.cursor, z.number().int());
  const people = ((await entering(deps, workspaceNo, journey.graph, q.existing))?.people ?? []).filter(
    (no) => below === undefined || no < below,
  );
  const verdict = q.reason === 'goes' ? null : q.reason;
  const found = await deps.channels.foreseeWho(workspaceNo, askOf(journey, send, people), verdict, q.limit + 1);
  const shown = found.slice(0, q.limit);
  return {
    items: await deps.people.read(workspaceNo, shown),
    nextCursor: found.length > q.limit ? encodeCursor(shown.at(-1)!) : null,
  };
}

/**
 * Who would come in: who is in the audience, where the launch lets them in; whom the clock lets in at its next run. How many, and `keep` of them, the
 * highest numbers first; undefined: nobody can say.
 */
export async function entering(
  deps: Deps,
  workspaceNo: number,
  graph: Graph,
  existing: boolean | undefined,
  keep = mostLooked,
): Promise<{ people: number[]; count: number } | undefined> {
  const members = membersEntry(graph);
  const clocked = graph.nodes.find((n): n is EntryNode => n.type === 'entry' && triggerOf(n) === 'schedule');
  const entry = members && (existing ?? members.existing ?? false) ? members : clocked;
  if (!entry) return undefined;
  const people: number[] = [];
  let count = 0;
  for (let below = everybody; ; ) {
    const size = people.length < keep ? page : countedAtOnce;
    const some = await pageOf(deps, workspaceNo, entry, below, size);
    const theirs = await ofRule(deps, workspaceNo, entry, some);
    count += theirs.length;
    people.push(...theirs.slice(0, keep - people.length));
    if (some.length < size) return { people, count };
    below = some.at(-1)!;
  }
}

/** How long has been waited after a wait; `begun`: the day of the journey on which the counting began. */
const waitedAfter = (node: WaitNode, waited: number, begun: number): number =>
  untilDay(node) ? Math.max(waited, (node.day - begun) * 86_400_000) : waited + spanMs(node);

/** How many messages of the same channel one path can hold from a step on, before so much waiting has gone by. */
function mostFrom(graph: Graph, start: SendNode, span: number): number {
  const { order } = createPlan({ journeyNo: 0, journeyId: '', version: 0 }, graph);
  /** Ways to a node that are not beaten by another: less waited, or more said. */
  const ways = new Map<string, { waited: number; said: number }[]>([[start.id, [{ waited: 0, said: 0 }]]]);
  let most = 1;
  const days = order.slice(0, order.indexOf(start)).flatMap((node) => (node.type === 'wait' && untilDay(node) ? [node.day] : []));
  const begun = Math.max(0, ...days);
  for (const node of order) {
    const here = (ways.get(node.id) ?? []).map((way) => ({
      waited: node.type === 'wait' ? waitedAfter(node, way.waited, begun) : way.waited,
      said: way.said + (node.type === 'send' && node.channel === start.channel ? 1 : 0),
    }));
    const within = here.filter((way) => way.waited < span);
    for (const way of within) most = Math.max(most, way.said);
    for (const edge of graph.edges.filter((one) => one.from === node.id)) {
      const all = [...(ways.get(edge.to) ?? []), ...within];
      ways.set(
        edge.to,
        all.filter(
          (one, i) =>
            !all.some(
              (two, j) =>
                j !== i && two.waited <= one.waited && two.said >= one.said && (two.waited < one.waited || two.said > one.said || j < i),
            ),
        ),
      );
    }
  }
  return most;
}
