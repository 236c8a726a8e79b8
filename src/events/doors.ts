import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type App, type Clock, type FieldError, problem, reasonsFor } from '../base/index.ts';
import { forBrowsers } from './browsers.ts';
import type { Events } from './events.ts';
import type { Doors } from './health/refused/doors.ts';
import { countUnread, senderOf, wasCounted } from './health/refused/unread.ts';
import { type Incoming, messageTypes, readMessage } from './message.ts';
import { type Spans, spansOf } from './sent.ts';

const unzip = promisify(gunzip);
const unpackedMost = 32 * 1024 * 1024;
const batchMost = 5_000;

/** The bytes that bodies were read from. */
const bodies = new WeakMap<object, Buffer>();

type Raw = Record<string, unknown>;
interface Rejected extends FieldError {
  index: number;
}

/** The Segment HTTP doors. A 200 means durable; good items of a batch are kept and the bad ones listed. */
export function doors(app: App, deps: { events: Events; clock: Clock; counts: Doors }): void {
  app.register(async (scope) => {
    forBrowsers(scope as unknown as App, ['/v1/*']);
    countUnread(scope as unknown as App, 'http', deps);
    scope.removeAllContentTypeParsers();
    // sendBeacon and some SDKs send JSON as text/plain; the body is JSON whatever it is called.
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (req, body, done) => {
      unpack(req, body as Buffer).then((parsed) => done(null, parsed), done);
    });
    const config = { permission: 'ingest' };
    for (const type of messageTypes) {
      scope.post(
        `/v1/${type}`,
        { config, schema: { tags: ['events in'], summary: `One ${type} message (Segment HTTP spec)`, security: [{ writeKey: [] }] } },
        (req, reply) => accept(deps, req, reply, [req.body], type),
      );
    }
    scope.post(
      '/v1/batch',
      { config, schema: { tags: ['events in'], summary: 'Many messages (Segment HTTP spec)', security: [{ writeKey: [] }] } },
      (req, reply) => {
        const list = (req.body as Raw | null)?.batch;
        if (!Array.isArray(list))
          throw problem(400, 'The batch cannot be read', { errors: [{ field: 'batch', reason: 'must be a list of messages' }] });
        if (list.length === 0)
          throw problem(400, 'The batch is empty', { errors: [{ field: 'batch', reason: 'must hold at least one message' }] });
        if (list.length > batchMost)
          throw problem(413, 'The batch is too large', { errors: [{ field: 'batch', reason: `must hold at most ${batchMost} messages` }] });
        return accept(deps, req, reply, list, undefined);
      },
    );
  });
}

async function accept(
  deps: { events: Events; clock: Clock; counts: Doors },
  req: FastifyRequest,
  reply: FastifyReply,
  list: unknown[],
  type: string | undefined,
): Promise<object> {
  const receivedMs = deps.clock.ms();
  const rules = await deps.events.identityRules(req.auth.workspaceNo);
  const items: Incoming[] = [];
  const places: number[] = [];
  const rejected: Rejected[] = [];
  const shared = type === undefined ? ((req.body as Raw).context as Raw | undefined) : undefined;
  const bytes = bodies.get(req.body as object)!;
  const spans = spansOf(bytes, type !== undefined);
  for (let index = 0; index < list.length; index++) {
    const raw = list[index];
    let own: Spans | undefined = spans?.messages[index];
    if (shared !== undefined && typeof raw === 'object' && raw !== null && (raw as Raw).context === undefined) {
      (raw as Raw).context = shared;
      if (own) own = { ...own, context: spans!.shared };
    }
    const wire = own && { bytes, spans: own };
    const read = readMessage(raw, type ?? (raw as Raw | null)?.type, receivedMs, 'http', wire, rules);
    if ('reason' in read) rejected.push({ index, ...read });
    else {
      items.push(read);
      places.push(index);
    }
  }
  const outcomes = await deps.events.writeIncoming(req.auth.workspaceNo, items);
  let kept = 0;
  outcomes.forEach((outcome, i) => {
    if (typeof outcome === 'object') rejected.push({ index: places[i]!, ...outcome });
    else kept += 1;
  });
  wasCounted(req);
  deps.counts.count(senderOf(req, 'http'), receivedMs, kept, rejected, list);
  if (kept === 0) {
    const conflict = type === 'alias' && outcomes.length > 0;
    throw problem(conflict ? 409 : 400, conflict ? 'The two ids cannot be joined' : 'No message could be kept', {
      ...(conflict ? { code: 'identity_conflict' } : {}),
      errors: rejected.map(({ index, field, reason }) => ({
        field: type === undefined ? `batch.${index}${field ? `.${field}` : ''}` : field,
        reason,
      })),
    });
  }
  reply.code(200);
  if (rejected.length === 0) return { success: true };
  return {
    success: true,
    rejected: reasonsFor(
      req,
      rejected.sort((a, b) => a.index - b.index),
    ),
  };
}

async function unpack(req: FastifyRequest, body: Buffer): Promise<unknown> {
  let bytes = body;
  const encoding = req.headers['content-encoding'];
  if (encoding === 'gzip') {
    try {
      bytes = await unzip(body, { maxOutputLength: unpackedMost });
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
        throw problem(413, 'The request is too large', { detail: 'Unpacked it may have at most 32 MB.' });
      throw problem(400, 'The body is not valid gzip', { errors: [{ field: 'body', reason: 'says gzip but cannot be unpacked' }] });
    }
  } else if (encoding !== undefined && encoding !== 'identity') {
    throw problem(415, 'This content encoding is not read here', {
      errors: [{ field: 'content-encoding', reason: 'must be gzip or none' }],
    });
  }
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      bodies.set(parsed, bytes);
      return parsed;
    }
  } catch {
    // Same answer as for JSON that is no object.
  }
  throw problem(400, 'The body cannot be read', { errors: [{ field: 'body', reason: 'must be a JSON object' }] });
}
