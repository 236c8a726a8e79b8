import { z } from 'zod';

const text = z.string().trim().min(1);

/** Settings of a WeCom account: a self-built app, and where its callbacks come from. */
export const wecomConfig = z.object({
  corpId: text,
  secret: text,
  agentId: z.coerce.number().int().optional(),
  /** Of the callback settings of the app. */
  token: text,
  encodingAesKey: z.string().regex(/^[A-Za-z0-9+/]{43}$/, { error: 'must be the 43 characters of the EncodingAESKey' }),
  /** Said to every new friend; Liquid over `name`, `person`, `staff` and `state`. */
  welcome: z
    .object({
      text: z.string().max(4000).default(''),
      link: z.object({ url: z.url(), title: text }).optional(),
      /** A poster as its picture: the new friend's own. */
      poster: z.string().max(64).optional(),
    })
    .optional(),
});
export type WecomConfig = z.output<typeof wecomConfig>;
export type Welcome = NonNullable<WecomConfig['welcome']>;
