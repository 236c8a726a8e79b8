import { z } from 'zod';
import { newId } from '../state.ts';
import { mustUser, openid, type WxCall, wx } from './endpoint.ts';
import { mustPicture } from './media.ts';
import { grantKey, type WxSent, type WxTemplate, type WxUser } from './state.ts';
import { WxError } from './verdict.ts';

const KEPT = 20_000;
const customTypes = ['text', 'image', 'voice', 'video', 'music', 'news', 'mpnews', 'msgmenu', 'wxcard', 'miniprogrampage'] as const;

function keep({ ctx, account, nowMs }: WxCall, sent: Omit<WxSent, 'id' | 'at'>): string {
  const id = String(1_000_000 + account.sent.length);
  account.sent.push({ ...sent, id: newId(ctx.world, 'wxm', 20), at: nowMs });
  if (account.sent.length > KEPT) account.sent.splice(0, KEPT / 2);
  return id;
}

/** Counts one reply against what this user's own deeds allow. */
function spendAllowance(user: WxUser, nowMs: number): void {
  if ((user.paidUntil ?? 0) > nowMs) return;
  const open = [user.touch, user.talk].filter((one) => one !== undefined && one.until > nowMs);
  if (open.length === 0) throw new WxError(45015);
  const left = open.find((one) => one!.left > 0);
  if (!left) throw new WxError(45047);
  left.left -= 1;
}

/** Kinds of fields and what their values may be; the kind is the name without its number. */
const kinds: Record<string, (value: string) => boolean> = {
  thing: (v) => [...v].length <= 20,
  phrase: (v) => [...v].length <= 5,
  character_string: (v) => /^[\x21-\x7e ]{1,32}$/.test(v),
  number: (v) => /^-?\d{1,32}(\.\d+)?$/.test(v),
  time: (v) => /\d{1,2}:\d{2}|\d{4}年/.test(v),
  date: (v) => /\d{4}[-年]/.test(v),
  amount: (v) => /^[¥$]?-?\d{1,10}(\.\d{1,2})?元?$/.test(v),
  name: (v) => [...v].length <= 10,
};

function checkData(template: WxTemplate, data: Record<string, { value: string }>): void {
  for (const name of template.fields) {
    const value = data[name]?.value;
    const fits = kinds[name.replace(/\d+$/, '')] ?? (() => true);
    if (typeof value !== 'string' || value === '' || !fits(value)) throw new WxError(47003);
  }
}

function mustTemplate({ account }: WxCall, id: string, kind: WxTemplate['kind']): WxTemplate {
  const template = account.templates.get(id);
  if (!template || template.kind !== kind) throw new WxError(40037);
  return template;
}

function spendGrant({ account }: WxCall, user: WxUser, templateId: string): void {
  const key = grantKey(user.openid, templateId);
  const left = account.grants.get(key) ?? 0;
  if (left <= 0) throw new WxError(43101);
  account.grants.set(key, left - 1);
}

const data = z.record(z.string(), z.object({ value: z.string({ error: '47003' }) }, { error: '47003' }), { error: '47003' });
const notice = z.object({ touser: openid, template_id: z.string({ error: '40037' }), page: z.string().optional(), data });

export const messageEndpoints = [
  wx({
    method: 'POST',
    path: '/cgi-bin/message/custom/send',
    kind: 'official_account',
    input: z.looseObject({ touser: openid, msgtype: z.enum(customTypes, { error: '40035' }) }),
    run(call, input) {
      const user = mustUser(call.account, input.touser);
      const body = input[input.msgtype];
      if (!body || typeof body !== 'object') throw new WxError(44004);
      if (input.msgtype === 'text' && !(body as { content?: unknown }).content) throw new WxError(44004);
      if (input.msgtype === 'image') mustPicture(call, (body as { media_id?: unknown }).media_id);
      if (user.refuses) throw new WxError(48002);
      if (!user.subscribed) throw new WxError(43004);
      spendAllowance(user, call.nowMs);
      keep(call, { openid: user.openid, kind: 'custom', body: { msgtype: input.msgtype, [input.msgtype]: body } });
      return {};
    },
  }),
  wx({
    method: 'POST',
    path: '/cgi-bin/message/template/send',
    kind: 'official_account',
    input: z.object({ touser: openid, template_id: z.string(), url: z.string().optional(), client_msg_id: z.string().optional(), data }),
    run(call, input) {
      const user = mustUser(call.account, input.touser);
      mustTemplate(call, input.template_id, 'template');
      if (!user.subscribed) throw new WxError(43004);
      const before = input.client_msg_id && call.account.sent.find((one) => one.client_msg_id === input.client_msg_id);
      if (before) return { msgid: 1_000_000 + call.account.sent.indexOf(before) };
      const client = input.client_msg_id ? { client_msg_id: input.client_msg_id } : {};
      const msgid = Number(keep(call, { openid: user.openid, kind: 'template', template_id: input.template_id, ...client, body: input }));
      const Status = user.refuses ? 'failed:user block' : 'success';
      call.ctx.wxCallbacks.emit(call.account, user, { MsgType: 'event', Event: 'TEMPLATESENDJOBFINISH', MsgID: msgid, Status });
      return { msgid };
    },
  }),
  wx({
    method: 'POST',
    path: '/cgi-bin/message/subscribe/bizsend',
    kind: 'official_account',
    input: notice,
    run(call, input) {
      const user = mustUser(call.account, input.touser);
      checkData(mustTemplate(call, input.template_id, 'subscribe'), input.data);
      spendGrant(call, user, input.template_id);
      keep(call, { openid: user.openid, kind: 'subscribe_notice', template_id: input.template_id, body: input });
      return {};
    },
  }),
  wx({
    method: 'POST',
    path: '/cgi-bin/message/subscribe/send',
    kind: 'mini_program',
    input: notice.extend({ miniprogram_state: z.string().optional(), lang: z.string().optional() }),
    run(call, input) {
      const user = mustUser(call.account, input.touser);
      checkData(mustTemplate(call, input.template_id, 'subscribe'), input.data);
      const path = input.page?.split('?')[0];
      if (path && !call.account.pages.includes(path)) throw new WxError(41030);
      spendGrant(call, user, input.template_id);
      keep(call, { openid: user.openid, kind: 'subscribe', template_id: input.template_id, body: input });
      return {};
    },
  }),
];
