import type { SmsConfig } from './schema.ts';

/** What the adapter asks of a provider, and what each says, in one language. */

export interface SmsAsk {
  /** E.164. */
  phone: string;
  outboxId: string;
  templateId: string;
  fields: Record<string, string>;
}

export type SmsAnswer =
  | { taken: true; ref: string; units?: number }
  /** `code` of the provider; '' when there was no answer. `begun`: it may have been taken all the same. */
  | { taken: false; code: string; said: string; begun: boolean };

export type SmsFound = { state: 'unknown' | 'waiting' | 'delivered' } | { state: 'failed'; code: string };

export interface SmsReport {
  phone: string;
  ref: string;
  delivered: boolean;
  code: string;
}
export interface SmsReply {
  phone: string;
  text: string;
}

export type SmsFault = 'credentials' | 'signature' | 'template' | 'balance' | 'account';
/** What a refusal or a failed delivery means. `morning`: not at this hour. The spans: this number has had enough for so long. */
export type SmsReaction = 'dead' | 'refused' | 'failed' | 'later' | 'minute' | 'hour' | 'day' | 'morning' | { fault: SmsFault };

export interface SmsProvider {
  send(config: SmsConfig, ask: SmsAsk): Promise<SmsAnswer>;
  /** How a message ended, or whether it is known at all; `at`: when it was called. */
  find(config: SmsConfig, ask: { phone: string; outboxId: string; ref: string | null; at: Date }): Promise<SmsFound>;
  reaction(code: string, said: string): SmsReaction;
  /** What it posts to us: reports and replies. */
  read(body: unknown): { reports: SmsReport[]; replies: SmsReply[] };
  /** What it wants to hear. */
  heard: Record<string, unknown>;
}

/** Errors of a call that surely never left. */
export const neverLeft = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|SELF_SIGNED/;
