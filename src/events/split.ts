import type { Identity } from '../people/index.ts';

/** Some identities of a person, and the events they brought, are another person from now on. */
export interface Split {
  id: number;
  from: number;
  /** The new person. */
  to: number;
  /** Numbers of people who had been merged into `from` and leave with their identities: what was theirs before is the new person's. */
  former: number[];
  /** As they are stored. */
  identities: Identity[];
  at: Date;
}
