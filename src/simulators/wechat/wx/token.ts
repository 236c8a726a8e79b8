import { z } from 'zod';
import { newId } from '../state.ts';
import { type WxCall, wx } from './endpoint.ts';
import type { WxAccount, WxToken, WxWorld } from './state.ts';
import { WxError } from './verdict.ts';

const LIFE_MS = 7200_000;
const NEW_ONE_BEFORE_END_MS = 5 * 60_000;
const OVERLAP_MS = 5 * 60_000;
const FORCED_PER_DAY = 20;
const FORCED_APART_MS = 30_000;

function make({ ctx, account, nowMs }: WxCall, stable: boolean): object {
  const token: WxToken = {
    token: newId(ctx.world, '', 136),
    appid: account.appid,
    expiresAt: nowMs + LIFE_MS,
    killed: false,
    stable,
  };
  ctx.world.wx.tokens.set(token.token, token);
  return { access_token: token.token, expires_in: LIFE_MS / 1000 };
}

const mine = ({ ctx, account, nowMs }: WxCall, stable: boolean) =>
  [...ctx.world.wx.tokens.values()].filter((one) => one.appid === account.appid && one.stable === stable && one.expiresAt > nowMs);

function stableToken(call: WxCall, force: boolean): object {
  const { account, nowMs } = call;
  const known = mine(call, true).filter((one) => !one.killed);
  if (!force) {
    // A token that was killed early is given again all the same: the platform thinks that it lives.
    const held = mine(call, true).find((one) => one.expiresAt - NEW_ONE_BEFORE_END_MS > nowMs);
    return held ? { access_token: held.token, expires_in: Math.floor((held.expiresAt - nowMs) / 1000) } : make(call, true);
  }
  account.forcedAt = account.forcedAt.filter((at) => at + 86_400_000 > nowMs);
  if (account.forcedAt.length >= FORCED_PER_DAY) throw new WxError(45009);
  const last = account.forcedAt.at(-1);
  if (last !== undefined && last + FORCED_APART_MS > nowMs && known[0]) return { access_token: known[0].token, expires_in: 7200 };
  account.forcedAt.push(nowMs);
  for (const one of mine(call, true)) Object.assign(one, { killed: true, expiresAt: nowMs });
  return make(call, true);
}

export function openByToken(world: WxWorld, text: string | undefined, now: number): WxAccount {
  if (!text) throw new WxError(41001);
  const token = world.tokens.get(text);
  const account = token && world.accounts.get(token.appid);
  if (!token || !account || token.killed) throw new WxError(40001);
  if (token.expiresAt <= now) throw new WxError(42001);
  return account;
}

export function openBySecret(world: WxWorld, appid: string | undefined, secret: string | undefined): WxAccount {
  const account = world.accounts.get(appid ?? '');
  if (!account) throw new WxError(40013);
  if (account.secret !== secret) throw new WxError(40125);
  return account;
}

const asked = z.object({ grant_type: z.literal('client_credential', { error: '40035' }) });

export const tokenEndpoints = [
  wx({
    method: 'GET',
    path: '/cgi-bin/token',
    opens: 'secret',
    input: asked,
    run(call) {
      // Each new one ends the one before, after a short overlap.
      for (const one of mine(call, false)) one.expiresAt = Math.min(one.expiresAt, call.nowMs + OVERLAP_MS);
      return make(call, false);
    },
  }),
  wx({
    method: 'POST',
    path: '/cgi-bin/stable_token',
    opens: 'secret',
    input: asked.extend({ force_refresh: z.boolean().default(false) }),
    run: (call, input) => stableToken(call, input.force_refresh),
  }),
];
