import { z } from 'zod';
import { newId, seconds } from '../state.ts';
import { openid, type WxCall, wx } from './endpoint.ts';
import { unionidOf, type WxCode, type WxUser } from './state.ts';
import { WxError } from './verdict.ts';

const MOST_PERMANENT = 100_000;
const MONTH_S = 2_592_000;
const PAGE = 10_000;

export function followerOf({ account }: WxCall, user: WxUser | undefined, id: string): object {
  if (!user?.subscribed) return { subscribe: 0, openid: id };
  return {
    subscribe: 1,
    openid: user.openid,
    nickname: '',
    language: 'zh_CN',
    headimgurl: '',
    subscribe_time: seconds(user.subscribedAt),
    ...(account.owner ? { unionid: unionidOf(account.owner, user.person) } : {}),
    remark: '',
    groupid: 0,
    tagid_list: [],
    subscribe_scene: user.subscribe_scene,
    qr_scene: /^\d+$/.test(user.qr_scene_str) ? Number(user.qr_scene_str) : 0,
    qr_scene_str: /^\d+$/.test(user.qr_scene_str) ? '' : user.qr_scene_str,
  };
}

/** A code of a sign-in: five minutes, once. */
export function spendCode({ account, nowMs }: WxCall, text: string, use: WxCode['use']): WxCode {
  const code = account.codes.get(text);
  if (!code || code.use !== use || code.expiresAt <= nowMs) throw new WxError(40029);
  if (code.used) throw new WxError(40163);
  code.used = true;
  return code;
}

type Who = Pick<WxCall, 'ctx' | 'account' | 'nowMs'>;
export const unionid = ({ account }: Who, id: string): object => {
  const user = account.users.get(id);
  return account.owner && user ? { unionid: unionidOf(account.owner, user.person) } : {};
};

const official = { kind: 'official_account' } as const;
const code = z.string({ error: '40029' }).min(1, '40029');

function oauthAnswer(call: Who, id: string, scope: string, snapshot: boolean | undefined): object {
  const { world } = call.ctx;
  const access_token = newId(world, 'oa', 100);
  const refresh_token = newId(world, 'or', 100);
  const held = { openid: id, appid: call.account.appid, scope };
  world.wx.oauthTokens.set(access_token, { ...held, expiresAt: call.nowMs + 7200_000 });
  world.wx.oauthTokens.set(refresh_token, { ...held, expiresAt: call.nowMs + 30 * 86_400_000 });
  const who = { openid: id, scope, ...unionid(call, id), ...(snapshot ? { is_snapshotuser: 1 } : {}) };
  return { access_token, expires_in: 7200, refresh_token, ...who };
}

