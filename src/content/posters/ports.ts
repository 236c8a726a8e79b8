import type { Clock, Jobs, Log, Pg } from '../../base/index.ts';
import type { Files } from '../files/files.ts';

/** What a code says, or its picture where it is no QR code. */
export type OwnCode = { text: string } | { picture: Buffer };

/** A touchpoint as a poster sees it. */
export interface PosterPoint {
  name: string;
  open: boolean;
  /** Each person can have a way in of their own. */
  personal: boolean;
  /** The code that is the same for all. */
  common: OwnCode | null;
}

export interface PosterDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  files: Pick<Files, 'some' | 'get'>;
  /** Where finished pictures lie: they can all be made again. */
  dir: string;
  publicUrl: string;
  /** Signs of addresses that are given to people: the first with new ones, any with those from before. */
  keys: readonly Buffer[];
  /** Hosts that pictures of people may come from although they are internal. */
  allow: readonly string[];
  people: {
    /** Traits of people as they themselves know them; who does not exist is left out. */
    open(workspaceNo: number, people: readonly number[]): Promise<Map<number, Record<string, unknown>>>;
    /** The same with masks in place of personal values: for staff. */
    masked(workspaceNo: number, people: readonly number[]): Promise<Map<number, Record<string, unknown>>>;
    no(workspaceNo: number, id: string): Promise<number | undefined>;
    id(no: number): string;
    /** Who somebody is now, after merges. */
    survivor(workspaceNo: number, no: number): Promise<number | undefined>;
  };
  codes: {
    point(workspaceNo: number, touchpointId: string): Promise<PosterPoint | undefined>;
    /** Everybody's own way into a touchpoint, made where there is none. */
    own(workspaceNo: number, touchpointId: string, people: readonly number[]): Promise<Map<number, OwnCode>>;
    /** The workspace's mark: `data:image/png;base64,…`. */
    logo(workspaceNo: number): Promise<string | undefined>;
  };
  audience: {
    about(workspaceNo: number, id: string): Promise<{ name: string; size: number }>;
    members(workspaceNo: number, id: string, below: number | undefined, limit: number): Promise<number[]>;
  };
}
