import { z } from 'zod';
import { type App, decodeCursor, encodeCursor, notFound, type Pg, pageQuery } from '../base/index.ts';
import { personNo, survivingPerson } from '../people/index.ts';
import type { Events } from './events.ts';

const cursorShape = z.object({ time: z.iso.datetime(), key: z.int().min(0) });

export function routes(app: App, deps: { events: Events; pg: Pg }): void {
  app.get(
    '/api/people/:id/events',
    {
      config: { permission: 'people.read' },
      schema: {
        tags: ['people'],
        summary: "A person's events, newest first",
        params: z.object({ id: z.string() }),
        querystring: pageQuery.extend({
          event: z.string().optional(),
          type: z.string().optional(),
          group: z.enum(['orders', 'messages', 'changes', 'behaviour']).optional(),
          from: z.iso.datetime({ offset: true }).optional(),
          to: z.iso.datetime({ offset: true }).optional(),
        }),
      },
    },
    async (req) => {
      const { workspaceNo } = req.auth;
      const no = await survivingPerson(deps.pg, workspaceNo, personNo(req.params.id));
      if (no === undefined) throw notFound('Person');
      const { limit, cursor, from, to, ...filter } = req.query;
      const { items, last } = await deps.events.ofPerson(workspaceNo, no, {
        ...filter,
        from: from === undefined ? undefined : new Date(from),
        to: to === undefined ? undefined : new Date(to),
        before: decodeCursor(cursor, cursorShape),
        limit,
      });
      return { items, nextCursor: last ? encodeCursor(last) : null };
    },
  );
}
