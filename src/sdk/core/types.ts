export type Values = Record<string, unknown>;
export type MessageType = 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias';

/** Where a visit came from: a touchpoint of ours, a campaign, or another site. */
export interface Touch {
  touchpoint?: string | undefined;
  /** One act of sharing, by which whoever came is told from whom. */
  share?: string | undefined;
  campaign?: Record<string, string> | undefined;
  referrer?: string | undefined;
}

/** What a surface (browser, mini program) gives to the core. Nothing here throws. */
export interface Platform {
  now(): number;
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** Messages that wait, kept beyond this visit: each under its own id. */
  kept(): [id: string, text: string][];
  keep(id: string, text: string): void;
  drop(ids: string[]): void;
  /** Sends a body to the door. `leaving`: the page goes away, the answer may never come. Status 0: nobody answered. */
  post(body: string, leaving: boolean, done: (status: number, retryAfter?: number) => void): void;
  /** What is true of every message here and now. */
  context(): Values;
}

export interface CoreOptions {
  writeKey: string;
  /** `required`: nothing is stored or sent before consent('granted'). */
  consent?: 'required' | 'given' | undefined;
  /** What becomes of what happens before the decision: held in memory (default), or dropped. */
  beforeConsent?: 'queue' | 'drop' | undefined;
}

export interface Extra {
  context?: Values;
  externalIds?: { type: string; id: string }[];
  timestamp?: string;
}
