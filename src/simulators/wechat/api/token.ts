import { z } from 'zod';
import type { Context } from '../context.ts';
import { ApiError } from '../errors.ts';
import { type AccessToken, type App, type Corp, newId } from '../state.ts';
import { type Endpoint, endpoint } from './endpoint.ts';

const TOKEN_LENGTH = 214;

/** gettoken: the one call without a token. While a token lives the same one is given again. */
export function issueToken(ctx: Context, query: Record<string, string>): object {
  const { world, clock, limits, rules } = ctx;
  const { corpid, corpsecret } = query;
  if (!corpid) throw new ApiError(41002);
  if (!corpsecret) throw new ApiError(41004);
  const now = clock.ms();
  if (limits.tokenLocked(corpid, now)) throw new ApiError(45009);
  const corp = world.corps.get(corpid);
  const app = corp && [...corp.apps.values()].find((a) => a.secret === corpsecret);
  if (!corp || !app) {
    limits.tokenFailure(corpid, now);
    throw new ApiError(corp ? 40001 : 40013);
  }
  for (const token of world.tokens.values()) if (token.expiresAt + 3600_000 < now) world.tokens.delete(token.token);
  const alive = [...world.tokens.values()].find((t) => t.corpid === corpid && t.agentid === app.agentid && !t.killed && t.expiresAt > now);
  const token = alive ?? remember(ctx, corp, app, now + rules.tokenLifeMs);
  return { access_token: token.token, expires_in: Math.floor((token.expiresAt - now) / 1000) };
}

function remember({ world }: Context, corp: Corp, app: App, expiresAt: number): AccessToken {
  const token = { token: newId(world, '', TOKEN_LENGTH), corpid: corp.corpid, agentid: app.agentid, expiresAt, killed: false };
  world.tokens.set(token.token, token);
  return token;
}

export function openToken({ world, clock }: Context, text: string | undefined): { corp: Corp; app: App } {
  if (!text) throw new ApiError(41001);
  const token = world.tokens.get(text);
  const corp = token && world.corps.get(token.corpid);
  const app = token && corp?.apps.get(token.agentid);
  if (!token || !corp || !app || token.killed) throw new ApiError(40014);
  if (token.expiresAt <= clock.ms()) throw new ApiError(42001);
  return { corp, app };
}

const code = z.object({ code: z.string({ error: '40029' }) });

export const identityEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/cgi-bin/getcallbackip',
    input: z.unknown(),
    run: () => ({ ip_list: ['127.0.0.1'] }),
  }),
  endpoint({
    method: 'GET',
    path: '/cgi-bin/get_jsapi_ticket',
    input: z.unknown(),
    run: ({ ctx, app }) => ({ ticket: ticket(ctx, `jsapi:${app.agentid}`), expires_in: 7200 }),
  }),
  endpoint({
    method: 'GET',
    path: '/cgi-bin/ticket/get',
    input: z.object({ type: z.literal('agent_config') }),
    run: ({ ctx, app }) => ({ ticket: ticket(ctx, `agent:${app.agentid}`), expires_in: 7200 }),
  }),
  endpoint({
    method: 'GET',
    path: '/cgi-bin/auth/getuserinfo',
    input: code,
    run({ ctx, corp, nowMs }, input) {
      const grant = corp.oauthCodes.get(input.code);
      corp.oauthCodes.delete(input.code);
      if (!grant || grant.expiresAt <= nowMs) throw new ApiError(40029);
      if (!grant.userid) return { openid: newId(ctx.world, 'o', 27), external_userid: grant.external_userid };
      const userTicket = newId(ctx.world, '', 64);
      corp.oauthCodes.set(userTicket, { userid: grant.userid, expiresAt: nowMs + 1800_000 });
      return { userid: grant.userid, user_ticket: userTicket, expires_in: 1800 };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/auth/getuserdetail',
    input: z.object({ user_ticket: z.string({ error: '40029' }) }),
    run({ corp, nowMs }, input) {
      const grant = corp.oauthCodes.get(input.user_ticket);
      if (!grant?.userid || grant.expiresAt <= nowMs) throw new ApiError(40029);
      return { userid: grant.userid, gender: '0', avatar: '', qr_code: '', mobile: '', email: '', biz_mail: '', address: '' };
    },
  }),
];

const ticket = (ctx: Context, scope: string): string =>
  `kgt8ON7yVITDhtdwci0qe${Buffer.from(`${scope}:${ctx.world.seed}`).toString('base64url')}`;
