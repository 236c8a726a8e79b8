/** What channels need of the events room, and the shape of what they say there. */

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
  context: { carrier: 'wecom' | 'group' | 'official_account' | 'mini_program' };
  source: 'wecom' | 'wechat';
}

export interface EventWriter {
  write(workspaceNo: number, items: ChannelEvent[]): Promise<{ rejected: { index: number; field: string; reason: string }[] }>;
}

export const identity = (type: string, id: string): ExternalId => ({ type, id, collection: 'users', encoding: 'none' });
