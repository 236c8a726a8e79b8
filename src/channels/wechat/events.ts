import { type ChannelEvent, type ExternalId, identity } from '../platform/events.ts';
import type { WechatAccount } from './account.ts';

/** An openid means something only inside its account; the unionid joins one owner's accounts. */
export function openIds(appId: string, openid: string, unionid?: string | null): ExternalId[] {
  const ids = [identity('wechat_openid', `${appId}:${openid}`)];
  if (unionid) ids.push(identity('wechat_unionid', unionid));
  return ids;
}

export function saidOf(
  account: WechatAccount,
  who: { openid: string; unionid?: string | null },
  one: { messageId: string; event: string; timestamp: Date; properties?: Record<string, unknown> },
): ChannelEvent {
  return {
    ...one,
    externalIds: openIds(account.appId, who.openid, who.unionid),
    properties: { appId: account.appId, ...one.properties },
    context: { carrier: account.kind },
    source: 'wechat',
  };
}
