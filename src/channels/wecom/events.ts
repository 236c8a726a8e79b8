import { type ExternalId, identity } from '../platform/events.ts';

export type { ChannelEvent, EventWriter } from '../platform/events.ts';

/** An external user id means something only inside its corp. */
export function identitiesOf(corpId: string, externalUserId: string, unionid?: string | null): ExternalId[] {
  const ids = [identity('wecom_external_userid', `${corpId}:${externalUserId}`)];
  if (unionid) ids.push(identity('wechat_unionid', unionid));
  return ids;
}

const GENDERS: Record<number, string> = { 1: 'male', 2: 'female' };

export function traitsOf(contact: { name?: string | null; avatar?: string | null; gender?: number | null }): Record<string, string> {
  const gender = GENDERS[contact.gender ?? 0];
  return {
    ...(contact.name ? { name: contact.name } : {}),
    ...(contact.avatar ? { avatar: contact.avatar } : {}),
    ...(gender ? { gender } : {}),
  };
}
