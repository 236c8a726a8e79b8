import { z } from 'zod';
import { type App, notFound, type Pg, pageQuery } from '../../base/index.ts';
import { personNo } from '../numbers.ts';
import { survivingPerson } from '../read.ts';
import type { Notes } from './notes.ts';

const noteSchema = z.object({ id: z.string(), text: z.string(), at: z.string(), by: z.object({ id: z.string(), name: z.string() }) });
const person = z.object({ id: z.string() });

export function noteRoutes(app: App, { notes, pg }: { notes: Notes; pg: Pg }): void {
  const tags = ['people'];
  const who = async (workspaceNo: number, id: string): Promise<number> => {
    const no = await survivingPerson(pg, workspaceNo, personNo(id));
    if (no === undefined) throw notFound('Person');
    return no;
  };
  app.get(
    '/api/people/:id/notes',
    {
      config: { permission: 'people.read' },
      schema: {
        tags,
        summary: 'What staff wrote down about a person, newest first',
        params: person,
        querystring: pageQuery,
        response: { 200: z.object({ items: z.array(noteSchema), nextCursor: z.string().nullable() }) },
      },
    },
    async (req) => notes.list(req.auth.workspaceNo, await who(req.auth.workspaceNo, req.params.id), req.query),
  );
  app.post(
    '/api/people/:id/notes',
    {
      config: { permission: 'notes.write' },
      schema: {
        tags,
        summary: 'Writes a note about a person',
        params: person,
        body: z.object({ text: z.string().trim().min(1, 'write something').max(4000, 'must have at most 4,000 characters') }),
        response: { 201: noteSchema },
      },
    },
    async (req, reply) => {
      const { workspaceNo, actor } = req.auth;
      reply.code(201);
      return notes.add(workspaceNo, await who(workspaceNo, req.params.id), { id: actor.id, name: actor.name }, req.body.text);
    },
  );
  app.delete(
    '/api/people/:id/notes/:note',
    {
      config: { permission: 'notes.write' },
      schema: {
        tags,
        summary: 'Takes away a note: one’s own, or any by who may change people',
        params: person.extend({ note: z.string() }),
      },
    },
    async (req, reply) => {
      const { workspaceNo, actor, can } = req.auth;
      await notes.remove(workspaceNo, await who(workspaceNo, req.params.id), req.params.note, { id: actor.id, any: can('people.write') });
      return reply.code(204).send();
    },
  );
}
