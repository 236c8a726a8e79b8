/** What the adapter asks of a push service, and what each says, in one language. */

export interface PushNote {
  title: string;
  text: string;
  link: string | undefined;
  picture: string | undefined;
  outboxId: string;
  /** The service's own key for this message, where it gives one. */
  key: string | null;
}

/** How one token fared. `dead`: the app is gone from the device. */
export type PushAnswer =
  | { how: 'taken' }
  | { how: 'dead' }
  | { how: 'failed'; reason: string }
  | { how: 'later'; reason: string; fault?: 'credentials' | 'unreachable' };

export interface PushService {
  /** All tokens of one person at this service; answers in the same order. */
  send(tokens: readonly string[], note: PushNote): Promise<PushAnswer[]>;
  /** Keys under which the service takes a message once. */
  keys?(count: number): Promise<string[]>;
  close(): void;
}
