import type { App } from '../base/index.ts';
import type { Insight } from './insight.ts';
import { storyRoute } from './person/route.ts';
import { aarrrQuestion, funnelQuestion, ladderQuestion, overviewQuery, peopleQuestion, retentionQuestion } from './schema.ts';

export function routes(app: App, insight: Insight): void {
  const config = { permission: 'insight.read' };
  const tags = ['insight'];
  storyRoute(app, insight);

  app.get(
    '/api/insight/overview',
    { config, schema: { tags, summary: 'The state of the pool over the last days', querystring: overviewQuery } },
    (req) => insight.overview(req.auth, req.query.days),
  );
  app.post(
    '/api/insight/aarrr',
    { config, schema: { tags, summary: 'Acquisition, activation, retention, revenue, referral, by carrier', body: aarrrQuestion } },
    (req) => insight.aarrr(req.auth, req.body),
  );
  for (const name of ['ladder', 'flows'] as const) {
    app.post(
      `/api/insight/${name}`,
      { config, schema: { tags, summary: 'Flow between the levels of the ladder from one date to another', body: ladderQuestion } },
      (req) => insight.ladder(req.auth, req.body),
    );
  }
  app.post(
    '/api/insight/funnel',
    { config, schema: { tags, summary: 'How many get how far through steps in order', body: funnelQuestion } },
    (req) => insight.funnel(req.auth, req.body),
  );
  app.post(
    '/api/insight/retention',
    { config, schema: { tags, summary: 'Who comes back after how many days, weeks or months', body: retentionQuestion } },
    (req) => insight.retention(req.auth, req.body),
  );
  app.post(
    '/api/insight/people',
    { config, schema: { tags, summary: 'The people behind a number: its question and cell', body: peopleQuestion } },
    (req) => insight.people(req.auth, req.body),
  );
}
