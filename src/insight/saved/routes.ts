import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../base/index.ts';
import { explored } from '../schema.ts';
import type { Keeper, Questions } from './questions.ts';

const name = z.string().trim().min(1, 'must not be empty').max(120, 'must have at most 120 characters');
const days = z.number().int().min(1).max(3660).nullable();
const saving = z.strictObject({ name, question: explored, days: days.optional() });
const change = saving.partial().refine((c) => Object.keys(c).length > 0, { message: 'say what to change: name, question or days' });
const params = z.object({ id: z.string().min(1).max(100) });

/** Whoever writes for the whole analysis may change everyone's questions, others their own. */
const keeper = ({ auth }: Pick<FastifyRequest, 'auth'>): Keeper => ({
  id: auth.actor.id,
  name: auth.actor.name,
  all: auth.can('insight.write'),
});

export function questionRoutes(app: App, questions: Questions): void {
  const tags = ['insight'];
  const [read, write] = [{ permission: 'insight.read' }, { permission: 'questions.write' }];
  app.get(
    '/api/insight/questions',
    { config: read, schema: { tags, summary: 'Saved questions, the latest change first' } },
    async (req) => ({
      items: await questions.list(req.auth.workspaceNo, keeper(req)),
    }),
  );
  app.post(
    '/api/insight/questions',
    { config: write, schema: { tags, summary: 'Save a question for everyone here', body: saving } },
    (req) => questions.save(req.auth.workspaceNo, keeper(req), req.body),
  );
  app.get('/api/insight/questions/:id', { config: read, schema: { tags, summary: 'A saved question', params } }, (req) =>
    questions.one(req.auth.workspaceNo, req.params.id, keeper(req)),
  );
  app.patch(
    '/api/insight/questions/:id',
    { config: write, schema: { tags, summary: 'Rename or change a saved question', params, body: change } },
    (req) => questions.change(req.auth.workspaceNo, keeper(req), req.params.id, req.body as never),
  );
  app.delete(
    '/api/insight/questions/:id',
    { config: write, schema: { tags, summary: 'Forget a saved question', params } },
    async (req, reply) => {
      await questions.remove(req.auth.workspaceNo, keeper(req), req.params.id);
      return reply.code(204).send();
    },
  );
  app.get('/api/insight/questions/:id/answer', { config: read, schema: { tags, summary: 'Ask a saved question again', params } }, (req) =>
    questions.answer(req.auth, req.params.id),
  );
}
