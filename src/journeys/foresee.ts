import { z } from 'zod';
import { foresightSchema } from '../channels/index.ts';
import { type Graph, membersEntry, type SendNode, spanMs } from './graph.ts';
import { createPlan } from './plan.ts';
import type { Deps } from './ports.ts';

/** What a launch would meet: what of each step would be stopped if it went now, and which paths say more than a platform allows. */

const words = { zh: z.string(), en: z.string() };
export const journeyForesight = z.object({
  /** Who enters at the launch; null: nobody yet, or nobody can say. `looked`: how many of them were looked at. */
  people: z.number().nullable(),
  looked: z.number(),
  steps: z.array(foresightSchema.extend({ node: z.string(), channel: z.string() })),
  /** Nothing of it forbids the launch; nothing of it is left unsaid. */
  warnings: z.array(z.object({ node: z.string(), reason: z.string(), messages: z.number().nullable(), ...words })),
});
export type JourneyForesight = z.output<typeof journeyForesight>;

const mostLooked = 20_000;

export async function foresee(
  deps: Deps,
  workspaceNo: number,
  journey: { id: string; graph: Graph },
  existing: boolean | undefined,
): Promise<JourneyForesight> {
  const entry = membersEntry(journey.graph);
  const enters = entry !== undefined && (existing ?? entry.existing ?? false);
  const people = enters ? await entering(deps, workspaceNo, entry.audience!) : undefined;
  const sends = journey.graph.nodes.filter((node): node is SendNode => node.type === 'send');
  const steps: JourneyForesight['steps'] = [];
  const warnings: JourneyForesight['warnings'] = [];
  for (const send of sends) {
    const told = await deps.channels.foresee(workspaceNo, {
      ...{ channel: send.channel, people: people ?? [], contentId: send.contentId === 'auto' ? null : (send.contentId ?? null) },
      ...{ purpose: send.purpose, priority: journey.graph.priority },
      journey: { id: journey.id, node: send.id },
    });
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
  return { people: people?.length ?? null, looked: people?.length ?? 0, steps, warnings };
}

async function entering(deps: Deps, workspaceNo: number, audienceId: string): Promise<number[]> {
  const found: number[] = [];
  let below = 2 ** 31;
  while (found.length < mostLooked) {
    const page = (await deps.audience.members?.(workspaceNo, audienceId, below, 5_000)) ?? [];
    found.push(...page.map((member) => member.personNo));
    const last = page.at(-1);
    if (!last) break;
    below = last.personNo;
  }
  return found;
}

/** How many messages of the same channel one path can hold from a step on, before so much waiting has gone by. */
function mostFrom(graph: Graph, start: SendNode, span: number): number {
  const { order } = createPlan({ journeyNo: 0, journeyId: '', version: 0 }, graph);
  /** Ways to a node that are not beaten by another: less waited, or more said. */
  const ways = new Map<string, { waited: number; said: number }[]>([[start.id, [{ waited: 0, said: 0 }]]]);
  let most = 1;
  for (const node of order) {
    const here = (ways.get(node.id) ?? []).map((way) => ({
      waited: way.waited + (node.type === 'wait' ? spanMs(node) : 0),
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
