import { z } from 'zod';
import { type App, encodeCursor, type Jobs } from '../../base/index.ts';
import { checkKind, type Health } from './health.ts';
import { expectedInput, findingChange, findingQuery, readCursor } from './schema.ts';

const id = z.object({ id: z.string().min(1).max(60) });
const read = { permission: 'catalog.read' };
const write = { permission: 'events.write' };
const tags = ['data health'];

export function healthRoutes(app: App, deps: { health: Health; jobs: Jobs }): void {
  const { health } = deps;
  app.get('/api/health/overview', { config: read, schema: { tags, summary: 'Is the data of today whole?' } }, (req) =>
    health.overview(req.auth.workspaceNo, req.auth.timezone),
  );
  app.get(
    '/api/health/findings',
    { config: read, schema: { tags, summary: 'What was found, open first', querystring: findingQuery } },
    async (req) => {
      const { cursor, ...query } = req.query;
      const { items, total } = await health.findings(req.auth.workspaceNo, { ...query, before: readCursor(cursor) });
      const last = items.length === query.limit ? items.at(-1) : undefined;
      return { items, total, nextCursor: last ? encodeCursor({ open: last.state === 'open', lastAt: last.lastAt, id: last.id }) : null };
    },
  );
  app.get('/api/health/findings/:id', { config: read, schema: { tags, summary: 'One finding', params: id } }, (req) =>
    health.finding(req.auth.workspaceNo, req.params.id),
  );
  app.get(
    '/api/health/findings/:id/series',
    { config: read, schema: { tags, summary: 'What came and what was to be expected around a finding, by time', params: id } },
    (req) => health.series(req.auth.workspaceNo, req.auth.timezone, req.params.id),
  );
  app.patch(
    '/api/health/findings/:id',
    { config: write, schema: { tags, summary: 'Acknowledge, mute, call expected, or note', params: id, body: findingChange } },
    (req) => health.handle(req.auth.workspaceNo, req.params.id, req.body, req.auth.actor.id),
  );
  app.post('/api/health/check', { config: write, schema: { tags, summary: 'Look at the data now: a job' } }, (req) =>
    deps.jobs.start(req.auth.workspaceNo, checkKind, {}, { key: 'now' }),
  );
  app.get(
    '/api/health/refused',
    { config: read, schema: { tags, summary: 'What the event doors refused in seven days, by sender, field and reason' } },
    (req) => health.refused(req.auth.workspaceNo),
  );
  app.get(
    '/api/health/expected',
    { config: read, schema: { tags, summary: 'Times announced as out of the ordinary, such as a sale' } },
    async (req) => ({
      items: await health.expected.list(req.auth.workspaceNo),
    }),
  );
  app.post(
    '/api/health/expected',
    {
      config: write,
      schema: {
        tags,
        summary: 'Announce a time out of the ordinary: its volumes are not judged, and no pattern for others',
        body: expectedInput,
      },
    },
    async (req, reply) => reply.code(201).send(await health.expected.add(req.auth.workspaceNo, req.body, req.auth.actor.id)),
  );
  app.delete(
    '/api/health/expected/:id',
    { config: write, schema: { tags, summary: 'Take an announced time back', params: id } },
    async (req, reply) => {
      await health.expected.remove(req.auth.workspaceNo, req.params.id);
      return reply.code(204).send();
    },
  );
}
