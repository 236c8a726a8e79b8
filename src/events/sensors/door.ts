import type { FastifyReply, FastifyRequest } from 'fastify';
import { type App, type Clock, type FieldError, problem, reasonsFor } from '../../base/index.ts';
import { normaliseIdentity, personByIdentity, type ReadDeps, survivingPerson, traitsOf } from '../../people/index.ts';
import { forBrowsers } from '../browsers.ts';
import type { Events } from '../events.ts';
import type { Doors } from '../health/refused/doors.ts';
import { countUnread, senderOf, wasCounted } from '../health/refused/unread.ts';
import { type Incoming, readMessage } from '../message.ts';
import { askFor, stated } from './change.ts';
import { type Converted, convert, type Message } from './convert.ts';
import { fieldsOf, recordsOf } from './envelope.ts';

export interface SensorsDeps {
  events: Events;
  clock: Clock;
  counts: Doors;
  /** How people are looked up, to reckon a change of traits from those of now. */
  read: Pick<ReadDeps, 'pg' | 'blind'>;
}

type Rejected = FieldError & { index: number };
type Query = Record<string, string | undefined>;

/** 43 bytes: what a browser that sends by loading a picture is answered. */
const picture = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/**
 * The door for SDKs that speak the Sensors Analytics protocol: `server_url` is `<here>/sa?project=…&token=<write key>`. Written from the
 * protocol's public description. A 200 means durable; a record that does not fit is named in the answer and holds up no other.
 */
export function sensorsDoor(app: App, deps: SensorsDeps): void {
  app.register(async (scope) => {
    forBrowsers(scope as unknown as App, ['/sa', '/sa.gif']);
    countUnread(scope as unknown as App, 'sensors', deps);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_req, body, done) => done(null, body));
    const config = { permission: 'ingest' };
    const one = new Turns();
    for (const url of ['/sa', '/sa.gif']) {
      const schema = { tags: ['events in'], summary: 'Records of the Sensors Analytics protocol', security: [{ writeKey: [] }] };
      scope.get(url, { config, schema }, async (req, reply) => {
        await accept(deps, one, req, new URLSearchParams(req.query as Record<string, string>));
        return reply.header('cache-control', 'no-store').type('image/gif').send(picture);
      });
      scope.post(url, { config, schema }, async (req, reply: FastifyReply) => {
        const fields = await fieldsOf(Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0), req.headers['content-type'] ?? '');
        return reply.code(200).send(await accept(deps, one, req, fields));
      });
    }
  });
}

/** What depends on what was said before waits its turn. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();
  take<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

async function accept(deps: SensorsDeps, turns: Turns, req: FastifyRequest, fields: URLSearchParams): Promise<object> {
  const { workspaceNo } = req.auth;
  const query = req.query as Query;
  const appId = query.app_id ?? query.appid;
  const records = await recordsOf(fields);
  const found = records.map((record) => convert(record, { appId: typeof appId === 'string' ? appId : undefined }));
  const rejected: Rejected[] = [];
  let kept = 0;
  let ignored = 0;
  const write = async (places: number[], messages: Message[]): Promise<void> => {
    const items: Incoming[] = [];
    const at: number[] = [];
    const rules = await deps.events.identityRules(workspaceNo);
    messages.forEach((message, i) => {
      const read = readMessage(message, message.type, deps.clock.ms(), 'sensors', undefined, rules);
      if ('reason' in read) rejected.push({ index: places[i]!, ...read });
      else {
        items.push(read);
        at.push(places[i]!);
      }
    });
    (await deps.events.writeIncoming(workspaceNo, items)).forEach((outcome, i) => {
      if (typeof outcome === 'object') rejected.push({ index: at[i]!, ...outcome });
      else kept += 1;
    });
  };
  const plain: number[] = [];
  const changes: number[] = [];
  found.forEach((one, index) => {
    if ('reason' in one) rejected.push({ index, ...one });
    else if ('ignored' in one) ignored += 1;
    else ('change' in one ? changes : plain).push(index);
  });
  const messageAt = (index: number) => (found[index] as Extract<Converted, { message: Message }>).message;
  await write(plain, plain.map(messageAt));
  // One after the other: each is reckoned from what the one before has left.
  for (const index of changes) {
    await turns.take(async () => {
      const { change, message } = found[index] as Extract<Converted, { change: unknown }>;
      const traits = stated(change, message.traits as Record<string, unknown>, await traitsNow(deps, workspaceNo, message));
      if (traits) await write([index], [{ ...message, traits }]);
      else ignored += 1;
    });
  }
  rejected.sort((a, b) => a.index - b.index);
  wasCounted(req);
  deps.counts.count(senderOf(req, 'sensors'), deps.clock.ms(), kept, rejected, records);
  if (kept === 0 && ignored === 0)
    throw problem(400, 'No record could be kept', {
      errors: rejected.slice(0, 100).map(({ index, field, reason }) => ({ field: field ? `${index}.${field}` : `${index}`, reason })),
    });
  return { success: true, accepted: kept, ignored, ...(rejected.length > 0 ? { rejected: reasonsFor(req, rejected) } : {}) };
}

/** The traits of whoever holds the first of a message's identities that is known. */
async function traitsNow({ read, events }: SensorsDeps, workspaceNo: number, message: Message): Promise<Record<string, unknown>> {
  const rules = await events.identityRules(workspaceNo);
  for (const { type, id } of askFor(message)) {
    const normal = normaliseIdentity(type, id, rules);
    if ('reason' in normal) continue;
    const identity = read.blind ? await read.blind(workspaceNo, normal.identity) : normal.identity;
    const found = await personByIdentity(read.pg, workspaceNo, identity);
    const person = found === undefined ? undefined : await survivingPerson(read.pg, workspaceNo, found);
    if (person !== undefined) return (await traitsOf(read.pg, workspaceNo, [person])).get(person) ?? {};
  }
  return {};
}
