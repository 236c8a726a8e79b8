import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '../base/index.ts';
import { type Auth, guestAuth, memberAuth } from './auth.ts';
import type { Keyring } from './keyring.ts';
import { refuseForeign } from './origin.ts';
import type { Sessions } from './sessions.ts';
import type { Workspaces } from './workspaces.ts';

/** A page with a sign-in of its own, and who is behind a request that comes from it. */
export interface Guests {
  /** The beginning of its doors' addresses; nothing else is open to its visitors. */
  at: string;
  who(req: FastifyRequest): Promise<{ workspaceNo: number; id: string; name: string } | undefined>;
}

export interface Authenticate {
  /** The member or API key behind a request; 401 when there is none. */
  caller(req: FastifyRequest, reply: FastifyReply): Promise<Auth>;
  /** The write key behind a request: Basic with the key as user name, in the address, or (browsers that go away send no headers) in the body. */
  writer(req: FastifyRequest, reply: FastifyReply): Promise<Auth>;
}

export function createAuthenticate(deps: {
  keyring: Keyring;
  sessions: Sessions;
  workspaces: Workspaces;
  publicUrl?: string | undefined;
  guests?: readonly Guests[];
}): Authenticate {
  const { keyring, sessions, workspaces } = deps;

  const byKey = async (req: FastifyRequest, reply: FastifyReply, header: string): Promise<Auth> => {
    const secret = /^Bearer +(\S+)$/i.exec(header)?.[1];
    const auth = secret ? await keyring.find('api', secret) : null;
    if (!auth) {
      const isWriter = secret !== undefined && (await keyring.find('write', secret)) !== null;
      reply.header('www-authenticate', 'Bearer');
      throw problem(401, 'This is not a valid API key', {
        code: 'wrong_key',
        detail: isWriter
          ? 'It is a write key, which only sends events. Use an API key.'
          : secret
            ? 'It is unknown or was revoked. An owner can make a new one under Settings.'
            : 'Send Authorization: Bearer <API key>.',
      });
    }
    const wanted = req.headers['x-workspace'];
    if (wanted !== undefined && wanted !== auth.workspaceId)
      throw elsewhere('The key belongs to another workspace. Leave out x-workspace, or use a key of that workspace.');
    return auth;
  };

  const bySession = async (req: FastifyRequest, reply: FastifyReply, cookie: string): Promise<Auth> => {
    const session = await sessions.read(cookie);
    if (!session) throw signInFirst();
    refuseForeign(req, deps.publicUrl);
    // A session that is used lives on: its cookie is given a new term.
    for (const value of session.cookies) reply.header('set-cookie', value);
    const memberships = await workspaces.of(session.user.id);
    const wanted = req.headers['x-workspace'];
    const chosen = wanted === undefined ? memberships[0] : memberships.find((m) => m.workspace.id === wanted);
    if (!chosen) throw elsewhere('You are not a member of this workspace. GET /api/me without x-workspace lists yours.');
    return memberAuth(chosen.workspace, {
      id: chosen.memberId,
      name: chosen.memberName,
      role: chosen.role,
      userId: session.user.id,
    });
  };

  const asGuest = async (req: FastifyRequest): Promise<Auth | undefined> => {
    const page = deps.guests?.find(({ at }) => req.routeOptions.url?.startsWith(at));
    const guest = await page?.who(req);
    if (!guest) return undefined;
    refuseForeign(req, deps.publicUrl);
    return guestAuth(await workspaces.get(guest.workspaceNo), guest);
  };

  return {
    caller: async (req, reply) => {
      const guest = req.headers.authorization ? undefined : await asGuest(req);
      if (guest) return guest;
      if (req.headers.authorization) return byKey(req, reply, req.headers.authorization);
      if (req.headers.cookie) return bySession(req, reply, req.headers.cookie);
      reply.header('www-authenticate', 'Bearer');
      throw signInFirst();
    },
    writer: async (req, reply) => {
      for (const secret of writeKeys(req)) {
        const auth = await keyring.find('write', secret);
        if (auth) return auth;
      }
      reply.header('www-authenticate', 'Basic realm="write key"');
      throw problem(401, 'This is not a valid write key', {
        code: 'wrong_key',
        detail:
          'Send a write key as the user name of Basic authentication, with an empty password, or as writeKey in the address or the body. An owner can make one under Settings.',
      });
    },
  };
}

/** Where a write key may stand in the address; `token` and `project` are the words of Sensors Analytics. */
const inAddress = ['writeKey', 'token', 'project'] as const;

/** Whether a request must be read before it can be known whose it is. A packed body is not unpacked for strangers. */
export const keyMayFollow = (req: FastifyRequest): boolean =>
  req.method === 'POST' &&
  req.headers.authorization === undefined &&
  req.headers['content-encoding'] === undefined &&
  inAddress.every((name) => (req.query as Record<string, unknown> | undefined)?.[name] === undefined);

function writeKeys(req: FastifyRequest): string[] {
  if (req.headers.authorization !== undefined) return [userName(req.headers.authorization)].filter((key) => key !== undefined);
  const query = (req.query ?? {}) as Record<string, unknown>;
  const body = (req.body ?? {}) as { writeKey?: unknown };
  return [...inAddress.map((name) => query[name]), body.writeKey].filter(
    (key) => typeof key === 'string' && key !== '' && key.length <= 500,
  ) as string[];
}

function userName(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 1000 || !/^basic /i.test(header)) return undefined;
  const text = Buffer.from(header.slice(6).trim(), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? text : text.slice(0, colon);
}

const signInFirst = () =>
  problem(401, 'Sign in first', { code: 'signed_out', detail: 'Sign in at the console, or send Authorization: Bearer <API key>.' });

const elsewhere = (detail: string) => problem(403, 'Another workspace', { code: 'other_workspace', detail });
