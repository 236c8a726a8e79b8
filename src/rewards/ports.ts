import type { Rule } from '../audience/index.ts';
import type { Clock, FieldError, Jobs, Log, Pg } from '../base/index.ts';
import type { Events } from '../events/index.ts';
import type { Person } from '../people/index.ts';

/** A share with its interval; nothing of nothing is none. */
export interface Share {
  share: number | null;
  low: number | null;
  high: number | null;
  enough: boolean;
}

/** What this room needs of others; connected where the program is put together. */
export interface RewardsDeps {
  pg: Pg;
  ch: { query<T>(sql: string): Promise<T[]> };
  clock: Clock;
  log: Log;
  jobs: Pick<Jobs, 'define' | 'start'>;
  events: Pick<Events, 'write' | 'source'>;
  audience: {
    /** Which of several rules hold now, for each of these people. */
    which(workspaceNo: number, rules: readonly Rule[], people: readonly number[]): Promise<Map<number, boolean[]>>;
    checkRule(rule: unknown, field: string): FieldError[];
    /** Throws where a rule refers to what is not there. */
    check(workspaceNo: number, rules: readonly Rule[]): Promise<void>;
    /** Rules with personal values replaced by what stands for them in the events, to be kept. `before`: what is being replaced. */
    hidden(workspaceNo: number, rule: Rule, before: Rule | null): Promise<Rule>;
    sentence(workspaceNo: number, rule: Rule): Promise<{ zh: string; en: string }>;
    /** Who is in an audience, highest numbers first, below a number. */
    members(workspaceNo: number, audienceId: string, below: number | undefined, limit: number): Promise<number[]>;
    /** Whether there is such an audience; throws where not. */
    name(workspaceNo: number, audienceId: string): Promise<string>;
  };
  people: { read(workspaceNo: number, people: readonly number[]): Promise<Person[]> };
  workspace(workspaceNo: number): Promise<{ name: string; timezone: string }>;
  /** What can be said of `part` out of `of`. */
  share(part: number, of: number): Share;
  /** Keys that sign addresses of wallets: the first signs, any of them is believed. */
  walletKeys: readonly Buffer[];
  publicUrl: string;
  /** Called at every commit boundary; a test stops there. */
  boundary?: (name: string) => void | Promise<void>;
}

export type Deps = RewardsDeps & { boundary: (name: string) => void | Promise<void> };

/** Held shared by whoever gives coupons, alone by whoever follows a merge: nobody is then given one under a number that is gone. */
export const givingLock = 7151;
