import { z } from 'zod';
import type { App } from '../base/index.ts';
import { consentChanges, consentRecord } from './consent-schema.ts';
import type { Channels } from './room.ts';

export function consentRoutes(app: App, channels: Channels): void {
  const params = z.object({ id: z.string() });
  const response = { 200: consentRecord };
  const url = '/api/people/:id/consents';
  app.get(
    url,
    {
      config: { permission: 'people.read' },
      schema: { tags: ['privacy'], summary: 'What a person said about being written to, by purpose and channel', params, response },
    },
    (req) => channels.consentsOf(req.auth.workspaceNo, req.params.id),
  );
  app.put(
    url,
    {
      config: { permission: 'people.write' },
      schema: {
        tags: ['privacy'],
        summary: 'Notes what a person said; the outbox heeds it from now on',
        params,
        body: consentChanges,
        response,
      },
    },
    (req) => channels.changeConsents(req.auth.workspaceNo, req.params.id, req.body.consents, req.auth.actor.name),
  );
}
