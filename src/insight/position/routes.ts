import { z } from 'zod';
import type { App } from '../../base/index.ts';
import { suitabilityRoute } from '../suitability/route.ts';
import { poolMetrics } from './metrics.ts';
import type { Position } from './position.ts';
import { purposeQuestion } from './purposes.ts';
import { statementSchema } from './schema.ts';

const valueQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(92).default(30),
  count: z.coerce.number().int().min(2).max(24).default(12),
});

export function positionRoutes(app: App, position: Position): void {
  const config = { permission: 'insight.read' };
  const tags = ['position'];
  suitabilityRoute(app, position);
  app.get(
    '/api/position',
    { config, schema: { tags, summary: 'What the pool is for: need, north star, guards, targets; and the metrics to choose from' } },
    async (req) => ({ ...(await position.statement(req.auth.workspaceNo)), metrics: poolMetrics }),
  );
  app.put(
    '/api/position',
    {
      config: { permission: 'definitions.write' },
      schema: { tags, summary: 'State what the pool is for; what was stated before is kept', body: statementSchema },
    },
    (req) => position.state(req.auth.workspaceNo, req.auth.actor.name, req.body),
  );
  app.get(
    '/api/position/progress',
    { config, schema: { tags, summary: 'North star, guards and targets as they stand, with pace' } },
    (req) => position.progress(req.auth),
  );
  app.post(
    '/api/position/purposes',
    { config, schema: { tags, summary: 'Journeys, contents and groups, each judged by its own purpose', body: purposeQuestion } },
    (req) => position.purposes(req.auth, req.body),
  );
  app.get(
    '/api/position/value',
    { config, schema: { tags, summary: 'Pool size × fan-making power × monetisation, period by period', querystring: valueQuery } },
    (req) => position.value(req.auth, req.query),
  );
}
