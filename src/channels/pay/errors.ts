/**
 * What every error code of Pay v3 means to us. Texts are never matched. Whatever the code, money goes out under one number alone:
 * another number is taken only by who asks with another key.
 *
 * again   not taken in: later, the same number
 * query   it may have been done: ask first, then the same number again
 * absent  the platform knows nothing of it (yet)
 * refused this one can never be done
 * fault   somebody must mend something: it waits, and is told
 */
export type PayClass = 'again' | 'query' | 'absent' | 'refused' | 'fault';

export interface PayReaction {
  class: PayClass;
  meaning: string;
  /** fault: whether nothing of this merchant can be done, or this one alone. */
  scope?: 'merchant' | 'item';
  words?: { zh: string; en: string };
}

const again = (meaning: string): PayReaction => ({ class: 'again', meaning });
const query = (meaning: string): PayReaction => ({ class: 'query', meaning });
const absent = (meaning: string): PayReaction => ({ class: 'absent', meaning });
const refused = (meaning: string): PayReaction => ({ class: 'refused', meaning });
const fault = (meaning: string, zh: string, en: string, scope: 'merchant' | 'item' = 'merchant'): PayReaction => ({
  ...{ class: 'fault', meaning, scope },
  words: { zh, en },
});

export const payReactions: ReadonlyMap<string, PayReaction> = new Map(
  Object.entries({
    SYSTEM_ERROR: query('the platform failed on the way'),
    BANK_ERROR: query('the bank failed on the way'),
    ALREADY_EXISTS: query('made before'),
    ORDERPAID: query('this order is paid'),
    FREQUENCY_LIMITED: again('too often'),
    FREQUENCY_LIMIT_EXCEED: again('too often'),
    RATELIMIT_EXCEEDED: again('too often'),
    NOT_FOUND: absent('no such transfer'),
    ORDER_NOT_EXIST: absent('no such order'),
    RESOURCE_NOT_EXISTS: absent('no such thing'),
    PARAM_ERROR: refused('a field does not fit'),
    OPENID_ERROR: refused('the openid is not one of this app'),
    OPENID_MISMATCH: refused('openid and app do not belong together'),
    ORDER_CLOSED: refused('this order is closed'),
    OUT_TRADE_NO_USED: refused('the order number is taken by another order'),
    TRADE_ERROR: refused('the rules of the trade forbid it'),
    RULE_LIMIT: refused('the rules of the platform forbid it'),
    USER_ACCOUNT_ABNORMAL: refused("the receiver's account is out of use"),
    SIGN_ERROR: fault(
      'signature or serial number is wrong',
      '微信支付不认我们的签名：核对商户 API 证书序列号与私钥（apiclient_key.pem）是否成对，以及服务器时间。',
      'WeChat Pay does not know our signature: compare the serial number of the API certificate with the private key (apiclient_key.pem), and look at the clock.',
    ),
    NO_AUTH: fault(
      'the merchant may not call this',
      '商户号没有开通此产品。到商户平台 → 产品中心 → 商家转账，申请开通和转账场景。',
      'The merchant may not call this. Apply for it in the merchant platform → products → merchant transfer.',
    ),
    NOT_ENOUGH: fault(
      'the balance is too small',
      '商户运营账户余额不足，转账已暂停。充值后自动用原单号继续。',
      'The balance of the merchant is too small, so transfers wait. They go on by themselves, under the same numbers, when it is filled.',
    ),
    ACCOUNTERROR: fault(
      "the merchant's account is out of use",
      '商户账户状态异常。到商户平台查看通知。',
      'The account of the merchant is out of use. See the notices of the merchant platform.',
    ),
    QUOTA_EXCEED: fault(
      "the merchant's own daily limit is reached",
      '已到商户单日转账额度，明天继续；可在商户平台 → 商家转账提高额度。',
      'The daily limit of the merchant is reached; it goes on tomorrow. It can be raised in the merchant platform → merchant transfer.',
    ),
    APPID_MCHID_NOT_MATCH: fault(
      'app and merchant are not bound',
      'AppID 没有绑定到这个商户号。到商户平台 → 产品中心 → AppID 账号管理关联。',
      'The app is not bound to this merchant. Bind it in the merchant platform → products → app ids.',
    ),
    MCH_NOT_EXISTS: fault('no such merchant', '商户号不存在，请核对。', 'There is no such merchant: compare the number.'),
    INVALID_REQUEST: fault(
      'the platform wants something set up, or this one forbidden',
      '微信支付拒绝了请求：多为接口 IP 未加入名单、转账场景未获批，或收款感知不可用。到商户平台 → 商家转账核对。',
      'WeChat Pay refuses the request, mostly for an IP that is not listed, a transfer scene not granted, or words not allowed. See the merchant platform → merchant transfer.',
      'item',
    ),
  }),
);

/** A code that is not in the table is never proof that nothing was done. */
export const UNKNOWN: PayReaction = { class: 'query', meaning: 'unknown error' };
export const reactionToPay = (code: string): PayReaction => payReactions.get(code) ?? UNKNOWN;

export class PayError extends Error {
  /** Where somebody waits for the answer of the platform: it failed there, not here. */
  readonly statusCode = 424;
  readonly code: string;
  readonly status: number;
  readonly endpoint: string;
  readonly reaction: PayReaction;
  /** The platform's own trace (Request-ID), to be quoted to its support. */
  readonly trace: string;
  constructor(code: string, status: number, endpoint: string, trace: string) {
    const reaction = reactionToPay(code);
    super(`WeChat Pay ${endpoint}: ${code} ${reaction.meaning}`);
    this.name = 'PayError';
    this.code = code;
    this.status = status;
    this.endpoint = endpoint;
    this.reaction = reaction;
    this.trace = trace;
  }
}

/** No answer that can be believed. `inDoubt`: it may have been carried out all the same. */
export class PayUnreachable extends Error {
  readonly statusCode = 424;
  readonly endpoint: string;
  readonly why: string;
  readonly inDoubt: boolean;
  /** There was an answer, and it cannot be shown to be the platform's. */
  readonly unverified: boolean;
  constructor(endpoint: string, why: string, inDoubt: boolean, unverified = false) {
    super(`WeChat Pay ${endpoint}: ${why}`);
    this.name = 'PayUnreachable';
    this.endpoint = endpoint;
    this.why = why;
    this.inDoubt = inDoubt;
    this.unverified = unverified;
  }
}
