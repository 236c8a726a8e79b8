import { z } from 'zod';
import { priceFen } from '../sending/cost.ts';

const text = z.string().trim().min(1);

/** Settings of a text message account at Aliyun (阿里云) or Tencent Cloud (腾讯云). */
export const smsConfig = z
  .object({
    provider: z.enum(['aliyun', 'tencent'], { error: 'must be aliyun or tencent' }),
    /** AccessKey ID, or SecretId. */
    keyId: text,
    keySecret: text,
    /** 签名, without its brackets. */
    signName: text.max(40).transform((name) => name.replace(/^【|】$/g, '')),
    region: text.optional(),
    /** Tencent: the application's SdkAppId. */
    sdkAppId: z
      .string()
      .trim()
      .regex(/^\d{6,15}$/, { error: 'must be the number of the application, such as 1400006666' })
      .optional(),
    /** For content that names no template of its own. Liquid over `text` and `link`. */
    template: z.object({ templateId: text.max(40), fields: z.record(z.string().regex(/^\w{1,30}$/), z.string().max(500)) }).optional(),
    /** Stands at the end of advertisements, as the rules for them ask. */
    optOut: z.string().trim().max(20).default('拒收请回复R'),
    /** For one part of a message. */
    priceFen: priceFen.default(0),
  })
  .refine((c) => c.provider !== 'tencent' || c.sdkAppId !== undefined, {
    path: ['sdkAppId'],
    error: 'must be the number of the application, such as 1400006666',
  });
export type SmsConfig = z.output<typeof smsConfig>;
