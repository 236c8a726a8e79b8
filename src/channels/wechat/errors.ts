import {
  drop,
  dropItem,
  type FailureOptions,
  fault,
  PlatformError,
  PlatformUnreachable,
  type Reaction,
  reactionTable,
  UNKNOWN,
  wrongSecret,
} from '../platform/errors.ts';

/**
 * What every error number of official accounts and mini programs means to us. The same number means other things on WeCom: its table is
 * another one. Texts are never matched.
 */
export const wechatReactions = reactionTable([
  [[-1], { class: 'R', meaning: 'platform is busy', tries: 3 }],
  [[40001], { class: 'T', meaning: 'bad token, or one that another program replaced' }],
  [[40014], { class: 'T', meaning: 'bad token' }],
  [[42001], { class: 'T', meaning: 'token expired' }],
  [[41001], drop('token missing')],
  [[40013], wrongSecret('wrong app id')],
  [[40125], wrongSecret('wrong secret')],
  [[40164], fault('IP address is not on the list', 'credential')],
  [[40029, 40163, 42022, 40226], drop('login code bad, used, or its user blocked')],
  [[40003, 46004], dropItem('unknown openid')],
  [[40007], drop('media is bad or older than three days')],
  [[40033, 40035, 40058, 44004, 45002, 47001, 47003], drop('parameters do not fit')],
  [[40037], fault('template does not exist')],
  [[41030], fault('page is not published')],
  [[40129], drop('scene holds a character that is not allowed')],
  [[40169], drop('scene is too long or the body is not JSON')],
  [[85400], fault('quota of lasting links is used up')],
  [[43101], dropItem('this person has not agreed to such a message')],
  [[43004, 43005, 50005], dropItem('does not follow this account')],
  [[48002], dropItem('this person refuses messages')],
  [[48001, 48004, 48008], fault('API is not permitted for this account')],
  [[48006], fault('quota has been cleared ten times this month')],
  [[50001], fault('API is not authorised')],
  [[50002, 50003], fault('account is banned or out of use', 'credential')],
  [[45009], { class: 'W', meaning: 'daily quota is used up', opens: 'midnight' }],
  [[45011], { class: 'W', meaning: 'too fast', opens: 5_000 }],
  [[45029], fault('quota is full')],
  [[45015], dropItem('outside the time in which a reply is allowed')],
  [[45047], dropItem('all replies are used up until this person does something')],
  [[45065], { class: 'S', meaning: 'the same mass message was already made' }],
  [[45066], { class: 'R', meaning: 'the same mass message is being made', laterMs: [60_000] }],
  [[610014], dropItem('bad unionid')],
  [[610015, 610016, 610017], fault('accounts are not certified or have different owners')],
]);

/** Calls whose 45009 is a minute's and not a day's. */
const BY_THE_MINUTE = new Set(['wxa.getwxacodeunlimit', 'sns.jscode2session']);
const minute: Reaction = { class: 'W', meaning: 'too many in a minute', opens: 60_000 };
const secretIsWrong = wrongSecret('wrong secret');

export function reactionTo(errcode: number, endpoint: string): Reaction {
  // At the token call itself a bad credential is the secret's fault: asking again would lock the account out.
  if (errcode === 40001 && endpoint === 'stable_token') return secretIsWrong;
  if (errcode === 45009 && BY_THE_MINUTE.has(endpoint)) return minute;
  return wechatReactions.get(errcode) ?? UNKNOWN;
}

export class WechatError extends PlatformError {
  constructor(errcode: number, endpoint: string, options: FailureOptions = {}) {
    super('WeChat', reactionTo(errcode, endpoint), errcode, endpoint, options);
    this.name = 'WechatError';
  }
}

export class WechatUnreachable extends PlatformUnreachable {
  constructor(endpoint: string, why: string, inDoubt: boolean) {
    super('WeChat', endpoint, why, inDoubt);
    this.name = 'WechatUnreachable';
  }
}

export const ridOf = (errmsg: string): string => /rid:\s*([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})/i.exec(errmsg)?.[1] ?? '';
