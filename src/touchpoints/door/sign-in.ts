import { randomBytes } from 'node:crypto';
import type { TouchpointDeps } from '../ports.ts';
import type { Caller } from './visitor.ts';

/** Says that the phone was asked for this workspace, whatever came of it: nobody is sent round twice. Another workspace has another official account. */
const asked = (ws: number): string => `yt_w${ws.toString(36)}`;
/** What has to come back: nobody can hand a phone somebody else's code. */
const nonce = 'yt_n';

export interface SignInRequest {
  path: string;
  region?: string | undefined;
  code?: string | undefined;
  state?: string | undefined;
  headers: { cookie?: string | undefined; 'user-agent'?: string | undefined };
}

export type SignedIn =
  | { redirect: string; cookies: string[] }
  | { identities: { type: string; id: string }[]; cookies: string[] }
  | undefined;

const cookieOf = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(/;\s*/)
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** WeChat's own browser; that of WeCom says so too, and knows no followers of an official account. */
const inWechat = (agent: string | undefined): boolean => /MicroMessenger/i.test(agent ?? '') && !/wxwork/i.test(agent ?? '');

/**
 * Who comes inside WeChat is known without a word (snsapi_base): the platform sends the phone back with a code that says who, once for each phone and workspace.
 * What goes wrong on the way costs nobody the page.
 */
export function createSignIn(deps: Pick<TouchpointDeps, 'platform' | 'events' | 'clock' | 'log' | 'publicUrl'>) {
  const { platform, events, clock, log, publicUrl } = deps;
  const cookie = (name: string, value: string, seconds: number): string =>
    `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${publicUrl.startsWith('https:') ? '; Secure' : ''}`;
  const over = (ws: number, known: boolean): string[] => [
    cookie(nonce, '', 0),
    known ? cookie(asked(ws), '1', 15_552_000) : cookie(asked(ws), '0', 86_400),
  ];

  const known = async (ws: number, code: string, visitor: string): Promise<SignedIn> => {
    const identities = await platform.signedIn?.(ws, code);
    if (!identities || identities.length === 0) return { identities: [], cookies: over(ws, false) };
    await events.write(ws, [
      {
        messageId: `known:${visitor}:${identities[0]!.id}`,
        type: 'identify',
        timestamp: clock.now(),
        anonymousId: visitor,
        externalIds: identities,
        context: { carrier: 'official_account' },
        source: 'yutang',
      },
    ]);
    return { identities, cookies: over(ws, true) };
  };

  return async (ws: number, req: SignInRequest, caller: Caller): Promise<SignedIn> => {
    const { cookie: header, 'user-agent': agent } = req.headers;
    if (!inWechat(agent) || cookieOf(header, asked(ws)) !== undefined) return undefined;
    try {
      if (req.code === undefined) {
        const state = randomBytes(16).toString('hex');
        const back = `${publicUrl}${req.path}${req.region === undefined ? '' : `?r=${encodeURIComponent(req.region)}`}`;
        const redirect = await platform.signInAt?.(ws, back, state);
        return redirect === undefined ? undefined : { redirect, cookies: [cookie(nonce, state, 600)] };
      }
      if (!req.state || req.state !== cookieOf(header, nonce)) return { identities: [], cookies: over(ws, false) };
      return await known(ws, req.code, caller.visitor);
    } catch (error) {
      log.warn({ err: error }, 'somebody who came inside WeChat could not be known');
      return { identities: [], cookies: over(ws, false) };
    }
  };
}
export type SignIn = ReturnType<typeof createSignIn>;
