import type { FastifyRequest } from 'fastify';
import { type App, type Clock, Problem } from '../../../base/index.ts';
import type { Doors, Sender } from './doors.ts';

/** Whose key a request came with. */
export const senderOf = (req: FastifyRequest, door: string): Sender => ({
  workspaceNo: req.auth.workspaceNo,
  door,
  key: req.auth.actor.id,
});

/** The answers to a request of which nothing could be read: no JSON, too large, packed wrongly. */
const unread = new Set([400, 413, 415]);
const counted = new WeakSet<FastifyRequest>();
/** The messages of a request were counted each by itself. */
export const wasCounted = (req: FastifyRequest): void => void counted.add(req);

/** Counts each request to the doors of a scope of which nothing could be read as one refusal. With an unknown key it is nobody's, and not counted. */
export function countUnread(scope: App, door: string, deps: { clock: Clock; counts: Doors }): void {
  scope.addHook('onError', async (req, _reply, error: Error & { statusCode?: number; code?: string }) => {
    const status = error instanceof Problem ? error.status : (error.statusCode ?? 500);
    if (!req.auth || counted.has(req) || !unread.has(status)) return;
    const first = error instanceof Problem ? error.errors?.[0] : undefined;
    const reason = first?.reason ?? (status === 413 ? 'is too large' : 'cannot be read');
    deps.counts.count(senderOf(req, door), deps.clock.ms(), 0, [{ index: 0, field: first?.field ?? 'body', reason }], []);
  });
}
