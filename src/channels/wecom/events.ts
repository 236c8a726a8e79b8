/** What this channel needs of the events room, and the shape of what it says there. */

export interface ExternalId {
  id: string;
  type: string;
  collection: 'users';
  encoding: 'none';
}

export interface ChannelEvent {
  messageId: string;
  type?: 'track' | 'identify';
  event: string;
  timestamp: Date;
  externalIds: ExternalId[];
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
  context: { carrier: 'wecom' | 'group' };
  source: 'wecom';
}

export interface EventWriter {
  write(workspaceNo: number, items: ChannelEvent[]): Promise<{ rejected: { index: number; field: string; reason: string }[] }>;
}

const identity = (type: string, id: string): ExternalId => ({ type, id, collection: 'users', encoding: 'none' });

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
