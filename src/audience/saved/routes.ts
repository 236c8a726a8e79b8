import { z } from 'zod';
import type { App } from '../../base/index.ts';
import type { Audience } from '../audience.ts';
import type { RefKind } from './depends.ts';
import type { SavedKind } from './versions.ts';

const version = z.object({ version: z.int().positive() });
const id = z.object({ id: z.string().min(1).max(100) });
const sets = ['stages', 'tiers', 'levels'] as const;
const singular = { stages: 'stage', tiers: 'tier', levels: 'level' } as const;

/** Versions of what is saved, and what hangs together with it. */
export function savedRoutes(app: App, { audience }: { audience: Audience }): void {
  const tags = ['audience'];
  const places: { url: string; area: 'definitions' | 'audiences'; kind: SavedKind; params?: typeof id }[] = [
    ...sets.map((kind) => ({ url: `/api/definitions/${kind}`, area: 'definitions' as const, kind })),
    { url: '/api/tags/:id', area: 'definitions', kind: 'tag', params: id },
    { url: '/api/audiences/:id', area: 'audiences', kind: 'audience', params: id },
  ];
  for (const { url, area, kind, params } of places) {
    const what = (req: { params: unknown }) => (params ? (req.params as { id: string }).id : kind);
    /** A tag may be named by its key. */
    const own = async (ws: number, given: string) =>
      kind === 'tag' ? (await audience.tag(ws, given)).id : kind === 'audience' ? (await audience.audience(ws, given)).id : given;
    app.get(
      `${url}/versions`,
      {
        config: { permission: `${area}.read` },
        schema: { tags, summary: `Versions: who saved what when, and what changed`, ...(params ? { params } : {}) },
      },
      async (req) => {
        const ws = req.auth.workspaceNo;
        return { items: await audience.saved.versions(ws, kind, await own(ws, what(req))) };
      },
    );
    app.post(
      `${url}/restore`,
      {
        config: { permission: `${area}.write` },
        schema: { tags, summary: 'Makes a former version the newest', body: version, ...(params ? { params } : {}) },
      },
      async (req, reply) => {
        const ws = req.auth.workspaceNo;
        await audience.saved.restore(ws, kind, await own(ws, what(req)), (req.body as z.infer<typeof version>).version, req.auth.actor);
        return reply.code(204).send();
      },
    );
  }
  const dependencies = async (ws: number, kind: RefKind, key: string) => audience.saved.dependencies(ws, kind, key);
  for (const kind of sets)
    app.get(
      `/api/definitions/${kind}/:id/dependencies`,
      { config: { permission: 'definitions.read' }, schema: { tags, summary: 'What it needs, and who depends on it', params: id } },
      (req) => dependencies(req.auth.workspaceNo, singular[kind], req.params.id),
    );
  app.get(
    '/api/tags/:id/dependencies',
    { config: { permission: 'definitions.read' }, schema: { tags, summary: 'What a tag needs, and who depends on it', params: id } },
    async (req) => dependencies(req.auth.workspaceNo, 'tag', (await audience.tag(req.auth.workspaceNo, req.params.id)).key),
  );
  app.get(
    '/api/audiences/:id/dependencies',
    { config: { permission: 'audiences.read' }, schema: { tags, summary: 'What an audience needs, and who depends on it', params: id } },
    (req) => dependencies(req.auth.workspaceNo, 'audience', req.params.id),
  );
}
