import type { Case, Holdings } from './scoping-cases.ts';

export const bindingRulesOfTest = {
  enabled: true,
  touches: [{ event: 'Friend Added', staff: 'userId' }],
  protectionDays: 30,
  validityDays: 180,
  orderRenews: 'both',
};

export const externalId = (type: string, id: string) => ({ type, id, collection: 'users', encoding: 'none' });

const at = (kind: keyof Holdings, who: Case['who'], body?: unknown, own = true): Case => {
  const part = (of: Holdings) => ({ path: of[kind], ...(body === undefined ? {} : { body }) });
  return { who, reach: (theirs) => [part(theirs)], refused: [404], ...(own ? { own: part } : {}) };
};

/** Staff, binding, disputes, and the page in WeCom's chat. */
export const bindingCases: Record<string, Case> = {
  'GET /api/org-units': { who: 'assistant', ask: () => ({}), shows: (mine) => [mine.unit] },
  'POST /api/org-units': {
    who: 'operator',
    reach: (theirs) => [{ body: { name: 'x', kind: 'store', parentId: theirs.unit } }],
    refused: [400],
  },
  'PUT /api/org-units/:id': at('unit', 'operator', { name: 'A shop', kind: 'store' }),
  'GET /api/staff': { who: 'assistant', ask: () => ({}), shows: (mine) => [mine.staff, mine.mark] },
  'POST /api/staff': {
    who: 'operator',
    reach: (theirs) => [{ body: { id: 'x', name: 'x', unitIds: [theirs.unit] } }],
    refused: [400],
  },
  'POST /api/staff/import': { who: 'operator', ask: () => ({ body: { text: 'id,name\nnew,New' } }) },
  // There is nobody to ask: what is tried is who may.
  'POST /api/staff/sync': { who: 'operator', ask: () => ({}) },
  'GET /api/staff/:id': at('staff', 'assistant'),
  'PATCH /api/staff/:id': at('staff', 'operator', { position: 'x' }),
  'GET /api/staff/:id/customers': at('staff', 'assistant'),
  'POST /api/staff/:id/succession': at('staff', 'operator', { to: 'nobody', reason: 'x' }, false),
  'DELETE /api/staff/:id/succession': at('staff', 'operator', undefined, false),
  'GET /api/binding/rules': { who: 'analyst', ask: () => ({}) },
  'PUT /api/binding/rules': { who: 'operator', ask: () => ({ body: { rules: bindingRulesOfTest } }) },
  'GET /api/people/:id/binding': at('person', 'assistant'),
  'POST /api/people/:id/binding': at('person', 'operator', { staffId: null, reason: 'x' }, false),
  'POST /api/people/:id/disputes': at('person', 'assistant', { claimant: 'nobody', reason: 'x' }, false),
  'GET /api/disputes': { who: 'assistant', ask: () => ({}), shows: (mine) => [mine.dispute, mine.mark] },
  'GET /api/disputes/:id': at('dispute', 'assistant'),
  'POST /api/disputes/:id/evidence': at('dispute', 'assistant', { text: 'x' }),
  'POST /api/disputes/:id/decide': at('dispute', 'operator', { note: 'x' }),
  'GET /api/transfers': { who: 'assistant', ask: () => ({}) },
  'POST /api/transfers/:id/confirm': at('dispute', 'operator', undefined, false),
  'POST /api/transfers/:id/cancel': at('dispute', 'operator', undefined, false),
  'GET /sidebar.html': { who: 'public', open: 'the console for a chat, which is a file' },
  'GET /api/sidebar/sign-in': { who: 'public', open: 'sends members of WeCom to where they sign in' },
  'GET /api/sidebar/back': { who: 'public', open: 'takes a code that WeCom gave to a member' },
  'GET /api/sidebar/signature': {
    who: 'assistant',
    reach: () => [{ path: '?url=https://elsewhere.example/' }],
    refused: [400],
  },
  'GET /api/sidebar/customers/:id': at('customer', 'assistant'),
  'GET /api/sidebar/customers/:id/more': at('customer', 'assistant'),
  'POST /api/sidebar/customers/:id/tags': at('customer', 'assistant', { key: 'none' }, false),
  'POST /api/sidebar/customers/:id/notes': at('customer', 'assistant', { text: 'x' }),
  'GET /api/sidebar/tasks': {
    who: 'assistant',
    ask: (mine) => ({ path: `?staff=${mine.staff}` }),
    reach: (theirs) => [{ path: `?staff=${theirs.staff}` }],
    refused: [404],
  },
  'POST /api/sidebar/tasks/:id': {
    who: 'assistant',
    reach: (theirs, mine) => [{ path: `greet:${theirs.person}?staff=${mine.staff}`, body: { act: 'done' } }],
    refused: [404],
  },
  'POST /api/staff-tasks': {
    who: 'operator',
    ask: (mine) => ({ body: { people: [{ id: mine.person }] } }),
    shows: (mine) => [mine.person],
  },
  'POST /api/sidebar/customers/:id/tasks': at('customer', 'assistant', { text: 'x', due: '2026-01-01' }, false),
  'POST /api/sidebar/customers/:id/messages': at('customer', 'assistant', { contentId: 'con_none' }, false),
  'POST /api/sidebar/customers/:id/messages/:message': {
    who: 'assistant',
    reach: (theirs) => [{ path: `${theirs.customer}/messages/msg_000000001`, body: { sent: true } }],
    refused: [404],
  },
};
