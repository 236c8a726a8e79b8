import { z } from 'zod';
import type { App } from '../base/index.ts';
import { overlapList, personGroups } from './group-overlap.ts';
import { groupPlanRoutes } from './group-plans/index.ts';
import { groupChange, groupDetail, groupList, groupQuery, memberList, memberQuery, syncView } from './groups-schema.ts';
import { reachView } from './reach.ts';
import type { Channels } from './room.ts';

const params = z.object({ id: z.string().regex(/^[\w-]{1,100}$/, 'is not the id of a group') });

export function groupRoutes(app: App, channels: Channels): void {
  const read = { permission: 'channels.read' };
  groupPlanRoutes(app, channels.groupPlans);
  const tags = ['groups'];
  app.get(
    '/api/groups',
    { config: read, schema: { tags, summary: 'Customer groups', querystring: groupQuery, response: { 200: groupList } } },
    (req) => channels.groups.list(req.auth.workspaceNo, req.query),
  );
  app.get('/api/groups/:id', { config: read, schema: { tags, summary: 'A group', params, response: { 200: groupDetail } } }, (req) =>
    channels.groups.get(req.auth.workspaceNo, req.params.id),
  );
  app.get(
    '/api/groups/:id/members',
    {
      config: read,
      schema: {
        ...{ tags, summary: 'Who is or was in a group, how they came, and in how many other groups they are' },
        ...{ params, querystring: memberQuery, response: { 200: memberList } },
      },
    },
    (req) => channels.groups.members(req.auth.workspaceNo, req.params.id, req.query),
  );
  app.get(
    '/api/groups/:id/overlap',
    { config: read, schema: { tags, summary: 'Groups that share people with this one', params, response: { 200: overlapList } } },
    (req) => channels.groups.overlap(req.auth.workspaceNo, req.params.id),
  );
  app.get(
    '/api/people/:id/groups',
    {
      config: { permission: 'people.read' },
      schema: {
        ...{ tags, summary: 'Groups that a person is or was in', params: z.object({ id: z.string() }) },
        response: { 200: personGroups },
      },
    },
    (req) => channels.groups.ofPerson(req.auth.workspaceNo, req.params.id),
  );
  app.patch(
    '/api/groups/:id',
    {
      config: { permission: 'channels.write' },
      schema: { tags, summary: 'What a group is for', params, body: groupChange, response: { 200: groupDetail } },
    },
    (req) => channels.groups.describe(req.auth.workspaceNo, req.params.id, req.body.purpose),
  );
  app.get(
    '/api/channels/wecom/sync',
    { config: read, schema: { tags: ['channels'], summary: 'How far the comparison with WeCom has come', response: { 200: syncView } } },
    (req) => channels.sync(req.auth.workspaceNo),
  );
  app.get(
    '/api/channels/wecom/reach',
    {
      config: read,
      schema: {
        ...{ tags: ['channels'], summary: 'Who can still be reached by mass message in this period, and by whom' },
        response: { 200: reachView },
      },
    },
    (req) => channels.reach(req.auth.workspaceNo),
  );
  app.post(
    '/api/channels/wecom/sync',
    {
      config: { permission: 'channels.write' },
      schema: {
        tags: ['channels'],
        summary: 'Compare with the lists of WeCom now; one that was broken off goes on',
        response: { 200: syncView },
      },
    },
    (req) => channels.startSync(req.auth.workspaceNo),
  );
}
