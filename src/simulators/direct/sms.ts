import { startHttp } from './http.ts';

export interface TakenText {
  provider: 'aliyun' | 'tencent';
  phone: string;
  sign: string;
  template: string;
  fields: unknown;
  /** What the sender calls it. */
  mark: string;
  ref: string;
  /** 1 on its way, 2 failed, 3 delivered: as Aliyun numbers them. */
  state: 1 | 2 | 3;
}

/** `lost`: it is taken, and the answer never comes. `gone`: nothing is taken and no answer comes. */
export type TextAnswer = { code: string; message?: string } | 'lost' | 'gone' | undefined;

/** Aliyun's and Tencent Cloud's services of text messages, at one address: they are told apart by their headers. */
export async function startSmsProviders() {
  const taken: TakenText[] = [];
  const answers = new Map<string, TextAnswer>();
  let asked = 0;
  const take = (text: Omit<TakenText, 'ref' | 'state'>): TakenText => {
    const one = { ...text, ref: `ref-${taken.length + 1}^0`, state: 1 as const };
    taken.push(one);
    return one;
  };

  const aliyun = (action: string, query: URLSearchParams) => {
    const phone = query.get('PhoneNumbers') ?? query.get('PhoneNumber') ?? '';
    if (action === 'QuerySendDetails') {
      asked += 1;
      const found = taken.filter((one) => one.provider === 'aliyun' && one.phone === phone);
      const details = found.map((one) => ({
        OutId: one.mark,
        PhoneNum: one.phone,
        SendStatus: one.state,
        ErrCode: one.state === 2 ? 'MK:0001' : 'DELIVERED',
      }));
      return {
        body: {
          Code: 'OK',
          Message: 'OK',
          RequestId: 'q',
          TotalCount: String(found.length),
          SmsSendDetailDTOs: { SmsSendDetailDTO: details },
        },
      };
    }
    const answer = answers.get(phone);
    if (answer === 'gone') return undefined;
    if (typeof answer === 'object') return { body: { Code: answer.code, Message: answer.message ?? '', RequestId: 'q' } };
    const one = take({
      ...{ provider: 'aliyun', phone, sign: query.get('SignName') ?? '', template: query.get('TemplateCode') ?? '' },
      ...{ fields: JSON.parse(query.get('TemplateParam') ?? '{}'), mark: query.get('OutId') ?? '' },
    });
    return answer === 'lost' ? undefined : { body: { Code: 'OK', Message: 'OK', BizId: one.ref, RequestId: 'q' } };
  };

  const tencent = (action: string, body: Record<string, unknown>) => {
    const say = (response: object) => ({ body: { Response: { ...response, RequestId: 'r' } } });
    if (action === 'PullSmsSendStatusByPhoneNumber') {
      asked += 1;
      const found = taken.filter((one) => one.provider === 'tencent' && one.phone === body.PhoneNumber);
      return say({
        PullSmsSendStatusSet: found.map((one) => ({
          ...{ PhoneNumber: one.phone, SerialNo: one.ref, SessionContext: one.mark },
          ...(one.state === 1
            ? {}
            : { ReportStatus: one.state === 3 ? 'SUCCESS' : 'FAIL', Description: one.state === 3 ? 'DELIVRD' : 'NUMBER_NOT_EXIST' }),
        })),
      });
    }
    const [phone = ''] = body.PhoneNumberSet as string[];
    const answer = answers.get(phone);
    if (answer === 'gone') return undefined;
    if (typeof answer === 'object')
      return say({ SendStatusSet: [{ Code: answer.code, Message: answer.message ?? '', PhoneNumber: phone }] });
    const one = take({
      ...{ provider: 'tencent', phone, sign: String(body.SignName), template: String(body.TemplateId) },
      ...{ fields: body.TemplateParamSet, mark: String(body.SessionContext) },
    });
    return answer === 'lost'
      ? undefined
      : say({ SendStatusSet: [{ Code: 'Ok', SerialNo: one.ref, PhoneNumber: phone, Fee: 1, Message: 'send success' }] });
  };

  const server = await startHttp(({ url, headers, body }) => {
    const action = String(headers['x-tc-action'] ?? headers['x-acs-action'] ?? '');
    return headers['x-tc-action'] ? tencent(action, JSON.parse(body)) : aliyun(action, url.searchParams);
  });
  return {
    ...server,
    taken,
    answer: (phone: string, answer: TextAnswer) => void answers.set(phone, answer),
    /** How often it was asked how messages ended. */
    asked: () => asked,
  };
}
