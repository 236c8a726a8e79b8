import type { Case } from './scoping-cases.ts';

/** SOP calendars. */
export const sopCases: Record<string, Case> = {
  'GET /api/sop': { who: 'analyst', ask: () => ({}), shows: (mine) => [mine.mark] },
  'GET /api/sop/calendar': { who: 'analyst', ask: () => ({ path: '?from=2099-01-01' }), shows: (mine) => [mine.momentPlan, mine.content] },
  'GET /api/sop/templates': { who: 'analyst', ask: () => ({}) },
  'POST /api/sop/templates/:key': { who: 'operator', reach: () => [{ path: 'none' }], refused: [404] },
  'POST /api/sop/persons': { who: 'operator', ask: () => ({ body: {} }) },
  'GET /api/journeys/:id/sop': {
    ...{ who: 'analyst', reach: (theirs) => [{ path: theirs.journey }], refused: [404] },
    own: (mine) => ({ path: mine.journey }),
  },
  'PUT /api/journeys/:id/sop': {
    ...{ who: 'operator', refused: [404] },
    reach: (theirs) => [{ path: theirs.journey, body: { rows: [{ day: 0, at: '09:00', channel: 'webhook', text: 'x' }] } }],
  },
  'POST /api/sop/moments': {
    ...{ who: 'operator', refused: [400] },
    reach: (theirs) => [{ body: { day: '2099-02-01', at: '09:00', contentId: theirs.content } }],
    own: (mine) => ({ body: { day: '2099-02-01', at: '09:00', contentId: mine.content } }),
  },
  'GET /api/sop/moments/:id': {
    ...{ who: 'analyst', reach: (theirs) => [{ path: theirs.momentPlan }], refused: [404] },
    own: (mine) => ({ path: mine.momentPlan }),
  },
  'PATCH /api/sop/moments/:id': {
    ...{ who: 'operator', refused: [400, 404] },
    reach: (theirs, mine) => [
      { path: theirs.momentPlan, body: { series: 'Reached' } },
      { path: mine.momentPlan, body: { contentId: theirs.content } },
    ],
    own: (mine) => ({ path: mine.momentPlan, body: { series: 'Kept' } }),
  },
  'DELETE /api/sop/moments/:id': { who: 'operator', reach: (theirs) => [{ path: theirs.momentPlan }], refused: [404] },
};
