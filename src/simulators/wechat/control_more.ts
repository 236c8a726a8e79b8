import { z } from 'zod';
import { type Command, command } from './control_command.ts';
import { payCommands } from './pay/control.ts';

const id = z.string().min(1);
const user = { appid: id, person: id };

/** Codes of groups, paid links, leaving staff, moments, customer service. */
export const doorCommands: Record<string, Command> = {
  'scan-group': command(z.strictObject({ corpid: id, config_id: id, external_userid: id }), (c, input) => c.scanGroup(input)),
  'open-link': command(
    z.strictObject({ corpid: id, link_id: id, external_userid: id, channel: z.string().optional() }),
    (c, { channel, ...input }) => c.openLink({ ...input, ...(channel === undefined ? {} : { channel }) }),
  ),
  'announce-in-group': command(z.strictObject({ corpid: id, chat_id: id, notice: z.string() }), (c, i) =>
    c.announceInGroup(i.corpid, i.chat_id, i.notice),
  ),
  'give-group': command(z.strictObject({ corpid: id, chat_id: id, owner: id }), (c, i) => c.giveGroup(i.corpid, i.chat_id, i.owner)),
  'choose-group-welcome': command(z.strictObject({ corpid: id, chat_id: id, template_id: id.optional() }), (c, i) =>
    c.chooseGroupWelcome(i.corpid, i.chat_id, i.template_id),
  ),
  resign: command(z.strictObject({ corpid: id, userid: id }), (c, i) => c.resign(i.corpid, i.userid)),
  'refuse-handover': command(z.strictObject({ corpid: id, external_userid: id }), (c, i) => c.refuseHandover(i.corpid, i.external_userid)),
  'finish-handovers': command(z.strictObject({ corpid: id }), (c, i) => ({ done: c.finishHandovers(i.corpid) })),
  'open-group-id': command(z.strictObject({ corpid: id, chat_id: id }), (c, i) => ({ opengid: c.openGroupId(i.corpid, i.chat_id) })),
  'pending-moments': command(z.strictObject({ corpid: id, userid: id.optional() }), (c, i) => c.pendingMoments(i.corpid, i.userid)),
  'publish-moment': command(z.strictObject({ corpid: id, moment_id: id, userid: id }), (c, i) =>
    c.publishMoment(i.corpid, i.moment_id, i.userid),
  ),
  'react-to-moment': command(z.strictObject({ corpid: id, moment_id: id, external_userid: id, how: z.enum(['like', 'comment']) }), (c, i) =>
    c.reactToMoment(i.corpid, i.moment_id, i.external_userid, i.how),
  ),
  'create-service': command(z.strictObject({ corpid: id, name: id }), (c, i) => c.createService(i.corpid, i.name)),
  'write-to-service': command(z.strictObject({ corpid: id, open_kfid: id, external_userid: id, text: id }), (c, i) => c.writeToService(i)),
};

/** Official accounts and mini programs. `person` names somebody across all of them. */
export const wxCommands: Record<string, Command> = {
  ...payCommands,
  'create-wx-account': command(
    z.strictObject({
      appid: id.optional(),
      secret: id.optional(),
      kind: z.enum(['official_account', 'mini_program']),
      name: z.string().optional(),
      owner: id.optional(),
      trustedIps: z.array(id).optional(),
      pages: z.array(id).optional(),
    }),
    (c, input) => c.createWxAccount(input as Parameters<typeof c.createWxAccount>[0]),
  ),
  'set-wx-callback': command(
    z.strictObject({
      appid: id,
      url: z.url(),
      token: id,
      encodingAesKey: z.string().length(43).optional(),
      verify: z.boolean().optional(),
    }),
    (c, { appid, ...config }) => c.setWxCallback(appid, config as Parameters<typeof c.setWxCallback>[1]),
  ),
  'add-template': command(
    z.strictObject({ appid: id, template_id: id, title: z.string(), kind: z.enum(['template', 'subscribe']), fields: z.array(id) }),
    (c, { appid, ...template }) => c.addTemplate(appid, template),
  ),
  'kill-wx-tokens': command(z.strictObject({ appid: id }), (c, i) => c.killWxTokens(i.appid)),
  subscribe: command(z.strictObject({ ...user, scene: z.string().optional() }), (c, i) => c.subscribe(i.appid, i.person, i.scene)),
  unsubscribe: command(z.strictObject(user), (c, i) => c.unsubscribe(i.appid, i.person)),
  'scan-scene': command(z.strictObject({ ...user, ticket: id }), (c, i) => c.scanScene(i.appid, i.person, i.ticket)),
  'write-to-account': command(z.strictObject({ ...user, text: id }), (c, i) => c.writeToAccount(i.appid, i.person, i.text)),
  'click-menu': command(z.strictObject({ ...user, key: id }), (c, i) => c.clickMenu(i.appid, i.person, i.key)),
  'pay-to': command(z.strictObject(user), (c, i) => c.payTo(i.appid, i.person)),
  refuse: command(z.strictObject({ ...user, refuses: z.boolean().optional() }), (c, i) => c.refuse(i.appid, i.person, i.refuses)),
  grant: command(z.strictObject({ ...user, template_id: id, accept: z.boolean().optional() }), (c, i) =>
    c.grant(i.appid, i.person, i.template_id, i.accept),
  ),
  revoke: command(z.strictObject({ ...user, template_id: id }), (c, i) => c.revoke(i.appid, i.person, i.template_id)),
  'wx-code': command(z.strictObject({ ...user, use: z.enum(['js', 'oauth', 'phone']), scope: id.optional() }), (c, i) => ({
    code: c.wxCode(i.appid, i.person, i.use, i.scope === undefined ? {} : { scope: i.scope }),
  })),
  'wx-sent': command(z.strictObject({ appid: id, openid: id.optional() }), (c, i) => c.wxSent(i.appid, i.openid)),
  'wx-deliveries': command(z.strictObject({}), (c) => c.wxDeliveries()),
  'redeliver-wx': command(z.strictObject({ appid: id, id: z.number().int() }), (c, i) => c.redeliverWx(i.appid, i.id)),
};
