import { z } from 'zod';
import { type Command, command } from './control_command.ts';
import { doorCommands, wxCommands } from './control_more.ts';

const id = z.string().min(1);
const agentid = z.coerce.number().int();
const weather = z.strictObject({
  loss: z.number().min(0).max(1),
  duplication: z.number().min(0).max(1),
  disorder: z.number().min(0).max(1),
  delayMs: z.number().min(0),
  timeoutMs: z.number().min(1),
  verifyTimeoutMs: z.number().min(1),
  tries: z.number().int().min(1),
  retryDelayMs: z.number().min(0),
});
const amount = z.number().min(0);
const rules = z.strictObject({
  tokenLifeMs: amount,
  tokenFailuresPerHour: amount,
  relationLagMs: amount,
  deletionLagMs: amount,
  groupLagMs: amount,
  dispatchMs: amount,
  welcomeWindowMs: amount,
  massCap: z.strictObject({ period: z.enum(['day', 'week', 'month']), max: z.number().int().min(0).optional() }),
  maxCorpTags: amount,
  maxContactWays: amount,
  mediaLifeMs: amount,
  groupScanMax: amount,
  handoverMs: amount,
  momentJobMs: amount,
  serviceTokenMs: amount,
  wxCallsPerDay: amount,
  wxCodesPerMinute: amount,
  markTagMs: amount,
  callsPerMinute: amount,
  callsPerHour: amount,
  callsPerMinutePerIp: amount,
  callsPerHourPerIp: amount,
  staffMessagesPerMinute: amount,
  staffMessagesPerHour: amount,
  staffMessagesPerSeatPerDay: amount,
});
const fault = z.strictObject({
  endpoint: id,
  errcode: z.number().int().optional(),
  errmsg: z.string().optional(),
  httpStatus: z.number().int().min(200).max(599).optional(),
  drop: z.boolean().optional(),
  latencyMs: amount.optional(),
  when: z.enum(['before', 'after']).optional(),
  times: z.number().int().min(1).optional(),
  rate: z.number().min(0).max(1).optional(),
});
const callback = z.strictObject({ url: z.url(), token: id, encodingAesKey: z.string().length(43) });
const relation = { corpid: id, userid: id, external_userid: id };

