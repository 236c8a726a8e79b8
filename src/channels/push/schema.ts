import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { priceFen } from '../sending/cost.ts';

const text = z.string().trim().min(1);

const p8 = z.string().refine(
  (pem) => {
    try {
      return createPrivateKey(pem).asymmetricKeyType === 'ec';
    } catch {
      return false;
    }
  },
  { error: 'must be the text of the .p8 file, from BEGIN to END PRIVATE KEY' },
);

export const serviceAccount = z.object({ project_id: text, client_email: z.email(), private_key: text });
const serviceAccountText = z.string().refine(
  (json) => {
    try {
      return serviceAccount.safeParse(JSON.parse(json)).success;
    } catch {
      return false;
    }
  },
  { error: 'must be the text of the service account’s JSON file, with project_id, client_email and private_key' },
);

/** Settings of app push: one to three ways, by what the app's users carry. */
export const pushConfig = z
  .object({
    /** APNs, for iPhones. */
    apnsKeyId: text.optional(),
    apnsTeamId: text.optional(),
    apnsBundleId: text.optional(),
    apnsKey: p8.optional(),
    /** false: the sandbox, for builds out of Xcode. */
    apnsProduction: z.boolean().default(true),
    /** FCM, for Android with Google. */
    fcmServiceAccount: serviceAccountText.optional(),
    /** JPush (极光), which reaches Android in China by the makers' own ways. */
    jpushAppKey: z
      .string()
      .trim()
      .regex(/^[0-9a-f]{24}$/, { error: 'must be the 24 letters and digits of the AppKey' })
      .optional(),
    jpushMasterSecret: text.optional(),
    priceFen: priceFen.default(0),
  })
  .superRefine((c, context) => {
    const apns = [c.apnsKeyId, c.apnsTeamId, c.apnsBundleId, c.apnsKey];
    const some = apns.filter((one) => one !== undefined).length;
    if (some > 0 && some < 4)
      for (const name of ['apnsKeyId', 'apnsTeamId', 'apnsBundleId', 'apnsKey'] as const)
        if (c[name] === undefined) context.addIssue({ code: 'custom', path: [name], message: 'is missing: APNs needs all four' });
    if ((c.jpushAppKey === undefined) !== (c.jpushMasterSecret === undefined))
      context.addIssue({
        ...{ code: 'custom', path: [c.jpushAppKey === undefined ? 'jpushAppKey' : 'jpushMasterSecret'] },
        message: 'is missing: JPush needs both',
      });
    if (some === 0 && c.fcmServiceAccount === undefined && c.jpushAppKey === undefined)
      context.addIssue({ code: 'custom', path: ['apnsKeyId'], message: 'set up at least one of APNs, FCM and JPush' });
  });
export type PushConfig = z.output<typeof pushConfig>;

export const pushProviders = ['apns', 'fcm', 'jpush'] as const;
export type PushProviderName = (typeof pushProviders)[number];

export const setUp = (config: PushConfig): Record<PushProviderName, boolean> => ({
  apns: config.apnsKey !== undefined,
  fcm: config.fcmServiceAccount !== undefined,
  jpush: config.jpushAppKey !== undefined,
});

export const newDevice = z.object({
  provider: z.enum(pushProviders, { error: 'must be apns, fcm or jpush' }),
  token: z
    .string()
    .trim()
    .regex(/^[\w:.-]{8,4096}$/, { error: 'must be the token that the provider gave to the app' }),
  platform: z.enum(['ios', 'android', 'harmony']).optional(),
  deviceId: z.string().trim().min(1).max(200).optional(),
});
export type NewDevice = z.output<typeof newDevice>;
export const deviceView = z.object({
  id: z.string(),
  provider: z.enum(pushProviders),
  platform: z.string().nullable(),
  /** The last four characters of the token. */
  tokenEnd: z.string(),
  seenAt: z.string(),
});
export const deviceList = z.object({ items: z.array(deviceView) });
export type DeviceView = z.output<typeof deviceView>;
