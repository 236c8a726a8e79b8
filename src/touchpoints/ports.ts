import type { Ch, Clock, Jobs, Log, Pg } from '../base/index.ts';
import type { Content } from '../content/index.ts';
import type { Events } from '../events/index.ts';

/** What a platform has made: its name there, and what the code says or, where it is no QR code, its picture. */
export interface Made {
  handle: string;
  content?: string;
  picture?: Buffer;
}

/** What this room needs of the platforms; connected where the program is put together. A way that is absent is not connected yet. */
export interface PlatformPort {
  /** 「联系我」 of WeCom: adds staff as a friend, and hands `state` back with the friend. */
  contactWay?(workspaceNo: number, wish: { state: string; userIds: string[]; skipVerify: boolean; temporary: boolean }): Promise<Made>;
  /** 「加入群聊」 of WeCom: the first group with room takes the person, and a new one is named after `baseName` when all are full. */
  joinWay?(workspaceNo: number, wish: { state: string; chatIds: string[]; baseName: string }): Promise<Made>;
  /** A code with a parameter of an official account. */
  sceneCode?(workspaceNo: number, wish: { state: string; temporary: boolean }): Promise<Made>;
  /** A code of a mini program: a picture, and a link that opens the same page. */
  miniCode?(workspaceNo: number, wish: { state: string; page: string }): Promise<Made>;
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
  /** Where this room keeps files. */
  dataDir: string;
  /** Hosts (comma separated in the configuration) that links may lead to although they are internal. */
  allow: readonly string[];
}