export const accountEndpoints = [
  wx({
    method: 'POST',
    path: '/cgi-bin/qrcode/create',
    ...official,
    input: z.object({
      expire_seconds: z.number().int().min(1).max(MONTH_S).default(60),
      action_name: z.enum(['QR_SCENE', 'QR_STR_SCENE', 'QR_LIMIT_SCENE', 'QR_LIMIT_STR_SCENE'], { error: '40035' }),
      action_info: z.object({
        scene: z.object({ scene_id: z.number().int().optional(), scene_str: z.string().min(1).max(64).optional() }),
      }),
    }),
    run({ ctx, account, nowMs }, input) {
      const { scene_id, scene_str } = input.action_info.scene;
      const text = input.action_name.includes('STR');
      const permanent = input.action_name.includes('LIMIT');
      if (text ? scene_str === undefined : scene_id === undefined) throw new WxError(40035);
      if (permanent && !text && (scene_id! < 1 || scene_id! > MOST_PERMANENT)) throw new WxError(40035);
      const lasting = [...account.scenes.values()].filter((one) => one.permanent);
      const scene = text ? scene_str! : String(scene_id);
      const same = permanent ? lasting.find((one) => one.scene === scene) : undefined;
      if (permanent && !same && lasting.length >= MOST_PERMANENT) throw new WxError(45009);
      const ticket = same?.ticket ?? newId(ctx.world, 'gQ', 92);
      const expiresAt = permanent ? Number.MAX_SAFE_INTEGER : nowMs + input.expire_seconds * 1000;
      const url = `http://weixin.qq.com/q/${ticket.slice(2, 30)}`;
      account.scenes.set(ticket, { ticket, scene, url, permanent, createdAt: nowMs, expiresAt });
      return { ticket, url, ...(permanent ? {} : { expire_seconds: input.expire_seconds }) };
    },
  }),
  wx({
    method: 'GET',
    path: '/cgi-bin/user/info',
    ...official,
    input: z.object({ openid }),
    run(call, input) {
      const user = call.account.users.get(input.openid);
      if (!user) throw new WxError(40003);
      return followerOf(call, user, input.openid);
    },
  }),
  wx({
    method: 'POST',
    path: '/cgi-bin/user/info/batchget',
    ...official,
    input: z.object({ user_list: z.array(z.object({ openid })).min(1).max(100) }),
    emptyOnError: { user_info_list: [] },
    run: (call, input) => ({
      user_info_list: input.user_list.map((one) => followerOf(call, call.account.users.get(one.openid), one.openid)),
    }),
  }),
  wx({
    method: 'GET',
    path: '/cgi-bin/user/get',
    ...official,
    input: z.object({ next_openid: z.string().default('') }),
    run({ account }, input) {
      const all = [...account.users.values()].filter((one) => one.subscribed).map((one) => one.openid);
      const at = input.next_openid ? all.indexOf(input.next_openid) + 1 : 0;
      const items = all.slice(at, at + PAGE);
      return { total: all.length, count: items.length, data: { openid: items }, next_openid: items.at(-1) ?? '' };
    },
  }),
  wx({
    method: 'GET',
    path: '/cgi-bin/ticket/getticket',
    input: z.object({ type: z.enum(['jsapi', 'wx_card'], { error: '40035' }) }),
    run: ({ ctx, account }, input) => ({
      ticket: `${input.type}-${Buffer.from(`${account.appid}:${ctx.world.seed}`).toString('base64url')}`,
      expires_in: 7200,
    }),
  }),
  wx({
    method: 'POST',
    path: '/cgi-bin/clear_quota',
    input: z.object({ appid: z.string().min(1) }),
    run({ ctx, account, nowMs }, input) {
      if (input.appid !== account.appid) throw new WxError(40013);
      account.clearedAt = account.clearedAt.filter((at) => at + 30 * 86_400_000 > nowMs);
      if (account.clearedAt.length >= 10) throw new WxError(48006);
      account.clearedAt.push(nowMs);
      ctx.wxQuota.clear(account.appid);
      return {};
    },
  }),
  wx({
    method: 'POST',
    path: '/cgi-bin/openapi/quota/get',
    input: z.object({ cgi_path: z.string().min(1) }),
    run({ ctx, account, nowMs }, input) {
      const used = ctx.wxQuota.used(account.appid, input.cgi_path, nowMs);
      const daily_limit = ctx.rules.wxCallsPerDay;
      return { quota: { daily_limit, used, remain: Math.max(0, daily_limit - used) } };
    },
  }),
  wx({
    method: 'POST',
    path: '/cgi-bin/openapi/rid/get',
    input: z.object({ rid: z.string().min(1) }),
    run({ account, nowMs }, input) {
      const found = account.rids.get(input.rid);
      if (!found || found.at + 7 * 86_400_000 < nowMs) throw new WxError(40035);
      return {
        request: { invoke_time: seconds(found.at), cost_in_ms: 1, request_url: found.path, response_body: `{"errcode":${found.errcode}}` },
      };
    },
  }),
  wx({
    method: 'GET',
    path: '/sns/oauth2/access_token',
    opens: 'secret',
    ...official,
    input: z.object({ code, grant_type: z.literal('authorization_code') }),
    run(call, input) {
      const used = spendCode(call, input.code, 'oauth');
      return oauthAnswer(call, used.openid, used.scope, used.snapshot);
    },
  }),
  wx({
    method: 'GET',
    path: '/sns/oauth2/refresh_token',
    opens: 'none',
    input: z.object({ appid: z.string(), refresh_token: z.string(), grant_type: z.literal('refresh_token') }),
    run({ ctx, nowMs }, input) {
      const held = ctx.world.wx.oauthTokens.get(input.refresh_token);
      const account = ctx.world.wx.accounts.get(input.appid);
      if (!held || !account || held.appid !== input.appid || held.expiresAt <= nowMs) throw new WxError(40029);
      return oauthAnswer({ ctx, account, nowMs }, held.openid, held.scope, false);
    },
  }),
  wx({
    method: 'GET',
    path: '/sns/userinfo',
    opens: 'none',
    input: z.object({ access_token: z.string(), openid }),
    run({ ctx, nowMs }, input) {
      const held = ctx.world.wx.oauthTokens.get(input.access_token);
      if (!held || held.expiresAt <= nowMs) throw new WxError(40001);
      if (held.openid !== input.openid) throw new WxError(40003);
      if (held.scope !== 'snsapi_userinfo') throw new WxError(48001);
      const account = ctx.world.wx.accounts.get(held.appid);
      if (!account) throw new WxError(40013);
      const who = unionid({ ctx, account, nowMs }, held.openid);
      return {
        openid: held.openid,
        nickname: '微信用户',
        sex: 0,
        province: '',
        city: '',
        country: '',
        headimgurl: '',
        privilege: [],
        ...who,
      };
    },
  }),
];
