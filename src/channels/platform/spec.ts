import type { Table } from './endpoint.ts';
import type { FailureOptions, PlatformError, PlatformUnreachable, Reaction } from './errors.ts';

/** Who calls: a corp's app, an official account or a mini program. */
export interface Credential {
  id: string;
  secret: string;
}

/** What makes one platform different from another, to the client that all of them share. */
export interface PlatformSpec<T extends Table> {
  /** In logs. */
  name: string;
  endpoints: T;
  /** The one call that gives the access token. */
  tokenEndpoint: keyof T & string;
  tokenRequest(credential: Credential): Record<string, unknown>;
  /** Where the platform has a way to ask for another token while it thinks that the refused one lives. */
  otherTokenRequest?(credential: Credential): Record<string, unknown>;
  reactionTo(errcode: number, endpoint: string): Reaction;
  failure(errcode: number, endpoint: string, options?: FailureOptions): PlatformError;
  unreachable(endpoint: string, why: string, inDoubt: boolean): PlatformUnreachable;
  /** The platform's own trace in the text of an error. */
  hintOf(errmsg: string): string;
}
