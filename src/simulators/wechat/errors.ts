import { randomBytes } from 'node:crypto';

/** The platform's verdict numbers that this simulator can give, with its short English texts. Nobody may match on the texts. */
const texts: Record<number, string> = {
  [-1]: 'system busy',
  40001: 'invalid credential',
  40003: 'invalid userid',
  40004: 'invalid media type',
  40006: 'invalid media size',
  40007: 'invalid media_id',
  40008: 'invalid message type',
  40013: 'invalid corpid',
  40014: 'invalid access_token',
  40029: 'invalid code',
  40035: 'invalid parameters',
  40058: 'invalid Request Parameter',
  40066: 'invalid url',
  40068: 'invalid tagid',
  40071: 'tag name already exists',
  40096: 'invalid external userid',
  40097: 'user is not resigned',
  40098: 'user not real-name verified',
  40100: 'customer is being transferred',
  40128: 'customer transferred too often',
  40129: 'customer transfer in progress',
  40130: 'handover and takeover are the same',
  40131: 'not a customer of this user',
  40126: 'corp tag number exceeds limit',
  41001: 'access_token missing',
  41002: 'corpid missing',
  41004: 'corpsecret missing',
  41005: 'media data missing',
  41009: 'userid missing',
  41035: 'external userid missing',
  41041: 'contact way user number exceeds limit',
  41043: 'config_id missing',
  41044: 'invalid config_id',
  41045: 'contact way number exceeds limit',
  41048: 'no customer to send',
  41050: 'invalid welcome code',
  41051: 'welcome message already delivered',
  41054: 'user not activated',
  41056: 'external userid type not allowed',
  41057: 'no developer account bound',
  41063: 'group message is being dispatched',
  41096: 'welcome message is being sent by another app',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  44004: 'empty content',
  45002: 'content size out of limit',
  45009: 'api freq out of limit',
  45033: 'api concurrent out of limit',
  48002: 'api forbidden',
  49008: 'group chat dismissed',
  50100: 'invalid cursor',
  60011: 'no privilege to access/modify contact/party/agent',
  60020: 'not allow to access from your ip',
  60111: 'userid not found',
  81011: 'no privilege to modify tag',
  81013: 'user & party & tag all invalid',
  81017: 'member number exceeds limit',
  84061: 'not external contact',
  90500: 'group owner has not left',
  90502: 'group owner has left',
  90504: 'group owner unchanged',
  95000: 'invalid open_kfid',
  95001: 'message count limit',
  95002: 'message time limit',
  95004: 'open_kfid not exist',
  95016: 'session state transition not allowed',
  95018: 'session state invalid',
  610014: 'invalid unionid',
  90501: 'chat is not an external group chat',
  301002: 'agentid not match access_token',
};

export class ApiError extends Error {
  readonly code: number;
  readonly extra: Record<string, unknown>;
  constructor(code: number, extra: Record<string, unknown> = {}) {
    super(texts[code] ?? 'unknown error');
    this.code = code;
    this.extra = extra;
  }
}

export interface ErrorPlace {
  nowMs: number;
  ip: string;
  wrongJson: boolean;
}

/** English text, a hint to quote to the vendor, the caller's address and a help link, always under HTTP 200. */
export function errorBody(
  code: number,
  message: string | undefined,
  { nowMs, ip, wrongJson }: ErrorPlace,
): { errcode: number; errmsg: string } {
  const hint = `${Math.floor(nowMs / 1000)}_1_${randomBytes(16).toString('hex')}`;
  const warning = wrongJson ? 'Warning: wrong json format. ' : '';
  const text = message ?? texts[code] ?? 'unknown error';
  const help = `https://open.work.weixin.qq.com/devtool/query?e=${code}`;
  return { errcode: code, errmsg: `${warning}${text}, hint: [${hint}], from ip: ${ip}, more info at ${help}` };
}
