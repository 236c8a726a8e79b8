import type { Context } from '../context.ts';
import { createWxActions } from '../wx/actions.ts';
import { createCorpActions } from './corps.ts';
import { createDoorActions } from './doors.ts';
import { createGroupActions } from './groups.ts';
import { createInboxActions } from './inbox.ts';
import { createMassActions } from './mass.ts';
import { createMomentActions } from './moments.ts';
import { createPeopleActions } from './people.ts';
import { createPopulateActions } from './populate.ts';
import { createTagActions } from './tags.ts';

/** Everything that people do in this world: in the client, in the admin console, on their phones. */
export const createActions = (ctx: Context) => {
  const people = createPeopleActions(ctx);
  const groups = createGroupActions(ctx);
  return {
    ...createCorpActions(ctx),
    ...people,
    ...groups,
    ...createDoorActions(ctx, groups, people),
    ...createTagActions(ctx),
    ...createMassActions(ctx),
    ...createMomentActions(ctx),
    ...createInboxActions(ctx),
    ...createWxActions(ctx),
    ...createPopulateActions(ctx),
  };
};

export type Actions = ReturnType<typeof createActions>;
