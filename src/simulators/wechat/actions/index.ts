import type { Context } from '../context.ts';
import { createCorpActions } from './corps.ts';
import { createGroupActions } from './groups.ts';
import { createInboxActions } from './inbox.ts';
import { createMassActions } from './mass.ts';
import { createPeopleActions } from './people.ts';
import { createTagActions } from './tags.ts';

/** Everything that people do in this world: in the client, in the admin console, on their phones. */
export const createActions = (ctx: Context) => ({
  ...createCorpActions(ctx),
  ...createPeopleActions(ctx),
  ...createGroupActions(ctx),
  ...createTagActions(ctx),
  ...createMassActions(ctx),
  ...createInboxActions(ctx),
});

export type Actions = ReturnType<typeof createActions>;
