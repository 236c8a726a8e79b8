import type { Ch, Clock, Jobs, Log, Pg } from '../base/index.ts';
import type { Content, Shares } from '../content/index.ts';
import type { Events } from '../events/index.ts';

/** What a platform has made: its name there, and what the code says or, where it is no QR code, its picture. */
export interface Made {
  handle: string;
  content?: string;
  picture?: Buffer;
  /** When the platform lets it die. */
  expiresAt?: Date;
}

/** What a platform is asked for, in the words of one way in. */
export type Wish =
  | { way: 'contact_way'; userIds: string[]; skipVerify: boolean; temporary: boolean }
  | { way: 'join_way'; chatIds: string[]; baseName: string }
  | { way: 'scene'; temporary: boolean }
  | { way: 'mini_code'; page: string }
  | { way: 'mini_link'; page: string };
export type Way = Wish['way'];

/** What this room needs of the platforms; connected where the program is put together. A way that is absent is not connected yet. */
export interface PlatformPort {
  /**
   * Has a code made that hands `state` back. `contact_way`: 「联系我」 of WeCom, adds staff as a friend. `join_way`: 「加入群聊」, the first group with room takes
   * the person, and a new one is named after `baseName` when all are full. `scene`: of an official account. `mini_code`: of a mini program, a picture.
   * `mini_link`: opens a page of the mini program from outside WeChat, for thirty days.
   */
  make(workspaceNo: number, state: string, wish: Wish): Promise<Made>;
  /** Has the same code lead elsewhere, so that what is printed stays good. False: this way has no such thing. */
  change(workspaceNo: number, handle: string, state: string, wish: Wish): Promise<boolean>;
  /** Takes a code away; one that is gone already is fine. False: codes of this way cannot be taken away. */
  remove(workspaceNo: number, way: Way, handle: string): Promise<boolean>;
  /** Codes made since then that bear this state, but for those that are known; undefined: codes of this way cannot be listed. */
  lost(workspaceNo: number, way: Way, state: string, since: Date, known: ReadonlySet<string>): Promise<Made[] | undefined>;
  /** The platform's page that sends a phone inside WeChat back to `back` with a code that says who it is; undefined: no official account. */
  signInAt?(workspaceNo: number, back: string, state: string): Promise<string | undefined>;
  /** Whom such a code names; nobody for a stand-in of WeChat's previews. */
  signedIn?(workspaceNo: number, code: string): Promise<{ type: string; id: string }[]>;
  /** Customers in each of these groups, as the platform told last. */
  groupSizes(workspaceNo: number, chatIds: readonly string[]): Promise<Map<string, number>>;
  /** In which of these groups a person is. */
  groupsOf(workspaceNo: number, personNo: number, chatIds: readonly string[]): Promise<string[]>;
}

export interface TouchpointDeps {
  pg: Pg;
  ch: Pick<Ch, 'query'>;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  events: Pick<Events, 'write' | 'source'>;
  content: Pick<Content, 'some'>;
  platform: PlatformPort;
  /** Gives a tag, as if by hand. With the same `act` a person is given it once. */
  tag(workspaceNo: number, people: readonly number[], key: string, act: string): Promise<void>;
  /** Who holds one of these identities, and the values of all that they hold. */
  personOf(workspaceNo: number, identities: readonly { type: string; id: string }[]): Promise<{ no: number; values: string[] } | undefined>;
  zone(workspaceNo: number): Promise<string>;
  /** This server as people reach it. */
  publicUrl: string;
  /** Cards of pages inside WeChat. */
  shares: Shares;
  /** Where this room keeps files. */
  dataDir: string;
  /** Hosts (comma separated in the configuration) that links may lead to although they are internal. */
  allow: readonly string[];
}
