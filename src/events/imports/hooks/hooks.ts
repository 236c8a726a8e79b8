import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { badInput, newId, notFound } from '../../../base/index.ts';
import { mappingErrors } from '../check-mapping.ts';
import { guessSample } from './guess.ts';
import { type HookRequest, type ReceiveDeps, receive, tryPayload } from './receive.ts';
import type { DeliveryView, HookBody, HookPatch, HookView, hookTest, Received } from './schema.ts';
import { type HookRow, listDeliveries, listHooks, readHook } from './store.ts';

export interface HooksDeps extends ReceiveDeps {
  secrets: { seal(text: string): string; open(sealed: string): string };
  publicUrl: string;
}

export type Hooks = ReturnType<typeof createHooks>;

/** Doors for other systems' webhooks: each with its own mapping and secret. */
export function createHooks(deps: HooksDeps) {
  const { pg, clock } = deps;
  const view = (row: HookRow): HookView => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    rows: row.rows,
    mapping: row.mapping,
    options: { ...row.options },
    auth: row.auth,
    enabled: row.enabled,
    url: `${deps.publicUrl}/hooks/${row.id}`,
    refused: { count: row.refused, at: row.refusedAt?.toISOString() ?? null, reason: row.refusedReason },
    lastAt: row.lastAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  });
  const check = (body: Pick<HookBody, 'kind' | 'mapping'>) => {
    const errors = mappingErrors(body.kind, body.mapping, Object.values(body.mapping), false);
    if (errors.length > 0)
      throw badInput(
        errors.map((e) => ({ ...e, reason: e.reason.replace(/; the file has .*$/, '') })),
        'The mapping does not fit',
      );
  };
  const makeSecret = () => randomBytes(32).toString('base64url');

  return {
    list: async (workspaceNo: number): Promise<HookView[]> => (await listHooks(pg, workspaceNo)).map(view),
    get: async (workspaceNo: number, id: string): Promise<HookView> => view(await readHook(pg, id, workspaceNo)),
    /** The secret is told this once. */
    create: async (workspaceNo: number, body: HookBody, by: string | null): Promise<HookView & { secret: string }> => {
      check(body);
      const id = newId('hook', clock.ms());
      const secret = makeSecret();
      await pg.query(
        `INSERT INTO hooks (id, workspace_no, name, kind, rows_path, mapping, options, auth, secret, enabled, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [
          id,
          workspaceNo,
          body.name,
          body.kind,
          body.rows,
          body.mapping,
          body.options,
          body.auth,
          deps.secrets.seal(secret),
          body.enabled,
          by,
          clock.now(),
        ],
      );
      return { ...view(await readHook(pg, id, workspaceNo)), secret };
    },
    update: async (workspaceNo: number, id: string, patch: HookPatch): Promise<HookView> => {
      const row = await readHook(pg, id, workspaceNo);
      const next = { ...row, ...Object.fromEntries(Object.entries(patch).filter(([, v]) => v !== undefined)) } as HookRow;
      check(next);
      await pg.query(
        'UPDATE hooks SET name = $3, kind = $4, rows_path = $5, mapping = $6, options = $7, auth = $8, enabled = $9 WHERE id = $1 AND workspace_no = $2',
        [id, workspaceNo, next.name, next.kind, next.rows, next.mapping, next.options, next.auth, next.enabled],
      );
      return view(await readHook(pg, id, workspaceNo));
    },
    /** A new secret at once; the old one opens nothing any more. */
    renew: async (workspaceNo: number, id: string): Promise<HookView & { secret: string }> => {
      const row = await readHook(pg, id, workspaceNo);
      const secret = makeSecret();
      await pg.query('UPDATE hooks SET secret = $3 WHERE id = $1 AND workspace_no = $2', [id, workspaceNo, deps.secrets.seal(secret)]);
      return { ...view(row), secret };
    },
    remove: async (workspaceNo: number, id: string): Promise<void> => {
      const gone = await pg.query('DELETE FROM hooks WHERE id = $1 AND workspace_no = $2 RETURNING id', [id, workspaceNo]);
      if (gone.length === 0) throw notFound('Hook');
    },
    deliveries: async (workspaceNo: number, id: string): Promise<DeliveryView[]> => {
      await readHook(pg, id, workspaceNo);
      return listDeliveries(pg, deps.secrets, workspaceNo, id);
    },
    /** What a sample would become; what is not said is guessed. Writes nothing. */
    test: async (workspaceNo: number, body: z.infer<typeof hookTest>) => {
      const guessed = guessSample(body.sample, body.kind);
      const config = { kind: guessed.kind, rows: body.rows ?? guessed.rows, mapping: body.mapping ?? guessed.mapping };
      if (body.mapping) check(config);
      const tried = await tryPayload(deps, { workspaceNo, ...config, options: body.options }, body.sample);
      return { ...config, paths: guessed.paths, ...tried };
    },
    receive: (id: string, request: HookRequest): Promise<Received> => receive(deps, id, request),
  };
}
