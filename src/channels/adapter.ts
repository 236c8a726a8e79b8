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
  /** What else the channel says, made for this person. */
  extra?: MessageExtra;
}

/** Beside the text: of e-mail and app push, the variables of a text message's template, and a poster wherever one can be shown. */
export interface MessageExtra {
  title?: string;
  preheader?: string;
  /** The id of a file of the content room. */
  picture?: string;
  /** A poster of the content room in the place of the picture: everybody's own. */
  poster?: string;
  template?: { templateId: string; fields: Record<string, string> };
  /** Advertising, which must say how to be rid of it. */
  marketing?: true;
}

export interface SubmitOutcome {
  outboxId: string;
  /** 'submitted': the platform has taken it and a later poll tells how it ended. 'retry': nothing has left; hand it in again. */
  state: 'sent' | 'submitted' | 'failed' | 'retry';
  reason?: string;
  providerRef?: string;
  retryAt?: Date;
  /** How many of what the platform charges for it was; one where it is not said. */
  units?: number;
  /** Only this message waits until then; others of the account may go meanwhile. */
  waitsAlone?: true;
}

export interface SubmittedMessage {
  outboxId: string;
  providerRef: string;
  address: string;
}

export interface ChannelAdapter {
  kind: 'wecom' | 'official_account' | 'mini_program' | 'webhook' | 'email' | 'sms' | 'push';
  submit(account: ChannelAccount, messages: OutboundMessage[]): Promise<SubmitOutcome[]>;
  /** Progress of submitted messages; only those that have ended (sent or failed) come back. */
  poll?(account: ChannelAccount, submitted: SubmittedMessage[]): Promise<SubmitOutcome[]>;
  /** Faults of configuration that stop calls now: of permissions, addresses, secrets, quotas. */
  faults?(account: ChannelAccount): Promise<{ errcode: number | string; endpoint: string; hint: string }[]>;
  /** Who of these can be reached at all, on a channel that keeps its own addresses rather than use an identity of the person. */
  reaches?(workspaceNo: number, people: readonly number[]): Promise<Set<number>>;
  /** Which of these addresses could not be reached now, and why. Nothing is used up by asking. */
  foresee?(account: ChannelAccount, addresses: readonly string[]): Promise<Map<string, string>>;
  /** For messages whose process stopped between the call and its record. */
  recover?(account: ChannelAccount, inDoubt: OutboundMessage[]): Promise<SubmitOutcome[]>;
}
