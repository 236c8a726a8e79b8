import { z } from 'zod';
import type { App } from '../../base/index.ts';
import type { Insight } from '../insight.ts';

const count = z.number();
const schema = z.object({
  changes: z.array(
    z.object({ at: z.string(), kind: z.enum(['level', 'stage', 'tier']), from: z.string().nullable(), to: z.string().nullable() }),
  ),
  days: z.array(z.object({ day: z.string(), done: count, said: count })),
  kinds: z.array(z.object({ type: z.string(), event: z.string(), count, firstAt: z.string(), lastAt: z.string() })),
  months: z.array(z.object({ month: z.string(), orders: count, revenueFen: count, refundFen: count })),
  groups: z.array(
    z.object({ id: z.string(), name: z.string().nullable(), joinedAt: z.string().nullable(), leftAt: z.string().nullable() }),
  ),
  carriers: z.array(z.object({ carrier: z.string(), count, firstAt: z.string(), lastAt: z.string() })),
});

export function storyRoute(app: App, insight: Pick<Insight, 'story'>): void {
  app.get(
    '/api/people/:id/story',
    {
      config: { permission: 'people.read' },
      schema: {
        tags: ['people'],
        summary:
          "A person's past at a glance: changes of level, stage and tier, active days, what happened how often, orders by month, groups",
        params: z.object({ id: z.string() }),
        response: { 200: schema },
      },
    },
    (req) => insight.story(req.auth, req.params.id),
  );
}
