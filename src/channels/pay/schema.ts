import { createPrivateKey, createPublicKey } from 'node:crypto';
import { z } from 'zod';

/** Settings of a merchant of WeChat Pay (商户号). How much may go is with the rules of the platforms. */

const text = z.string().trim().min(1);
const short = z.string().trim().min(1).max(32, { error: 'must be at most 32 characters' });

const rsa = (make: (pem: string) => { asymmetricKeyType?: string | undefined }) => (pem: string) => {
  try {
    return make(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
};

export const payConfig = z
  .object({
    mchid: z
      .string()
      .trim()
      .regex(/^\d{8,32}$/, { error: 'must be the digits of the merchant number' }),
    /** The account whose openids are paid: it must be bound to the merchant. */
    appId: text,
    /** Of the merchant's API certificate. */
    serial: z
      .string()
      .trim()
      .regex(/^[0-9A-Fa-f]{16,40}$/, { error: 'must be the serial number of the API certificate (16 to 40 of 0-9 and A-F)' })
      .transform((serial) => serial.toUpperCase()),
    privateKey: z.string().trim().refine(rsa(createPrivateKey), { error: 'must be the PEM text of apiclient_key.pem' }),
    apiV3Key: z
      .string()
      .trim()
      .regex(/^[0-9A-Za-z]{32}$/, { error: 'must be the 32 letters and digits of the APIv3 key' }),
    /** Merchants opened since 2024 check with WeChat Pay's public key, older ones with certificates that are fetched by themselves. */
    publicKeyId: z
      .string()
      .trim()
      .regex(/^PUB_KEY_ID_\w{1,60}$/, { error: 'must begin with PUB_KEY_ID_' })
      .optional(),
    publicKey: z.string().trim().refine(rsa(createPublicKey), { error: 'must be the PEM text of pub_key.pem' }).optional(),
    /** Transfer scene (转账场景): 1000 is marketing in cash. */
    sceneId: z
      .string()
      .trim()
      .regex(/^\d{4,36}$/)
      .default('1000'),
    /** Told to the platform as 活动名称. */
    activityName: short.default('会员福利'),
    perception: z.string().trim().max(20).optional(),
    /** No transfer leaves while this is set. */
    paused: z.boolean().default(false),
  })
  .superRefine((config, context) => {
    if ((config.publicKeyId === undefined) !== (config.publicKey === undefined)) {
      const path = [config.publicKeyId === undefined ? 'publicKeyId' : 'publicKey'];
      context.addIssue({ code: 'custom', path, message: 'the public key and its id belong together' });
    }
  });
export type PayConfig = z.output<typeof payConfig>;

/** A transfer that is wanted. `key` makes it once: asked again with the same key it is the same transfer. */
export const transferAsk = z.object({
  personNo: z.number().int().positive(),
  amountFen: z.number().int({ error: 'must be whole fen' }).positive(),
  currency: z.literal('CNY', { error: 'WeChat Pay transfers CNY alone' }),
  /** Said to the receiver, and to the platform as 奖励说明. */
  reason: short,
  key: z.string().min(1).max(200),
});
export type TransferAsk = z.input<typeof transferAsk>;

export const transferStates = [
  'queued',
  'calling',
  'in_doubt',
  'held',
  'waiting_user',
  'processing',
  'cancelling',
  'paid',
  'failed',
  'cancelled',
] as const;
export type TransferState = (typeof transferStates)[number];

export interface TransferView {
  id: string;
  key: string;
  personNo: number;
  amountFen: number;
  currency: string;
  reason: string;
  state: TransferState;
  /** Why it failed or is held: the platform's word. */
  why: string | null;
  /** While the receiver must confirm: what `wx.requestMerchantTransfer` is given. */
  confirm: { mchId: string; appId: string; package: string } | null;
  createdAt: Date;
  endedAt: Date | null;
}
