import { z } from 'zod';

const text = z.string().trim().min(1);
const key = z.string().regex(/^[A-Za-z0-9+/]{43}$/, { error: 'must be the 43 characters of the EncodingAESKey' });

/** A notice by template: which, and what stands in its fields. Liquid over `text`, `link` and `now`. */
export const notice = z.object({
  templateId: text,
  fields: z.record(z.string(), z.string()),
  /** Where a tap leads: a page of the mini program. */
  page: z.string().optional(),
});
export type Notice = z.output<typeof notice>;

const credentials = {
  appId: text,
  secret: text,
  /** Of the server settings of the account. */
  token: text.optional(),
  /** Set: messages must come encrypted (safe mode). */
  encodingAesKey: key.optional(),
};

/** Settings of an official account (公众号). */
export const officialConfig = z.object({
  ...credentials,
  /** Said to every new follower. */
  welcome: z.object({ text: z.string().min(1).max(600) }).optional(),
  /** Service notices (模板消息): only for what the person expects. Used when no reply is allowed. */
  template: notice.optional(),
  /** One-time subscription notices (订阅通知): one consent, one send. Used when no reply is allowed. */
  subscribe: notice.optional(),
});
export type OfficialConfig = z.output<typeof officialConfig>;

/** Settings of a mini program (小程序). */
export const miniConfig = z.object({
  ...credentials,
  /** One consent, one send. */
  subscribe: notice.optional(),
  state: z.enum(['developer', 'trial', 'formal']).optional(),
});
export type MiniConfig = z.output<typeof miniConfig>;

export type WechatConfig = OfficialConfig & Pick<MiniConfig, 'state'>;
