/** What a rule of a platform is, wherever it is written down. */

export type CalendarUnit = 'day' | 'week' | 'month';
/** By the platform's calendar, which is Beijing's, or so many minutes counted from the deed that opens it. */
export type Period = { calendar: CalendarUnit } | { minutes: number };

export interface Words {
  zh: string;
  en: string;
}

export interface PlatformRule {
  key: string;
  channel: 'wecom' | 'official_account' | 'mini_program' | 'wechat_pay' | 'sms';
  name: Words;
  /** null: as many as the period has days. */
  value: number | null;
  unit: 'messages' | 'people' | 'groups' | 'characters' | 'bytes' | 'items' | 'seconds' | 'calls' | 'times' | 'days' | 'hours' | 'fen';
  period: Period | null;
  /** Calendar periods that the platform's own settings offer. */
  choices?: readonly CalendarUnit[];
  /** Whose limit it is. */
  per: 'customer' | 'group' | 'staff' | 'task' | 'account' | 'seat' | 'consent' | 'event' | 'message' | 'transfer';
  /** Where it is held to here; empty: only the platform holds to it, and its refusal is told. */
  held: readonly ('launch' | 'send')[];
  /** Held to as published: no workspace can set it otherwise. */
  fixed?: true;
  /** What holds until a workspace sets its own, where that is less than the platform allows. */
  begins?: number;
  /** Another rule whose value this one cannot pass. */
  atMost?: string;
  /** Other words under which a message says that this rule stopped it. */
  reasons?: readonly string[];
  source: { title: string; url: string | null };
  /** documented: the platform's own documents say so; reported: operators and developers do. */
  trust: 'documented' | 'reported';
  /** The date that the source bears; null: it bears none. */
  known: string | null;
  /** When it was last looked up. */
  checked: string;
}
