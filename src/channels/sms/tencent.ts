import tencentcloud from 'tencentcloud-sdk-nodejs-sms';
import { z } from 'zod';
import { neverLeft, type SmsAnswer, type SmsProvider, type SmsReaction } from './provider.ts';
import type { SmsConfig } from './schema.ts';

/** Tencent Cloud's text messages by its own SDK. `SessionContext` carries our message's id; a lost one is looked for by number and time. */

const SmsClient = tencentcloud.sms.v20210111.Client;

const reactions: [RegExp, SmsReaction][] = [
  [/^(InvalidParameterValue\.IncorrectPhoneNumber|NUMBER_NOT_EXIST|MOBILE_NUMBER_NOT_EXIST)$/, 'dead'],
  [/^FailedOperation\.PhoneNumberInBlacklist$/, 'refused'],
  [/^(AuthFailure|UnauthorizedOperation)\b/, { fault: 'credentials' }],
  [/^FailedOperation\.(SignatureIncorrectOrUnapproved|MissingSignature)$/, { fault: 'signature' }],
  [/^FailedOperation\.(TemplateIncorrectOrUnapproved|TemplateIdNotExist|TemplateUnapprovedOrNotExist)$/, { fault: 'template' }],
  [/^FailedOperation\.InsufficientBalanceInSmsPackage$/, { fault: 'balance' }],
  [/^InvalidParameterValue\.SdkAppIdNotExist$/, { fault: 'account' }],
  [/MarketingSendTimeConstraint$/, 'morning'],
  [/^LimitExceeded\.PhoneNumberThirtySecondLimit$/, 'minute'],
  [/^LimitExceeded\.PhoneNumberOneHourLimit$/, 'hour'],
  [/^LimitExceeded\.(PhoneNumber\w*DailyLimit|DailyLimit|App\w*DailyLimit)$/, 'day'],
  [/^(LimitExceeded|RequestLimitExceeded|InternalError|ResourceInsufficient)/, 'later'],
];

const item = z.object({
  mobile: z.string(),
  nationcode: z.string().default('86'),
  report_status: z.string().optional(),
  errmsg: z.string().nullish(),
  sid: z.string().optional(),
  text: z.string().optional(),
});

export function createTencent(baseUrl: string | undefined): SmsProvider {
  const at = baseUrl ? new URL(baseUrl) : undefined;
  const client = (config: SmsConfig) =>
    new SmsClient({
      credential: { secretId: config.keyId, secretKey: config.keySecret },
      region: config.region ?? 'ap-guangzhou',
      profile: {
        httpProfile: { endpoint: at?.host ?? 'sms.tencentcloudapi.com', protocol: `${at?.protocol ?? 'https:'}//`, reqTimeout: 20 },
      },
    });
  return {
    async send(config, { phone, outboxId, templateId, fields }): Promise<SmsAnswer> {
      try {
        const { SendStatusSet } = await client(config).SendSms({
          ...{ PhoneNumberSet: [phone], SmsSdkAppId: config.sdkAppId ?? '', TemplateId: templateId, SignName: config.signName },
          ...{ TemplateParamSet: inOrder(fields), SessionContext: outboxId },
        });
        const one = SendStatusSet?.[0];
        if (one?.Code === 'Ok') return { taken: true, ref: one.SerialNo ?? '', ...(one.Fee ? { units: one.Fee } : {}) };
        return { taken: false, code: one?.Code ?? '', said: '', begun: true };
      } catch (error) {
        const { code = '', message = '', requestId } = error as { code?: string; message?: string; requestId?: string };
        if (code && requestId) return { taken: false, code, said: '', begun: false };
        return { taken: false, code: '', said: code, begun: !neverLeft.test(`${code} ${message}`) };
      }
    },
    async find(config, { phone, outboxId, ref, at: when }) {
      const begin = Math.floor(when.getTime() / 1000) - 120;
      const { PullSmsSendStatusSet: found = [] } = await client(config).PullSmsSendStatusByPhoneNumber({
        ...{ PhoneNumber: phone, SmsSdkAppId: config.sdkAppId ?? '', BeginTime: begin, EndTime: begin + 3 * 86_400, Offset: 0, Limit: 100 },
      });
      const one = found.find((sent) => (ref ? sent.SerialNo === ref : sent.SessionContext === outboxId));
      if (!one) return { state: 'unknown' };
      if (one.ReportStatus === 'SUCCESS') return { state: 'delivered' };
      return one.ReportStatus === 'FAIL' ? { state: 'failed', code: one.Description ?? '' } : { state: 'waiting' };
    },
    reaction: (code) => reactions.find(([pattern]) => pattern.test(code))?.[1] ?? 'failed',
    read(body) {
      const items = z.array(item).max(1000).parse(body);
      const phoneOf = (one: z.output<typeof item>) => (one.mobile.startsWith('+') ? one.mobile : `+${one.nationcode}${one.mobile}`);
      return {
        reports: items
          .filter((one) => one.report_status !== undefined)
          .map((one) => ({
            ...{ phone: phoneOf(one), ref: one.sid ?? '' },
            ...{ delivered: one.report_status === 'SUCCESS', code: one.errmsg ?? '' },
          })),
        replies: items.flatMap((one) => (one.text === undefined ? [] : [{ phone: phoneOf(one), text: one.text }])),
      };
    },
    heard: { result: 0, errmsg: 'OK' },
  };
}

/** Its variables are numbers: {1}, {2}. */
const inOrder = (fields: Record<string, string>): string[] =>
  Object.entries(fields)
    .sort(([a], [b]) => Number(a) - Number(b) || a.localeCompare(b))
    .map(([, value]) => value);
