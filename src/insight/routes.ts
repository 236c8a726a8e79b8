import type { App } from '../base/index.ts';
import {
  distributionQuestion,
  dwellQuestion,
  lifecycleQuestion,
  movesQuestion,
  pathsQuestion,
  stickinessQuestion,
  trendQuestion,
  worthQuestion,
} from './explore/schema.ts';
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
    '/api/insight/dwell',
    { config, schema: { tags, summary: 'How long people stay on the levels of the ladder', body: dwellQuestion } },
    (req) => insight.dwell(req.auth, req.body),
  );
  app.post(
    '/api/insight/moves',
    { config, schema: { tags, summary: 'What came before a step up or down the ladder', body: movesQuestion } },
    (req) => insight.moves(req.auth, req.body),
  );
  for (const [kind, body, summary] of [
    ['funnel', funnelQuestion, 'How many get how far through steps'],
    ['retention', retentionQuestion, 'Who comes back after how many hours, days, weeks or months'],
    ['trend', trendQuestion, 'How often, by how many, or how much, period by period'],
    ['paths', pathsQuestion, 'Which ways people go, step by step'],
    ['stickiness', stickinessQuestion, 'In how many days, weeks or months people do something'],
    ['lifecycle', lifecycleQuestion, 'Who is new, returning, back after a pause, or dormant, period by period'],
    ['distribution', distributionQuestion, 'How often people do something, or which values a property has'],
    ['worth', worthQuestion, 'What the people who came in the same period have been worth since'],
  ] as const) {
    app.post(`/api/insight/${kind}`, { config, schema: { tags, summary, body } }, (req) =>
      insight.explore(req.auth, kind, req.body as never),
    );
  }
  app.post(
    '/api/insight/people',
    { config, schema: { tags, summary: 'The people behind a number: its question and cell', body: peopleQuestion } },
    (req) => insight.people(req.auth, req.body),
  );
}
