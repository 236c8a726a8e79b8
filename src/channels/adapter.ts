/** What the outbox asks of every channel. An adapter carries messages out; whether a message may go at all is decided before it. */

export interface ChannelAccount {
  id: string;
  workspaceNo: number;
  kind: string;
  config: Record<string, unknown>;
}

export interface OutboundMessage {
  outboxId: string;
  workspaceNo: number;
  personNo: number;
  /** wecom: 'corpid:wmid'; webhook: '' */
  address: string;
  text: string;
  link?: { url: string; title: string };
  /** The person's own page about what they are sent; a POST of RFC 8058 stops messages of this purpose on this channel. */
  unsubscribe?: string;
  idempotencyKey: string;
}

export interface SubmitOutcome {
  outboxId: string;
  /** 'submitted': the platform has taken it and a later poll tells how it ended. 'retry': nothing has left; hand it in again. */
  state: 'sent' | 'submitted' | 'failed' | 'retry';
  reason?: string;
  providerRef?: string;
  retryAt?: Date;
  /** Only this message waits until then; others of the account may go meanwhile. */
  waitsAlone?: true;
}

export interface SubmittedMessage {
  outboxId: string;
  providerRef: string;
  address: string;
}

export interface ChannelAdapter {
  kind: 'wecom' | 'official_account' | 'mini_program' | 'webhook';
  submit(account: ChannelAccount, messages: OutboundMessage[]): Promise<SubmitOutcome[]>;
  /** Progress of submitted messages; only those that have ended (sent or failed) come back. */
  poll?(account: ChannelAccount, submitted: SubmittedMessage[]): Promise<SubmitOutcome[]>;
  /** Faults of configuration that stop calls now: of permissions, addresses, secrets, quotas. */
  faults?(account: ChannelAccount): Promise<{ errcode: number; endpoint: string; hint: string }[]>;
  /** Which of these addresses could not be reached now, and why. Nothing is used up by asking. */
  foresee?(account: ChannelAccount, addresses: readonly string[]): Promise<Map<string, string>>;
  /** For messages whose process stopped between the call and its record. */
  recover?(account: ChannelAccount, inDoubt: OutboundMessage[]): Promise<SubmitOutcome[]>;
}
