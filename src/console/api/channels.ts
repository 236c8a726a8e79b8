import type { CountedText } from '../../channels/index.ts';
import type { Named } from './audiences.ts';
import { get, type Page, post, put, type Query } from './http.ts';

export const MESSAGE_STATES = ['queued', 'submitting', 'submitted', 'sent', 'delivered', 'opened', 'clicked', 'skipped', 'failed'];

export interface Message {
  id: string;
  person: { id: string; name?: string | null };
  channel: string;
  state: string;
  reason?: string | null;
  contentId?: string | null;
  contentName?: string | null;
  text?: string | null;
  linkUrl?: string | null;
  journeyId?: string | null;
  nodeId?: string | null;
  branch?: string | null;
  attempts?: number;
  queuedAt: string;
  sentAt?: string | null;
  clickedAt?: string | null;
  title?: string | null;
  costFen?: number | null;
}

export interface MessageFilters {
  state?: string;
  channel?: string;
  journeyId?: string;
  reason?: string;
  personId?: string;
  nodeId?: string;
}

export interface MessageSummary {
  byState: Record<string, number>;
  byReason: Record<string, number>;
  costFen: Record<string, number>;
  perDay: { day: string; queued: number; sent: number; skipped: number; failed: number; clicked: number }[];
}

export const messages = {
  list: (query: MessageFilters & { cursor?: string }) => get<Page<Message>>('/messages', query as Query),
  summary: (days: number) => get<MessageSummary>('/messages/summary', { days }),
};

export type DirectKey = 'email' | 'sms' | 'push';
export type ChannelKey = 'wecom' | 'official_account' | 'mini_program' | 'webhook' | 'wechat_pay' | DirectKey;

export interface Channel {
  id: string | null;
  key: ChannelKey;
  configured: boolean;
  healthy: boolean;
  health: Named;
  settings: Record<string, unknown>;
  /** Secrets that are set; their values are never given out. */
  secretsSet: string[];
  /** Addresses to be entered at the provider. */
  doors?: Record<string, string>;
}

export const channels = {
  /** A text message as it would arrive, counted in the parts that are paid for. */
  countSms: (ask: { text: string; purpose: string }) => post<CountedText>('/channels/sms/count', ask),
  list: () => get<{ items: Channel[] }>('/channels'),
  put: (key: ChannelKey, settings: Record<string, unknown>) => put<unknown>(`/channels/${key}`, settings),
  tryOut: (key: DirectKey, to: string) => post<{ ok: boolean; error?: string }>(`/channels/${key}/test`, { to }),
  testWebhook: () => post<{ ok: boolean; status?: number; elapsedMs?: number; error?: string }>('/channels/webhook/test'),
};
