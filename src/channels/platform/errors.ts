/**
 * How an error of a platform is answered, as data. Every platform has a table of its own: the same number means different things.
 *
 * R retry with backoff · T refresh the token once, retry once · W wait for the window · D drop the item and record ·
 * P permanent fault of configuration: open the circuit and alert · S as good as success
 */
export type ErrorClass = 'R' | 'T' | 'W' | 'D' | 'P' | 'S';

export interface Reaction {
  class: ErrorClass;
  meaning: string;
  /** R: how often the client itself tries, the first time included; absent: the caller decides when. */
  tries?: number;
  /** Times after which a caller tries again, by due time. */
  laterMs?: readonly number[];
  /** R: the pause is drawn between these two. */
  pauseMs?: readonly [number, number];
  /** R: fewer may run at the same time from now on. */
  crowded?: boolean;
  /** W: the way opens again after this long, or at the next midnight in Beijing; absent: the bucket's own window. */
  opens?: number | 'midnight';
  /** P: what the open circuit covers. */
  scope?: 'credential' | 'endpoint';
  /** D: one item of a batch is at fault, the others may go. */
  item?: boolean;
  /** P: never tried again by itself, only after the configuration changed. */
  final?: boolean;
}

export const drop = (meaning: string): Reaction => ({ class: 'D', meaning });
export const dropItem = (meaning: string): Reaction => ({ class: 'D', meaning, item: true });
export const fault = (meaning: string, scope: 'credential' | 'endpoint' = 'endpoint'): Reaction => ({ class: 'P', meaning, scope });
export const wrongSecret = (meaning: string): Reaction => ({ class: 'P', meaning, scope: 'credential', final: true });

export type ReactionRows = [codes: number[], Reaction][];
export const reactionTable = (rows: ReactionRows): ReadonlyMap<number, Reaction> =>
  new Map(rows.flatMap(([codes, reaction]) => codes.map((code) => [code, reaction])));
export const UNKNOWN: Reaction = { class: 'D', meaning: 'unknown error' };

export interface FailureOptions {
  hint?: string;
  retryAt?: Date;
  body?: unknown;
}

export class PlatformError extends Error {
  /** Where somebody waits for the answer of the platform: it failed there, not here. */
  readonly statusCode = 424;
  readonly errcode: number;
  readonly class: ErrorClass;
  /** The platform's own trace of the failure, to be quoted to its support. */
  readonly hint: string;
  readonly endpoint: string;
  /** W: when the window opens again; P: when the circuit may be tried. */
  readonly retryAt: Date | undefined;
  readonly #body: unknown;

  constructor(platform: string, reaction: Reaction, errcode: number, endpoint: string, options: FailureOptions = {}) {
    super(`${platform} ${endpoint}: ${errcode} ${reaction.meaning}`);
    this.name = 'PlatformError';
    this.errcode = errcode;
    this.class = reaction.class;
    this.hint = options.hint ?? '';
    this.endpoint = endpoint;
    this.retryAt = options.retryAt;
    this.#body = options.body;
  }

  /** The whole answer; private so that no log prints it. */
  answer(): unknown {
    return this.#body;
  }
}

/** No answer that can be read. `inDoubt`: the platform may have carried the call out all the same. */
export class PlatformUnreachable extends Error {
  readonly statusCode = 424;
  readonly endpoint: string;
  readonly inDoubt: boolean;
  constructor(platform: string, endpoint: string, why: string, inDoubt: boolean) {
    super(`${platform} ${endpoint}: ${why}`);
    this.name = 'PlatformUnreachable';
    this.endpoint = endpoint;
    this.inDoubt = inDoubt;
  }
}