/** `POST /_control/<name>` with a JSON body; the answer is what the typed function of the same purpose returns. */
export const commands: Record<string, Command> = {
  ...doorCommands,
  ...wxCommands,
  reset: command(z.strictObject({}), (c) => c.reset()),
  'create-corp': command(
    z.strictObject({ corpid: id.optional(), name: z.string().optional(), developerAccount: z.boolean().optional() }),
    (c, input) => c.createCorp(input),
  ),
  'create-app': command(
    z.strictObject({
      corpid: id,
      agentid: agentid.optional(),
      name: z.string().optional(),
      secret: id.optional(),
      customerContact: z.boolean().optional(),
      visible: z.array(z.string()).optional(),
      trustedIps: z.array(z.string()).optional(),
      callback: callback.optional(),
    }),
    (c, input) => c.createApp(input),
  ),
  'set-callback': command(
    z.strictObject({
      corpid: id,
      agentid,
      ...callback.partial({ token: true, encodingAesKey: true }).shape,
      verify: z.boolean().optional(),
    }),
    (c, input) => c.setCallback(input),
  ),
  'remove-callback': command(z.strictObject({ corpid: id, agentid }), (c, i) => c.removeCallback(i.corpid, i.agentid)),
  'kill-tokens': command(z.strictObject({ corpid: id, agentid }), (c, i) => c.killTokens(i.corpid, i.agentid)),
  'oauth-code': command(z.strictObject({ corpid: id, userid: id.optional(), external_userid: id.optional() }), (c, { corpid, ...who }) => ({
    code: c.oauthCode(corpid, who),
  })),
  'add-staff': command(
    z.strictObject({
      corpid: id,
      userid: id,
      name: z.string(),
      active: z.boolean().optional(),
      verified: z.boolean().optional(),
      customerContact: z.boolean().optional(),
      consoleWelcome: z.boolean().optional(),
    }),
    (c, { corpid, ...staff }) => c.addStaff(corpid, staff),
  ),
  'add-customer': command(
    z.strictObject({
      corpid: id,
      external_userid: id.optional(),
      name: z.string(),
      avatar: z.string().optional(),
      type: z.union([z.literal(1), z.literal(2)]).optional(),
      gender: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
      unionid: id.optional(),
      corp_name: z.string().optional(),
      shopUserId: id.optional(),
    }),
    (c, { corpid, ...person }) => c.addCustomer(corpid, person),
  ),
  'add-friend': command(
    z.strictObject({
      ...relation,
      state: z.string().max(30).optional(),
      add_way: z.number().int().optional(),
      remark: z.string().optional(),
      half: z.enum(['first', 'only']).optional(),
    }),
    (c, input) => c.addFriend(input),
  ),
  'accept-friend': command(z.strictObject(relation), (c, i) => c.acceptFriend(i.corpid, i.userid, i.external_userid)),
  scan: command(z.strictObject({ corpid: id, config_id: id, external_userid: id }), (c, input) => c.scan(input)),
  'delete-by-customer': command(z.strictObject(relation), (c, i) => c.deleteByCustomer(i.corpid, i.userid, i.external_userid)),
  'delete-by-staff': command(z.strictObject({ ...relation, source: z.literal('DELETE_BY_TRANSFER').optional() }), (c, i) =>
    c.deleteByStaff(i.corpid, i.userid, i.external_userid, i.source),
  ),
  'edit-by-staff': command(
    z.strictObject({
      ...relation,
      remark: z.string().optional(),
      tags: z.array(z.string()).optional(),
      remark_mobiles: z.array(z.string()).optional(),
    }),
    (c, { corpid, userid, external_userid, ...change }) => c.editByStaff(corpid, userid, external_userid, change),
  ),
  talk: command(z.strictObject({ ...relation, text: z.string().optional(), by: z.enum(['customer', 'staff']).optional() }), (c, i) =>
    c.talk(i.corpid, i.userid, i.external_userid, i.text, i.by),
  ),
  'claim-welcome': command(z.strictObject({ corpid: id, code: id, agentid, forMs: amount }), (c, i) =>
    c.claimWelcome(i.corpid, i.code, i.agentid, i.forMs),
  ),
  'create-group': command(
    z.strictObject({ corpid: id, name: z.string(), owner: id, members: z.array(id).optional(), notice: z.string().optional() }),
    (c, input) => c.createGroup(input),
  ),
  'join-group': command(
    z.strictObject({ corpid: id, chat_id: id, userid: id, byCode: z.boolean().optional(), state: z.string().optional() }),
    (c, input) => c.joinGroup(input),
  ),
  'leave-group': command(z.strictObject({ corpid: id, chat_id: id, userid: id, removed: z.boolean().optional() }), (c, input) =>
    c.leaveGroup(input),
  ),
  'rename-group': command(z.strictObject({ corpid: id, chat_id: id, name: id }), (c, i) => c.renameGroup(i.corpid, i.chat_id, i.name)),
  'dismiss-group': command(z.strictObject({ corpid: id, chat_id: id }), (c, i) => c.dismissGroup(i.corpid, i.chat_id)),
  'create-tag': command(z.strictObject({ corpid: id, group: id, name: id }), (c, i) => c.createTag(i.corpid, i.group, i.name)),
  'rename-tag': command(z.strictObject({ corpid: id, id, name: id }), (c, i) => c.renameTag(i.corpid, i.id, i.name)),
  'delete-tag': command(z.strictObject({ corpid: id, id }), (c, i) => c.deleteTag(i.corpid, i.id)),
  'shuffle-tags': command(z.strictObject({ corpid: id }), (c, i) => c.shuffleTags(i.corpid)),
  'pending-mass': command(z.strictObject({ corpid: id, userid: id.optional() }), (c, i) => c.pendingMass(i.corpid, i.userid)),
  'confirm-mass': command(z.strictObject({ corpid: id, msgid: id, userid: id, only: z.array(id).optional() }), (c, input) =>
    c.confirmMass(input),
  ),
  inbox: command(z.strictObject({ corpid: id, external_userid: id }), (c, i) => c.inbox(i.corpid, i.external_userid)),
  read: command(z.strictObject({ corpid: id, external_userid: id, message: id }), (c, i) => c.read(i.corpid, i.external_userid, i.message)),
  click: command(z.strictObject({ corpid: id, external_userid: id, message: id, url: z.url().optional() }), (c, input) => c.click(input)),
  fault: command(fault, (c, input) => c.setFault(input)),
  'clear-faults': command(z.strictObject({ endpoint: id.optional() }), (c, i) => c.clearFaults(i.endpoint)),
  faults: command(z.strictObject({}), (c) => c.faults()),
  weather: command(weather.partial(), (c, input) => c.setWeather(input)),
  rules: command(rules.partial(), (c, input) => c.setRules(input)),
  populate: command(
    z.strictObject({
      corpid: id,
      customers: z.number().int().min(0),
      groups: z.number().int().min(0).optional(),
      staff: z.number().int().min(1).optional(),
      seats: z.number().int().min(0).optional(),
    }),
    (c, input) => c.populate(input),
  ),
  digest: command(z.strictObject({ corpid: id }), (c, i) => c.digest(i.corpid)),
  some: command(z.strictObject({ corpid: id, count: z.number().int().min(1) }), (c, i) => c.some(i.corpid, i.count)),
  'set-clock': command(z.strictObject({ now: z.iso.datetime({ offset: true }) }), (c, i) => c.setClock(i.now)),
  advance: command(z.strictObject({ ms: z.number().min(0) }), (c, i) => c.advance(i.ms)),
  settle: command(z.strictObject({}), (c) => c.settle()),
  deliveries: command(z.strictObject({}), (c) => c.deliveries()),
  redeliver: command(z.strictObject({ corpid: id, agentid, id: z.number().int() }), (c, i) => c.redeliver(i.corpid, i.agentid, i.id)),
  calls: command(z.strictObject({}), (c) => c.calls()),
  state: command(z.strictObject({}), (c) => c.state()),
};
