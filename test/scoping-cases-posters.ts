import type { Case, Holdings } from './scoping-cases.ts';

const doc = { width: 400, height: 400, background: { colour: '#ffffff' }, layers: [] };
const at = (who: Case['who'], body?: unknown, own = true): Case => {
  const part = (of: Holdings) => ({ path: of.poster, ...(body === undefined ? {} : { body }) });
  return { who, reach: (theirs) => [part(theirs)], refused: [404], ...(own ? { own: part } : {}) };
};
const noBatch = (who: Case['who'], more: object = {}): Case => ({ who, reach: () => [{ path: 'pbatch_none', ...more }], refused: [404] });

export const posterCases: Record<string, Case> = {
  'GET /poster/:key/:token': { who: 'public', open: 'shows whoever holds the signed address of a person the poster of that person' },
  'GET /share/wechat': { who: 'public', open: 'signs for a page of ours, by its own sealed token, its own address' },
  'GET /api/posters': { who: 'analyst', ask: () => ({}), shows: (mine) => [mine.poster, mine.mark] },
  'GET /api/posters/ready': { who: 'analyst', ask: () => ({}) },
  'POST /api/posters': { who: 'operator', ask: () => ({ body: {} }) },
  // Nobody of another workspace is shown, not even masked.
  'POST /api/posters/preview': {
    who: 'analyst',
    reach: (theirs) => [{ body: { doc, personId: theirs.person } }],
    refused: [404],
    own: (mine) => ({ body: { doc, personId: mine.person } }),
  },
  'GET /api/posters/:id': at('analyst'),
  'GET /api/posters/:id/versions': at('analyst'),
  'GET /api/posters/:id/picture': at('analyst'),
  'PATCH /api/posters/:id': at('operator', { name: 'Renamed' }),
  'DELETE /api/posters/:id': at('operator', undefined, false),
  'POST /api/posters/:id/restore': at('operator', { version: 1 }),
  'POST /api/posters/:id/link': {
    who: 'operator',
    reach: (theirs, mine) => [
      { path: theirs.poster, body: { personId: mine.person } },
      { path: mine.poster, body: { personId: theirs.person } },
    ],
    refused: [404],
    own: (mine) => ({ path: mine.poster, body: { personId: mine.person } }),
  },
  'POST /api/posters/:id/batches': {
    who: 'operator',
    reach: (theirs, mine) => [
      { path: theirs.poster, body: { audienceId: mine.audience } },
      { path: mine.poster, body: { audienceId: theirs.audience } },
    ],
    refused: [404],
  },
  'GET /api/poster-batches': { who: 'analyst', ask: () => ({}) },
  'GET /api/poster-batches/:id': noBatch('analyst'),
  'GET /api/poster-batches/:id/parts/:part': noBatch('operator', { path: 'pbatch_none/1' }),
};
