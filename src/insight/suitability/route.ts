import type { App } from '../../base/index.ts';
import type { Asker } from '../deps.ts';
import { type SuitabilityQuestion, suitabilityQuestion } from './schema.ts';
import type { Suitability } from './suitability.ts';

export function suitabilityRoute(
  app: App,
  insight: { suitability(asker: Asker, question: SuitabilityQuestion): Promise<Suitability> },
): void {
  app.post(
    '/api/insight/suitability',
    {
      config: { permission: 'insight.read' },
      schema: {
        tags: ['insight'],
        summary: 'From an order history alone: how people come back by category, and what a pool could add',
        body: suitabilityQuestion,
      },
    },
    (req) => insight.suitability(req.auth, req.body),
  );
}
