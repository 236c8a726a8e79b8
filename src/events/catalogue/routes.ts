import type { App } from '../../base/index.ts';
import type { Catalogue } from './catalogue.ts';
import { entryInput } from './schema.ts';

const tags = ['catalogue'];
const config = { permission: 'catalog.read' };

export function catalogueRoutes(app: App, catalogue: Catalogue): void {
  app.get(
    '/api/catalog/events',
    { config, schema: { tags, summary: 'Every event name with its properties, learned and declared' } },
    async (req) => ({
      items: await catalogue.events(req.auth.workspaceNo),
    }),
  );
  app.get(
    '/api/catalog/traits',
    { config, schema: { tags, summary: 'Every trait that people have, learned and declared' } },
    async (req) => ({
      items: await catalogue.traits(req.auth.workspaceNo),
    }),
  );
  app.get(
    '/api/catalog/entries',
    { config, schema: { tags, summary: 'What is declared of events, properties and traits' } },
    async (req) => ({
      items: await catalogue.entries(req.auth.workspaceNo),
    }),
  );
  app.put(
    '/api/catalog/entries',
    {
      config: { permission: 'events.write' },
      schema: {
        tags,
        summary: 'Declare an event, property or trait: type, owner, meaning, personal or not, expected, status',
        body: entryInput,
      },
    },
    (req) => catalogue.put(req.auth.workspaceNo, req.body, req.auth.actor.id),
  );
}
