import { z } from 'zod';
import { pageQuery } from '../base/index.ts';

const text = z.string().nullable();

export const groupQuery = pageQuery.extend({
  query: z.string().trim().min(1).max(100).optional(),
  owner: z.string().min(1).max(100).optional(),
  state: z.enum(['open', 'dissolved', 'all']).default('open'),
});
export type GroupQuery = z.output<typeof groupQuery>;

const groupView = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  purpose: z.string(),
  notice: z.string(),
  staff: z.number(),
  /** Customers in it now. */
  members: z.number(),
  joinedInWeek: z.number(),
  leftInWeek: z.number(),
  createdAt: text,
  dissolvedAt: text,
});
export type GroupView = z.output<typeof groupView>;

export const groupList = z.object({
  items: z.array(groupView),
  nextCursor: text,
  /** Over all open groups: seats taken, different people, and people in more than one. */
  totals: z.object({ groups: z.number(), members: z.number(), people: z.number(), inSeveral: z.number() }),
});
export type GroupList = z.output<typeof groupList>;

export const memberQuery = pageQuery.extend({ state: z.enum(['in', 'left', 'all']).default('in') });
export type MemberQuery = z.output<typeof memberQuery>;

export const memberList = z.object({
  items: z.array(
    z.object({
      externalUserId: z.string(),
      person: z.object({ id: z.string(), name: text }).nullable(),
      since: z.string(),
      leftAt: text,
      /** invited, link, code or unknown. */
      via: z.string(),
      state: text,
      invitor: text,
      leftBy: text,
      /** Other groups that the same person is in. */
      otherGroups: z.number(),
    }),
  ),
  nextCursor: text,
});
export type MemberList = z.output<typeof memberList>;

export const groupDetail = groupView;
export const groupChange = z.object({ purpose: z.string().trim().max(200, { error: 'must be 200 characters or fewer' }) });

export const syncView = z.object({
  state: z.enum(['never', 'running', 'done']),
  phase: text,
  startedAt: text,
  doneAt: text,
  members: z.object({ done: z.number(), total: z.number() }),
  ...{ friends: z.number(), added: z.number(), ended: z.number(), groups: z.number(), joined: z.number(), gone: z.number() },
});
export type SyncView = z.output<typeof syncView>;
