import { z } from 'zod';
import { beijingPeriod } from '../clock.ts';
import { ApiError } from '../errors.ts';
import { newId } from '../state.ts';
import { type Endpoint, endpoint, inRange, mustMedia } from './endpoint.ts';

const KEPT = 5000;
const types = [
  'text',
  'image',
  'voice',
  'video',
  'file',
  'textcard',
  'news',
  'mpnews',
  'markdown',
  'miniprogram_notice',
  'template_card',
] as const;

export const staffMessageEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/cgi-bin/message/send',
    input: z.looseObject({
      touser: z.string().default(''),
      toparty: z.string().default(''),
      totag: z.string().default(''),
      msgtype: z.enum(types, { error: '40008' }),
      agentid: z.coerce.number().int(),
      enable_duplicate_check: z.number().int().default(0),
      duplicate_check_interval: z
        .number()
        .int()
        .max(4 * 3600)
        .default(1800),
    }),
    run(call, input) {
      const { corp, app, ctx, nowMs } = call;
      if (input.agentid !== app.agentid) throw new ApiError(301002);
      const body = input[input.msgtype];
      if (!body || typeof body !== 'object') throw new ApiError(44004);
      const { content, media_id } = body as { content?: unknown; media_id?: unknown };
      if (input.msgtype === 'text' && (typeof content !== 'string' || content === '')) throw new ApiError(44004);
      if (typeof media_id === 'string') mustMedia(call, media_id);

      const named = input.touser.split('|').filter(Boolean);
      const everyone = named.includes('@all');
      const reachable = [...corp.staff.values()].filter((s) => s.active && inRange(call, s.userid)).map((s) => s.userid);
      const receivers = everyone ? reachable : named.filter((id) => reachable.includes(id));
      const invalid = everyone ? [] : named.filter((id) => !reachable.includes(id));
      if (receivers.length === 0) throw new ApiError(81013, { invaliduser: invalid.join('|') });

      const today = corp.staffMessages.filter((m) => m.agentid === app.agentid && m.at >= beijingPeriod(nowMs, 'day').from);
      const perDay = corp.staff.size * ctx.rules.staffMessagesPerSeatPerDay;
      if (today.length + receivers.length > perDay) throw new ApiError(45009);

      const msgid = newId(ctx.world, '', 40);
      const text = JSON.stringify(body);
      for (const userid of receivers) {
        const since = nowMs - input.duplicate_check_interval * 1000;
        const repeat = today.some((m) => m.userid === userid && m.at > since && JSON.stringify(m.body) === text);
        if (input.enable_duplicate_check === 1 && repeat) continue;
        // Too many to one member: dropped without a word, the answer stays "ok".
        if (!ctx.limits.staffMessage(corp.corpid, app.agentid, userid, nowMs)) continue;
        corp.staffMessages.push({ msgid, agentid: app.agentid, userid, at: nowMs, msgtype: input.msgtype, body });
      }
      if (corp.staffMessages.length > KEPT) corp.staffMessages.splice(0, corp.staffMessages.length - KEPT);
      return { invaliduser: invalid.join('|'), invalidparty: '', invalidtag: '', unlicenseduser: '', msgid, response_code: '' };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/message/recall',
    input: z.object({ msgid: z.string().min(1) }),
    run({ corp, app, nowMs }, input) {
      const mine = corp.staffMessages.filter((m) => m.msgid === input.msgid && m.agentid === app.agentid && m.at + 86400_000 > nowMs);
      if (mine.length === 0) throw new ApiError(40058);
      corp.staffMessages = corp.staffMessages.filter((m) => !mine.includes(m));
      return {};
    },
  }),
];
