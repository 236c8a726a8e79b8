/** Codes of Pay v3 with the HTTP status they come with. Texts are for people and change. */
const statuses = {
  PARAM_ERROR: 400,
  INVALID_REQUEST: 400,
  APPID_MCHID_NOT_MATCH: 400,
  MCH_NOT_EXISTS: 400,
  ORDER_CLOSED: 400,
  ORDERPAID: 400,
  ALREADY_EXISTS: 400,
  OPENID_MISMATCH: 500,
  OPENID_ERROR: 400,
  SIGN_ERROR: 401,
  NO_AUTH: 403,
  NOT_ENOUGH: 403,
  RULE_LIMIT: 403,
  TRADE_ERROR: 403,
  OUT_TRADE_NO_USED: 403,
  USER_ACCOUNT_ABNORMAL: 403,
  ACCOUNTERROR: 403,
  QUOTA_EXCEED: 403,
  NOT_FOUND: 404,
  ORDER_NOT_EXIST: 404,
  RESOURCE_NOT_EXISTS: 404,
  RATELIMIT_EXCEEDED: 429,
  FREQUENCY_LIMITED: 429,
  FREQUENCY_LIMIT_EXCEED: 429,
  SYSTEM_ERROR: 500,
  BANK_ERROR: 500,
} as const;
export type PayCode = keyof typeof statuses;

export class PayError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message = '见文档', status?: number) {
    super(message);
    this.code = code;
    this.status = status ?? statuses[code as PayCode] ?? 400;
  }
}
