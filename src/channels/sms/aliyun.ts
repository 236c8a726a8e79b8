import dysms, { QuerySendDetailsRequest, SendSmsRequest } from '@alicloud/dysmsapi20170525';
import { z } from 'zod';
import { neverLeft, type SmsAnswer, type SmsProvider, type SmsReaction } from './provider.ts';
import type { SmsConfig } from './schema.ts';

/** Aliyun's text messages by its own SDK. `OutId` carries our message's id: by it a message is found again that nobody knows to have left. */

/** A CommonJS module with a default of its own: some loaders hand out the module, some its default. */
const Client = ('default' in dysms ? dysms.default : dysms) as typeof import('@alicloud/dysmsapi20170525').default;

const reactions: [RegExp, SmsReaction][] = [
  [/^(isv\.MOBILE_NUMBER_ILLEGAL|MK:0001|MK:0012|MOBILE_NOT_EXIST|MOBILE_NUMBER_NOT_EXIST)$/, 'dead'],
  [/^(USER_REJECT|(isv\.)?MOBILE_IN_BLACK)$/, 'refused'],
  [/^(InvalidAccessKeyId\..+|SignatureDoesNotMatch|isp\.RAM_PERMISSION_DENY|Forbidden\.RAM|NoPermission)$/, { fault: 'credentials' }],
  [/^isv\.(SMS_SIGNATURE_ILLEGAL|SMS_SIGN_ILLEGAL|SIGN_STATE_ILLEGAL)$/, { fault: 'signature' }],
  [/^isv\.(SMS_TEMPLATE_ILLEGAL|SMS_SIGNATURE_SCENE_ILLEGAL)$/, { fault: 'template' }],
  [/^isv\.AMOUNT_NOT_ENOUGH$/, { fault: 'balance' }],
  [/^isv\.(OUT_OF_SERVICE|ACCOUNT_ABNORMAL|ACCOUNT_NOT_EXISTS|PRODUCT_UN_?SUBSCRI(PT|BE))$/, { fault: 'account' }],
  [/^isv\.(DAY|MONTH)_LIMIT_CONTROL$/, 'day'],
  [/^(isp\.|Throttling|ServiceUnavailable|InternalError)/, 'later'],
];

const item = z.object({
  phone_number: z.string(),
  biz_id: z.string().optional(),
  success: z.boolean().optional(),
  err_code: z.string().nullish(),
  content: z.string().optional(),
});

export function createAliyun(baseUrl: string | undefined): SmsProvider {
  const at = baseUrl ? new URL(baseUrl) : undefined;
  const client = (config: SmsConfig) =>
    new Client({
      ...{ accessKeyId: config.keyId, accessKeySecret: config.keySecret, regionId: config.region ?? 'cn-hangzhou' },
      ...{ endpoint: at?.host ?? 'dysmsapi.aliyuncs.com', protocol: at ? at.protocol.replace(':', '') : 'https' },
      ...{ connectTimeout: 10_000, readTimeout: 20_000 },
    } as ConstructorParameters<typeof Client>[0]);
  return {
    async send(config, { phone, outboxId, templateId, fields }): Promise<SmsAnswer> {
      try {
        const { body } = await client(config).sendSms(
          new SendSmsRequest({
            ...{ phoneNumbers: localNumber(phone), signName: config.signName, templateCode: templateId, outId: outboxId },
            ...(Object.keys(fields).length > 0 ? { templateParam: JSON.stringify(fields) } : {}),
          }),
        );
        if (body?.code === 'OK') return { taken: true, ref: body.bizId ?? '' };
        return { taken: false, code: body?.code ?? '', said: body?.message ?? '', begun: true };
      } catch (error) {
        return refusalOf(error);
      }
    },
    async find(config, { phone, outboxId, ref, at: when }) {
      // Days are Beijing's; a call just before midnight may stand on the next.
      for (const day of new Set([dayOf(when), dayOf(new Date(when.getTime() + 120_000))])) {
        const { body } = await client(config).querySendDetails(
          new QuerySendDetailsRequest({
            ...{ phoneNumber: localNumber(phone), sendDate: day, pageSize: 50, currentPage: 1 },
            ...(ref ? { bizId: ref } : {}),
          }),
        );
        const one = body?.smsSendDetailDTOs?.smsSendDetailDTO?.find((sent) => sent.outId === outboxId);
        if (!one) continue;
        if (one.sendStatus === 3) return { state: 'delivered' };
        return one.sendStatus === 2 ? { state: 'failed', code: one.errCode ?? '' } : { state: 'waiting' };
      }
      return { state: 'unknown' };
    },
    reaction(code, said) {
      if (code === 'isv.BUSINESS_LIMIT_CONTROL') return /分钟/.test(said) ? 'minute' : /小时/.test(said) ? 'hour' : 'day';
      return reactions.find(([pattern]) => pattern.test(code))?.[1] ?? 'failed';
    },
    read(body) {
      const items = z.array(item).max(1000).parse(body);
      return {
        reports: items
          .filter((one) => one.success !== undefined)
          .map((one) => ({
            ...{ phone: worldNumber(one.phone_number), ref: one.biz_id ?? '' },
            ...{ delivered: one.success === true, code: one.err_code ?? '' },
          })),
        replies: items.flatMap((one) => (one.content === undefined ? [] : [{ phone: worldNumber(one.phone_number), text: one.content }])),
      };
    },
    heard: { code: 0, msg: '成功' },
  };
}

/** An error of the SDK holds the whole address with the number in it: of its words nothing is passed on but a code. */
function refusalOf(error: unknown): SmsAnswer {
  const { code = '', message = '', data } = error as { code?: string; message?: string; data?: { Code?: string } };
  const said = data?.Code ?? (/^E[A-Z_]+$/.test(code) || !/^[A-Za-z][\w.]+$/.test(code) ? '' : code);
  if (said) return { taken: false, code: said, said: '', begun: false };
  return { taken: false, code: '', said: code, begun: !neverLeft.test(`${code} ${message}`) };
}

const dayOf = (at: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' }).format(at).replaceAll('-', '');
/** Within the country without its code, elsewhere with it and without the plus. */
const localNumber = (phone: string): string => phone.replace(/^\+86/, '').replace(/^\+/, '');
const worldNumber = (phone: string): string =>
  phone.startsWith('+') ? phone : /^1\d{10}$/.test(phone) ? `+86${phone}` : `+${phone.replace(/^00/, '')}`;
