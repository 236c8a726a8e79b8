import type { Answer, Call, Json } from './running.ts';
import { bindingCases } from './scoping-cases-binding.ts';
import { couponCases } from './scoping-cases-coupons.ts';
import { posterCases } from './scoping-cases-posters.ts';
import { sopCases } from './scoping-cases-sop.ts';

/** Ids of everything that a workspace of the test holds. */
export type Holdings = Record<
  | 'workspace'
  | 'person'
  | 'audience'
  | 'content'
  | 'coupon'
  | 'couponCode'
  | 'journey'
  | 'experiment'
  | 'import'
  | 'upload'
  | 'hook'
  | 'pull'
  | 'tag'
  | 'member'
  | 'key'
  | 'job'
  | 'wecom'
  | 'group'
  | 'groupPlan'
  | 'groupWelcome'
  | 'transfer'
  | 'token'
  | 'finding'
  | 'expected'
  | 'named'
  | 'question'
  | 'touchpoint'
  | 'momentPlan'
  | 'approval'
  | 'poster'
  | 'customer'
  | 'unit'
  | 'staff'
  | 'dispute'
  | 'mark',
  string
>;

/** Who of a workspace may: everyone who signs in, all but assistants, those who run it, owners. */
export type Who = 'assistant' | 'analyst' | 'operator' | 'owner';

/** What the walk over all routes does at one of them. */
export interface Case {
  /** The least of the roles that may; `public` and `ingest` for the others. */
  who: Who | 'public' | 'ingest';
  /** A role between that may not. */
  but?: Who;
  /** Whether an API key may, where the role of an operator does not say it. */
  machine?: boolean;
  /** Why nothing of a workspace can be had here. */
  open?: string;
  /** A list or a sum: shows what is ours, and nothing of the others. `undefined`: no names in it. */
  shows?: (mine: Holdings) => string[];
  /** A question with nothing of another's in it. */
  ask?: (mine: Holdings) => Partial<Call>;
  /** Reaches for what is another's; refused with one of these. */
  reach?: (theirs: Holdings, mine: Holdings) => Partial<Call>[];
  refused?: number[];
  /** The same with what is ours: shows that the reach was refused for whose it is. */
  own?: (mine: Holdings) => Partial<Call>;
  /** A last look at the answer to `ask`. */
  check?: (answer: Answer, mine: Holdings) => void;
}

/** No database is there: what is tried is who may try. */
export const pullSource = { engine: 'postgres', host: '127.0.0.1', port: 9, database: 'd', user: 'u', tls: 'off' };

const at = (id: string): Partial<Call> => ({ path: id });
const range = { from: '2025-01-01', to: '2027-01-01' };
const steps = { steps: [{ event: 'Order Completed' }], within: { days: 7 }, ...range };

/** A route with one id in its address. */
const one = (who: Who, kind: keyof Holdings, own: boolean | Partial<Call> = true, body?: unknown): Case => ({
  who,
  reach: (theirs) => [{ ...at(theirs[kind]), ...(body === undefined ? {} : { body }) }],
  refused: [404],
  ...(own ? { own: (mine) => ({ ...at(mine[kind]), ...(body === undefined ? {} : { body }), ...(own === true ? {} : own) }) } : {}),
});
const list = (who: Who, shows?: (mine: Holdings) => string[]): Case => ({ who, ask: () => ({}), ...(shows ? { shows } : {}) });
/** Only the caller's workspace can be meant. */
const whole = (who: Who, body?: unknown): Case => ({ who, ask: () => (body === undefined ? {} : { body }) });
const anyone = (open: string): Case => ({ who: 'public', open });
const question = (body: unknown, check?: Case['check']): Case => ({ who: 'analyst', ask: () => ({ body }), ...(check ? { check } : {}) });
/** What changes something is asked after what looks, and what removes last of all. */
export const turn = (route: string): number =>
  route.startsWith('DELETE') ? 2 : /^(PATCH|PUT) |\/(archive|password|recompute|resume|launch|pause)$/.test(route) ? 1 : 0;

const draft = (mine: Holdings, node: object) => ({
  name: `Reaches ${mine.mark}`,
  graph: { nodes: [{ id: 'e', type: 'entry', event: 'X' }, node], edges: [{ from: 'e', to: 'n' }] },
});

const plannedBy = (audienceId: string) => ({
  on: { kind: 'audience', audienceId },
  primary: { key: 'k', name: 'K', kind: 'conversion', event: 'Order Completed' },
  weights: [1, 1],
});

/** Every route of the program. A new one without a case here fails the test. */
export const cases: Record<string, Case> = {
  ...bindingCases,
  ...couponCases,
  ...sopCases,
  ...posterCases,
  'GET /healthz': anyone('says only that the process lives'),
  'GET /readyz': anyone('says only that the engines answer'),
  'GET /metrics': anyone('counts of the process, without names'),
  'GET /api/openapi.json': anyone('the description of the API'),
  'GET /': anyone('the console, which is a file'),
  'GET /*': anyone('the console, which is a file'),
  'GET /assets/*': anyone('the console, which is files'),
  'GET /favicon.svg': anyone('a picture'),
  'POST /api/auth/sign-in/email': anyone('is where one proves who one is'),
  'POST /api/auth/sign-out': anyone('ends the own session'),
  'GET /t/:token': anyone('leads whoever holds a link where the link leads, and tells nothing else'),
  'GET /wecom/callback/:accountId': anyone('needs a signature by the secret of the account'),
  'POST /wecom/callback/:accountId': anyone('needs a signature by the secret of the account'),
  'GET /wechat/callback/:accountId': anyone('needs a signature by the secret of the account'),
  'POST /wechat/callback/:accountId': anyone('needs a signature by the secret of the account'),
  'POST /wechat/pay/:accountId': anyone('needs a signature by WeChat Pay and a seal by the key of the merchant'),

  'POST /v1/track': { who: 'ingest' },
  'POST /v1/identify': { who: 'ingest' },
  'POST /v1/page': { who: 'ingest' },
  'POST /v1/screen': { who: 'ingest' },
  'POST /v1/group': { who: 'ingest' },
  'POST /v1/alias': { who: 'ingest' },
  'POST /v1/batch': { who: 'ingest' },
  'GET /sa': { who: 'ingest' },
  'POST /sa': { who: 'ingest' },
  'GET /sa.gif': { who: 'ingest' },
  'POST /sa.gif': { who: 'ingest' },

  'GET /api/jobs/:id': one('analyst', 'job'),
  'POST /api/auth/change-password': { ...whole('assistant', {}), machine: false },
  'GET /api/members': { ...list('analyst', (mine) => [mine.member, mine.mark]), machine: false },
  'POST /api/members': { ...whole('owner', {}), machine: false },
  'PATCH /api/members/:id': { ...one('owner', 'member', true, { role: 'analyst' }), machine: false },
  'DELETE /api/members/:id': { ...one('owner', 'member'), machine: false },
  'POST /api/members/:id/password': { ...one('owner', 'member'), machine: false },
  'GET /api/keys': list('operator', (mine) => [mine.key, mine.mark]),
  'POST /api/keys': { ...whole('owner', {}), machine: false },
  'DELETE /api/keys/:id': { ...one('owner', 'key'), machine: false },
  'GET /api/me': list('assistant', (mine) => [mine.workspace]),
  'PATCH /api/me': { ...whole('assistant', {}), machine: false },
  'GET /api/workspace': list('assistant', (mine) => [mine.workspace, mine.mark]),
  'PATCH /api/workspace': whole('operator', { name: 5 }),
  'GET /api/workspaces': list('assistant', (mine) => [mine.workspace]),
  'POST /api/workspaces': { ...whole('owner', {}), machine: false },
  'GET /api/audit': { ...list('owner', (mine) => [mine.journey]), ask: () => ({ path: '?limit=500' }), machine: false },

  'GET /api/people': {
    ...list('assistant', (mine) => [mine.person, mine.mark]),
    reach: (theirs) => [
      { path: `?audience=${theirs.audience}` },
      { path: `?query=${encodeURIComponent(theirs.mark)}` },
      { path: `?tag=${theirs.mark}` },
    ],
    refused: [200, 400, 404],
  },
  'GET /api/people/facets': list('assistant', (mine) => [mine.mark]),
  'GET /api/people/:id': one('assistant', 'person'),
  'GET /api/people/:id/story': one('assistant', 'person'),
  'GET /api/people/:id/notes': one('assistant', 'person'),
  'POST /api/people/:id/notes': one('assistant', 'person', true, { text: 'likes oolong' }),
  'DELETE /api/people/:id/notes/:note': {
    who: 'assistant',
    reach: (theirs, mine) => [at(`${theirs.person}/x`), at(`${mine.person}/x`)],
    refused: [404],
  },
  'GET /api/people/:id/consents': one('assistant', 'person'),
  'PUT /api/people/:id/consents': one('operator', 'person', true, { consents: [{ granted: true, channel: 'wecom' }] }),
  'POST /api/people/:id/reveal': one('operator', 'person', true, { fields: ['phone'] }),
  'POST /api/people/:id/export': one('operator', 'person', true, {}),
  'GET /api/exports/:id/file': { who: 'operator', reach: () => [at('exp_of_nobody')], refused: [404] },
  'DELETE /api/people/:id': one('operator', 'person', false),
  'GET /api/erasures': list('operator'),
  'GET /api/privacy': list('analyst'),
  'POST /api/privacy/rotate': { ...whole('owner'), machine: false },
  'GET /api/people/:id/why': {
    who: 'assistant',
    reach: (theirs) => [at(`${theirs.person}?kind=level&key=basic`)],
    refused: [404],
    own: (mine) => at(`${mine.person}?kind=level&key=basic`),
  },
  'GET /api/people/:id/events': one('assistant', 'person'),
  'POST /api/people/:id/split': {
    ...one('operator', 'person', false),
    reach: (theirs) => [{ path: theirs.person, body: { identities: [{ type: 'user_id', id: 'same-user' }] } }],
  },
  'POST /api/people/:id/merge': {
    who: 'operator',
    reach: (theirs, mine) => [
      { path: theirs.person, body: { with: mine.person } },
      { path: mine.person, body: { with: theirs.person } },
    ],
    refused: [400, 404],
  },
  'GET /api/people/:id/identity-history': one('assistant', 'person'),
  'GET /api/people/:id/merge-check': {
    who: 'assistant',
    reach: (theirs, mine) => [at(`${theirs.person}?with=${mine.person}`), at(`${mine.person}?with=${theirs.person}`)],
    refused: [400, 404],
    own: (mine) => at(`${mine.person}?with=${mine.person}`),
  },
  'GET /api/identity/conflicts': list('assistant'),
  'POST /api/identity/conflicts/:id/dismiss': { who: 'operator', reach: () => [at('1')], refused: [404] },
  'GET /api/identity/quarantine': list('assistant'),
  'POST /api/identity/quarantine/:id/release': { who: 'operator', reach: () => [at('1')], refused: [404] },
  'GET /api/identity/largest': list('assistant', (mine) => [mine.person]),
  'GET /api/identity/policy': list('analyst'),
  'PUT /api/identity/policy': whole('operator', { types: 5 }),
  'POST /api/people/tags': {
    who: 'operator',
    reach: (theirs, mine) => [
      { body: { personIds: [theirs.person], key: mine.mark } },
      { body: { personIds: [mine.person, theirs.person], key: mine.mark } },
    ],
    refused: [400],
    own: (mine) => ({ body: { personIds: [mine.person], key: mine.mark } }),
  },
  'DELETE /api/people/tags': {
    who: 'operator',
    reach: (theirs, mine) => [{ body: { personIds: [theirs.person], key: mine.mark } }],
    refused: [400],
    own: (mine) => ({ body: { personIds: [mine.person], key: mine.mark } }),
  },
  'GET /api/catalog/events': list('analyst', (mine) => [mine.mark]),
  'GET /api/named-events': list('analyst', (mine) => [mine.named, mine.mark]),
  'POST /api/named-events': whole('operator', {}),
  'POST /api/named-events/preview': whole('analyst', {}),
  'DELETE /api/named-events/:id': one('operator', 'named'),
  'GET /api/catalog/traits': list('analyst', (mine) => [mine.mark]),
  'GET /api/catalog/entries': list('analyst'),
  'PUT /api/catalog/entries': whole('operator', { kind: 'nothing' }),
  'GET /api/health/overview': list('analyst'),
  'GET /api/health/findings': list('analyst', (mine) => [mine.finding]),
  'GET /api/health/findings/:id': one('analyst', 'finding'),
  'GET /api/health/findings/:id/series': one('analyst', 'finding'),
  'PATCH /api/health/findings/:id': one('operator', 'finding', true, { note: 'seen' }),
  'POST /api/health/check': whole('operator'),
  'GET /api/health/refused': whole('analyst'),
  'GET /api/health/expected': list('analyst', (mine) => [mine.expected]),
  'POST /api/health/expected': whole('operator', { from: 'yesterday' }),
  'DELETE /api/health/expected/:id': one('operator', 'expected'),

  'POST /api/imports/inspect': whole('operator', {}),
  'POST /api/imports': {
    who: 'operator',
    reach: (theirs) => [{ body: { uploadId: theirs.upload, kind: 'orders' } }],
    refused: [404],
  },
  'GET /api/imports': list('analyst', (mine) => [mine.import, mine.mark]),
  'GET /api/imports/:id': one('analyst', 'import'),
  'POST /api/imports/:id/resume': one('operator', 'import', false),
  'GET /api/imports/:id/rejected': one('analyst', 'import'),
  'GET /api/imports/targets': list('analyst'),
  'GET /api/imports/:id/rejected-rows': one('analyst', 'import'),
  'POST /hooks/:id': anyone('needs a signature by the secret of the hook'),
  'GET /api/hooks': list('analyst', (mine) => [mine.hook, mine.mark]),
  'POST /api/hooks': whole('operator', {}),
  'POST /api/hooks/test': whole('operator', {}),
  'GET /api/hooks/:id': one('analyst', 'hook'),
  'PATCH /api/hooks/:id': one('operator', 'hook', true, { enabled: true }),
  'POST /api/hooks/:id/secret': one('operator', 'hook'),
  'DELETE /api/hooks/:id': one('operator', 'hook'),
  'GET /api/hooks/:id/deliveries': one('analyst', 'hook'),
  'GET /api/pulls': list('analyst', (mine) => [mine.pull, mine.mark]),
  'POST /api/pulls': whole('operator', {}),
  'POST /api/pulls/test': {
    who: 'operator',
    reach: (theirs) => [{ body: { pullId: theirs.pull, source: pullSource, query: 'sales' } }],
    refused: [404],
  },
  'GET /api/pulls/:id': one('analyst', 'pull'),
  'PATCH /api/pulls/:id': one('operator', 'pull', true, { enabled: false }),
  'DELETE /api/pulls/:id': one('operator', 'pull'),
  'POST /api/pulls/:id/run': one('operator', 'pull'),
  'GET /api/pulls/:id/runs': one('analyst', 'pull'),
  'GET /api/products': list('analyst', (mine) => [mine.mark]),

  'GET /api/definitions': list('analyst', (mine) => [mine.tag, mine.mark]),
  'PUT /api/definitions/stages': whole('operator', {}),
  'PUT /api/definitions/tiers': whole('operator', {}),
  'PUT /api/definitions/levels': {
    who: 'operator',
    reach: (theirs) => [{ body: { items: [{ key: 'a', name: { zh: '甲', en: 'A' }, rule: { audience: theirs.audience } }] } }],
    refused: [400, 404],
  },
  'POST /api/definitions/recompute': whole('operator'),
  'POST /api/definitions/stages/preview': whole('analyst', { items: [{ key: 'a', name: { zh: '甲', en: 'A' }, rule: { all: [] } }] }),
  'POST /api/definitions/tiers/preview': whole('analyst', { items: [{ key: 'a', name: { zh: '甲', en: 'A' }, rule: { all: [] } }] }),
  'POST /api/definitions/levels/preview': {
    who: 'analyst',
    reach: (theirs) => [{ body: { items: [{ key: 'a', name: { zh: '甲', en: 'A' }, rule: { audience: theirs.audience } }] } }],
    refused: [400],
  },
  'GET /api/definitions/stages/versions': list('analyst'),
  'GET /api/definitions/tiers/versions': list('analyst'),
  'GET /api/definitions/levels/versions': list('analyst'),
  'POST /api/definitions/stages/restore': whole('operator', { version: 1 }),
  'POST /api/definitions/tiers/restore': whole('operator', { version: 1 }),
  'POST /api/definitions/levels/restore': whole('operator', { version: 1 }),
  'GET /api/definitions/stages/:id/dependencies': { who: 'analyst', ask: () => at('new') },
  'GET /api/definitions/tiers/:id/dependencies': { who: 'analyst', ask: () => at('loyal') },
  'GET /api/definitions/levels/:id/dependencies': { who: 'analyst', ask: () => at('buyer') },
  'GET /api/tags/:id': one('analyst', 'tag'),
  'GET /api/tags/:id/history': one('analyst', 'tag'),
  'GET /api/tags/:id/versions': one('analyst', 'tag'),
  'GET /api/tags/:id/dependencies': one('analyst', 'tag'),
  'POST /api/tags/:id/restore': one('operator', 'tag', true, { version: 1 }),
  'POST /api/tags/:id/people': {
    who: 'operator',
    reach: (theirs, mine) => [
      { ...at(theirs.tag), body: { personIds: [mine.person] } },
      { ...at(mine.tag), body: { personIds: [theirs.person] } },
      { ...at(mine.tag), body: { audience: theirs.audience } },
    ],
    refused: [400, 404],
  },
  'POST /api/tags/:id/import': {
    ...one('operator', 'tag', false, { rows: [{ identity: { type: 'user_id', id: 'nobody' } }] }),
  },
  'GET /api/interests': list('analyst'),
  'PUT /api/interests': whole('operator', {}),
  'GET /api/people/:id/interests': one('assistant', 'person'),
  'POST /api/tags': {
    who: 'operator',
    reach: (theirs) => [{ body: { key: 'reached', name: { zh: '甲', en: 'A' }, rule: { audience: theirs.audience } } }],
    refused: [400, 404],
  },
  'PATCH /api/tags/:id': one('operator', 'tag', true, { name: { zh: '改名', en: 'Renamed' } }),
  'DELETE /api/tags/:id': one('operator', 'tag'),

  'GET /api/audiences': list('analyst', (mine) => [mine.audience, mine.mark]),
  'POST /api/audiences': {
    who: 'operator',
    reach: (theirs) => [{ body: { name: 'Reached', rule: { audience: theirs.audience } } }],
    refused: [400, 404],
    own: (mine) => ({ body: { name: `Of another ${mine.mark}`, rule: { audience: mine.audience } } }),
  },
  'POST /api/audiences/preview': {
    who: 'analyst',
    ask: () => ({ body: { rule: { event: 'Order Completed' } } }),
    shows: (mine) => [mine.person, mine.mark],
    reach: (theirs) => [{ body: { rule: { audience: theirs.audience } } }],
    refused: [400, 404],
    own: (mine) => ({ body: { rule: { audience: mine.audience } } }),
  },
  'GET /api/audiences/:id': one('analyst', 'audience'),
  'PATCH /api/audiences/:id': one('operator', 'audience', true, { name: 'Renamed' }),
  'DELETE /api/audiences/:id': one('operator', 'audience', false),
  'GET /api/audiences/:id/members': one('analyst', 'audience'),
  'GET /api/audiences/:id/trend': one('analyst', 'audience'),
  'GET /api/audiences/:id/versions': one('analyst', 'audience'),
  'GET /api/audiences/:id/dependencies': one('analyst', 'audience'),
  'POST /api/audiences/:id/restore': one('operator', 'audience', true, { version: 1 }),
  'POST /api/audiences/:id/freeze': one('operator', 'audience', true, { name: 'Frozen' }),
  'GET /api/audiences/:id/files': one('analyst', 'audience'),
  'POST /api/audiences/:id/files': one('operator', 'audience', true, { columns: ['name'] }),
  'GET /api/audiences/files/:id': { who: 'analyst', reach: () => [at('file_none')], refused: [404] },
  'POST /api/audiences/overlap': {
    who: 'analyst',
    reach: (theirs, mine) => [{ body: { ids: [mine.audience, theirs.audience] } }],
    refused: [400],
  },
  'POST /api/audiences/compare': {
    who: 'analyst',
    reach: (theirs, mine) => [{ body: { a: mine.audience, b: theirs.audience } }],
    refused: [400],
  },
  'POST /api/audiences/people': {
    who: 'analyst',
    ask: () => ({ body: { rule: { event: 'Order Completed' } } }),
    shows: (mine) => [mine.person],
    reach: (theirs) => [{ body: { rule: { audience: theirs.audience } } }],
    refused: [400, 404],
  },

  'GET /:file(^MP_verify_[A-Za-z0-9]+\\.txt$)': anyone('shows the platform that the address is ours'),
  'GET /c/:key': anyone('leads whoever scans a code where the code leads'),
  'GET /s/:key': anyone('leads whoever follows a link where the link leads'),
  'GET /p/:key': anyone('shows a code to whoever opens the poster'),
  'GET /api/touchpoints': list('analyst', (mine) => [mine.touchpoint, mine.mark]),
  'POST /api/touchpoints': whole('operator', {}),
  'GET /api/touchpoints/figures': {
    who: 'analyst',
    ask: () => ({}),
    reach: (theirs) => [{ path: `?ids=${theirs.touchpoint}` }],
    refused: [200],
  },
  'GET /api/touchpoints/warnings': list('analyst'),
  'GET /api/touchpoints/:id': one('analyst', 'touchpoint'),
  'PATCH /api/touchpoints/:id': one('operator', 'touchpoint', true, { place: 'here' }),
  'DELETE /api/touchpoints/:id': one('operator', 'touchpoint', false),
  'GET /api/touchpoints/:id/days': one('analyst', 'touchpoint'),
  'GET /api/touchpoints/:id/sharers': one('analyst', 'touchpoint'),
  'GET /api/touchpoints/:id/code': one('analyst', 'touchpoint'),
  'POST /api/touchpoints/:id/preview': one('analyst', 'touchpoint', true, {}),
  'POST /api/touchpoints/:id/scan': one('operator', 'touchpoint', true, { externalIds: [{ type: 'user_id', id: 'same-user' }] }),
  'POST /api/touchpoints/:id/provision': one('operator', 'touchpoint'),
  'GET /api/touchpoints/:id/picture': one('analyst', 'touchpoint'),
  'PUT /api/touchpoints/:id/picture': { who: 'operator' },
  'POST /api/touchpoints/read-picture': { who: 'analyst' },
  'GET /api/code-logo': list('analyst'),
  'PUT /api/code-logo': { who: 'operator' },
  'GET /api/touchpoint-settings': list('analyst'),
  'PUT /api/touchpoint-settings': whole('operator', { knowInWechat: false, domainFile: null }),
  'GET /api/touchpoint-batches': list('analyst'),
  'POST /api/touchpoint-batches': whole('operator', {}),
  'GET /api/touchpoint-batches/:id': { who: 'analyst', reach: () => [at('batch_none')], refused: [404] },
  'GET /api/touchpoint-batches/:id/file': { who: 'analyst', reach: () => [at('batch_none')], refused: [404] },
  'GET /api/code-trials': list('analyst'),
  'POST /api/code-trials': {
    who: 'operator',
    reach: (theirs) => [{ body: { name: 'x', liveId: theirs.touchpoint, staticId: theirs.touchpoint } }],
    refused: [400],
  },
  'POST /api/code-trials/:id/end': { who: 'operator', reach: () => [at('trial_none')], refused: [404] },

  'POST /api/insight/ways': question({ from: '2025-01-01', to: '2027-01-01' }),
  'GET /api/insight/code-trials/:id': { who: 'analyst', reach: () => [at('trial_none')], refused: [404] },

  'GET /api/content': list('analyst', (mine) => [mine.content, mine.mark]),
  'POST /api/content': whole('operator', {}),
  'POST /api/content/import': { who: 'operator' },
  'GET /u/:token': anyone('the page of whoever holds its address, which says what they are sent and nothing of them'),
  'POST /u/:token': anyone('takes what they decide about it'),
  'GET /r/:key': anyone('a page that was made to be read, for whoever was given its address'),
  'POST /r/:key/seen': anyone('takes what a page that was opened tells, under a seal of its own'),
  'POST /r/:key/shared': anyone('the same'),
  'POST /api/insight/content': question(range),
  'GET /api/insight/content/:id/radar': one('analyst', 'content'),
  'GET /api/content/facets': list('analyst', (mine) => [mine.mark]),
  'POST /api/content/files': { who: 'operator' },
  'GET /api/content/files/:id': anyone('shows a file to whoever was given its address, which cannot be guessed'),
  'GET /api/content/files/:id/thumb': anyone('the same, small'),
  'GET /api/content/pictures/:id': anyone('the same, as it was called before'),
  'GET /api/content/settings': list('analyst'),
  'PUT /api/content/settings': { ...whole('operator', {}), machine: false },
  'GET /api/content/needs': list('analyst', (mine) => [mine.mark]),
  'GET /api/content/twins': list('analyst', (mine) => [mine.mark]),
  'POST /api/content/twins': question({ name: 'Note', body: 'Dear otter' }),
  'POST /api/content/twins/dismiss': {
    who: 'operator',
    reach: (theirs, mine) => [{ body: { a: theirs.content, b: mine.content } }],
    refused: [404],
  },
  'GET /api/content/:id/versions': one('analyst', 'content'),
  'POST /api/content/:id/restore': one('operator', 'content', true, { version: 1 }),
  'POST /api/content/:id/submit': one('operator', 'content', false, { version: 1 }),
  'POST /api/content/:id/withdraw': one('operator', 'content', false, { version: 1 }),
  'POST /api/content/:id/approve': { ...one('operator', 'content', true, { version: 1 }), machine: false },
  'POST /api/content/:id/reject': { ...one('operator', 'content', false, { version: 1, note: 'no' }), machine: false },
  'GET /api/content/:id': one('analyst', 'content'),
  'PATCH /api/content/:id': one('operator', 'content', true, { name: 'Renamed' }),
  'DELETE /api/content/:id': one('operator', 'content', false),
  'POST /api/content/:id/render': {
    ...one('analyst', 'content', true, {}),
    reach: (theirs, mine) => [
      { ...at(theirs.content), body: {} },
      { ...at(mine.content), body: { personId: theirs.person } },
    ],
  },

  'GET /api/messages': {
    ...list('assistant', (mine) => [mine.person, mine.mark]),
    reach: (theirs) => [{ path: `?personId=${theirs.person}` }, { path: `?journeyId=${theirs.journey}` }],
    refused: [200, 400, 404],
  },
  'GET /api/messages/summary': list('assistant'),
  'GET /api/channels': list('analyst', (mine) => [mine.wecom, mine.mark]),
  'PUT /api/channels/wecom': whole('operator', {}),
  'GET /api/channels/wecom/sync': list('analyst'),
  'GET /api/channels/wecom/reach': list('analyst'),
  'POST /api/channels/wecom/sync': whole('operator'),
  'GET /api/groups': list('analyst', (mine) => [mine.group]),
  'GET /api/groups/:id': one('analyst', 'group'),
  'GET /api/groups/:id/members': one('analyst', 'group'),
  'PATCH /api/groups/:id': one('operator', 'group', true, { purpose: 'x' }),
  'GET /api/groups/:id/overlap': one('analyst', 'group'),
  'GET /api/people/:id/groups': one('assistant', 'person'),
  'GET /api/groups/plans': list('analyst', (mine) => [mine.groupPlan, mine.mark]),
  'GET /api/groups/plans/:id': one('analyst', 'groupPlan'),
  'GET /api/groups/plans/:id/foresight': one('analyst', 'groupPlan'),
  'POST /api/groups/plans': whole('operator', {}),
  'PATCH /api/groups/plans/:id': one('operator', 'groupPlan', true, { name: 'Renamed' }),
  'DELETE /api/groups/plans/:id': one('operator', 'groupPlan', false),
  'POST /api/groups/plans/:id/launch': one('operator', 'groupPlan', false),
  'POST /api/groups/plans/:id/pause': one('operator', 'groupPlan', false),
  'POST /api/groups/plans/:id/resume': one('operator', 'groupPlan', false),
  'GET /api/groups/calendar': list('analyst'),
  'GET /api/groups/calendar/sends': {
    who: 'analyst',
    reach: (theirs) => [{ path: `?planId=${theirs.groupPlan}&stepId=a&at=2026-01-01T00:00:00Z` }],
    refused: [200],
  },
  'POST /api/groups/calendar/remind': {
    who: 'operator',
    reach: (theirs) => [{ body: { planId: theirs.groupPlan, stepId: 'a', at: '2026-01-01T00:00:00Z' } }],
    refused: [404],
  },
  'POST /api/groups/handover': whole('operator', {}),
  'GET /api/groups/handovers': list('analyst'),
  'DELETE /api/groups/handovers/:from': { who: 'operator', reach: () => [{ path: 'nobody' }], refused: [404] },
  'GET /api/groups/welcomes': list('analyst', (mine) => [mine.groupWelcome, mine.mark]),
  'POST /api/groups/welcomes': whole('operator', {}),
  'PUT /api/groups/welcomes/:id': one('operator', 'groupWelcome', false, { name: 'Reached', text: 'x' }),
  'DELETE /api/groups/welcomes/:id': one('operator', 'groupWelcome', false),
  'PUT /api/channels/official_account': whole('operator', {}),
  'PUT /api/channels/mini_program': whole('operator', {}),
  'PUT /api/channels/wechat_pay': whole('operator', {}),
  'GET /api/pay/transfers': list('analyst', (mine) => [mine.transfer, mine.mark]),
  'POST /api/pay/transfers/:id/cancel': one('operator', 'transfer'),
  'PUT /api/channels/email': whole('operator', {}),
  'PUT /api/channels/sms': whole('operator', {}),
  'PUT /api/channels/push': whole('operator', {}),
  'POST /api/channels/:channel/test': { who: 'operator', reach: () => [{ ...at('email'), body: { to: 'a@b.cn' } }], refused: [404] },
  'POST /api/channels/:channel/revive': { who: 'operator', ask: () => ({ ...at('email'), body: { address: 'a@b.cn' } }) },
  'POST /api/channels/sms/count': { who: 'analyst', ask: () => ({ body: { text: 'x' } }) },
  'GET /api/people/:id/devices': one('assistant', 'person'),
  'POST /api/people/:id/devices': one('operator', 'person', true, { provider: 'fcm', token: 'token-of-nobody' }),
  'DELETE /api/people/:id/devices/:device': { who: 'operator', reach: (theirs) => [at(`${theirs.person}/none`)], refused: [404] },
  'GET /o/:dot': anyone('the dot of a mail, whoever asks'),
  'POST /sms/reports/:account/:secret': anyone('takes reports of a provider that knows the secret of the address'),
  'POST /email/bounces/:account/:secret': anyone('takes bounces of a mail server that knows the secret of the address'),
  'PUT /api/channels/webhook': whole('operator', {}),
  'POST /api/channels/webhook/test': whole('operator'),
  'GET /api/policy': list('analyst'),
  'PUT /api/policy': whole('operator', {}),
  'GET /api/people/:id/fatigue': one('assistant', 'person'),
  'GET /api/fatigue': list('assistant'),
  'GET /api/fatigue/people': list('assistant'),
  'GET /api/approvals': list('analyst', (mine) => [mine.approval, mine.mark]),
  'GET /api/approvals/:id': one('analyst', 'approval'),
  'POST /api/approvals': {
    ...{ who: 'operator', refused: [404] },
    reach: (theirs) => [
      { body: { kind: 'journey.launch', subject: theirs.journey } },
      { body: { kind: 'groups.launch', subject: theirs.groupPlan } },
    ],
  },
  'POST /api/approvals/:id/approve': { ...one('operator', 'approval', false, { people: 5 }), machine: false },
  'POST /api/approvals/:id/refuse': { ...one('operator', 'approval', false, { word: 'no' }), machine: false },
  'POST /api/approvals/:id/withdraw': one('operator', 'approval', false),
  'GET /api/limits': list('analyst'),
  'GET /api/mass-messages/waiting': list('assistant'),
  'POST /api/mass-messages/remind': whole('operator', { ids: ['msg-of-nobody'] }),
  'POST /api/channels/wecom/plan': { who: 'analyst', reach: (theirs) => [{ body: { audienceId: theirs.audience } }], refused: [404] },
  'GET /api/moments': list('analyst'),
  'GET /api/moments/choices': list('analyst'),
  'GET /api/moments/:id': { who: 'analyst', reach: () => [at('mo_none')], refused: [404] },
  'POST /api/moments/check': { who: 'analyst', reach: (theirs) => [{ body: { contentId: theirs.content } }], refused: [400] },
  'POST /api/moments': { who: 'operator', reach: (theirs) => [{ body: { contentId: theirs.content } }], refused: [400] },
  'POST /api/moments/:id/cancel': { who: 'operator', reach: () => [at('mo_none')], refused: [404] },
  'GET /api/staff-messages': list('analyst'),
  'POST /api/staff-messages': whole('operator', { staff: ['nobody'], text: 'x' }),
  'PUT /api/limits/:key': { who: 'operator', reach: () => [{ path: 'no.such', body: {} }], refused: [404] },
  'DELETE /api/limits/:key': { who: 'operator', reach: () => [{ path: 'no.such' }], refused: [404] },

  'GET /api/experiments': list('analyst', (mine) => [mine.experiment, mine.mark]),
  'POST /api/experiments': whole('operator', {}),
  'POST /api/experiments/plan': {
    who: 'analyst',
    reach: (theirs) => [{ body: { ...plannedBy(theirs.audience) } }],
    refused: [400],
    own: (mine) => ({ body: plannedBy(mine.audience) }),
  },
  'GET /api/experiments/:id': one('analyst', 'experiment'),
  'PATCH /api/experiments/:id': one('operator', 'experiment', true, { name: 'Renamed' }),
  'POST /api/experiments/:id/launch': one('operator', 'experiment', false),
  'POST /api/experiments/:id/stop': one('operator', 'experiment', false),
  'POST /api/experiments/:id/decide': one('operator', 'experiment', false, { arm: null }),
  'POST /api/experiments/:id/assign': one('operator', 'experiment', false, { people: ['p_0000000'] }),
  'GET /api/experiments/:id/results': one('analyst', 'experiment'),
  'POST /api/experiments/:id/people': one('analyst', 'experiment', true, {}),
  'GET /api/journeys': list('analyst', (mine) => [mine.journey, mine.mark]),
  'POST /api/journeys': whole('operator', {}),
  'GET /api/journeys/:id': one('analyst', 'journey'),
  'GET /api/journeys/:id/foresight': one('analyst', 'journey'),
  'GET /api/journeys/:id/foresight/people': {
    ...{ who: 'analyst', refused: [404] },
    reach: (theirs) => [at(`${theirs.journey}?node=send&reason=goes`)],
  },
  'PATCH /api/journeys/:id': {
    ...one('operator', 'journey', true, { name: 'Renamed' }),
    reach: (theirs, mine) => [
      { ...at(theirs.journey), body: { name: 'Reached' } },
      // Ours stays ours, but what it sends or asks for may not be another's: a running journey takes no graph with problems.
      { ...at(mine.journey), body: draft(mine, { id: 'n', type: 'send', channel: 'webhook', contentId: theirs.content }) },
      {
        ...at(mine.journey),
        body: draft(mine, { id: 'n', type: 'branch', branches: [{ key: 'k', name: 'K', rule: { audience: theirs.audience } }] }),
      },
    ],
    refused: [400, 404, 409],
  },
  'POST /api/journeys/check': { who: 'analyst', ask: () => ({ body: { graph: { nodes: [], edges: [] } } }) },
  'GET /api/journeys/templates': list('analyst'),
  'POST /api/journeys/templates/:key': { who: 'operator', reach: () => [{ path: 'none' }], refused: [404] },
  'POST /api/journeys/:id/enter': one('operator', 'journey', false, { people: ['p_0000000'], key: 'k' }),
  'POST /api/journeys/:id/try': one('analyst', 'journey', false, { personId: 'p_0000000' }),
  'POST /api/journeys/:id/launch': one('operator', 'journey', false),
  'POST /api/journeys/:id/pause': one('operator', 'journey'),
  'POST /api/journeys/:id/resume': one('operator', 'journey'),
  'POST /api/journeys/:id/archive': one('operator', 'journey'),
  'GET /api/journeys/:id/results': one('analyst', 'journey'),
  'GET /api/journeys/:id/people': one('analyst', 'journey'),

  'POST /api/insight/suitability': question({}),
  'GET /api/position': list('analyst'),
  'PUT /api/position': whole('operator', { need: 5 }),
  'GET /api/position/progress': list('analyst'),
  'POST /api/position/purposes': question(range),
  'GET /api/position/value': { ...list('analyst'), ask: () => ({ path: '?count=2' }) },
  'GET /api/koc': list('analyst'),
  'GET /api/koc/settings': list('analyst'),
  'PUT /api/koc/settings': whole('operator', { windowDays: 'x' }),
  'POST /api/koc/ranks/recompute': whole('operator', {}),
  'GET /api/insight/overview': list('analyst'),
  'POST /api/insight/aarrr': question(range),
  'POST /api/insight/ladder': question(range),
  'POST /api/insight/flows': question(range),
  'POST /api/insight/funnel': question(steps, ({ body }) => {
    if (body.rows[0].people !== 1) throw new Error(`the funnel counts ${body.rows[0].people} people where 1 is ours`);
  }),
  'POST /api/insight/retention': question({
    first: { event: 'Order Completed' },
    return: { event: 'Order Completed' },
    ...range,
    period: 'month',
    count: 3,
  }),
  'POST /api/insight/dwell': question(range),
  'POST /api/insight/moves': question({ ...range, move: 'up' }),
  'POST /api/insight/trend': question({ series: [{ event: 'Order Completed' }], ...range, interval: 'day' }),
  'POST /api/insight/paths': question(range),
  'POST /api/insight/stickiness': question({ done: { event: 'Order Completed' }, ...range, interval: 'day' }),
  'POST /api/insight/lifecycle': question({ done: { event: 'Order Completed' }, ...range, interval: 'day' }),
  'POST /api/insight/distribution': question({ done: { event: 'Order Completed' }, ...range, of: 'events' }),
  'POST /api/insight/worth': question(range),
  'GET /api/insight/questions': list('analyst', (mine) => [mine.question, mine.mark]),
  'POST /api/insight/questions': whole('analyst', {}),
  'GET /api/insight/questions/:id': one('analyst', 'question'),
  'PATCH /api/insight/questions/:id': one('analyst', 'question', true, { days: 7 }),
  'DELETE /api/insight/questions/:id': one('analyst', 'question'),
  'GET /api/insight/questions/:id/answer': one('analyst', 'question'),
  'POST /api/insight/value': question({ by: 'all' }),
  'POST /api/insight/value/fit': whole('operator', {}),
  'POST /api/insight/heat': question({}),
  'POST /api/insight/heat/fit': whole('operator', {}),
  'GET /api/people/:id/value': one('assistant', 'person'),
  'GET /api/people/:id/heat': one('assistant', 'person'),
  'GET /api/people/:id/recommendations': one('assistant', 'person'),
  'GET /api/matching/model': list('analyst'),
  'GET /api/matching/policy': list('analyst'),
  'GET /api/matching/settings': list('analyst'),
  'PATCH /api/matching/settings': whole('operator', { content: { floor: 0.06 } }),
  'POST /api/matching/recompute': whole('operator', {}),
  'POST /api/matching/pick': {
    who: 'analyst',
    ask: (mine) => ({ body: { people: [mine.person] } }),
    reach: (theirs, mine) => [{ body: { people: [mine.person, theirs.person] } }],
    refused: [404],
  },
  'GET /api/matching/products': list('analyst'),
  'GET /api/matching/products/:id/together': { who: 'analyst', reach: () => [at('nothing-so-called')], refused: [404] },
  'GET /api/matching/products/:id/next': { who: 'analyst', reach: () => [at('nothing-so-called')], refused: [404] },
  'POST /api/insight/people': {
    who: 'analyst',
    ask: () => ({ body: { question: { kind: 'funnel', ...steps }, cell: { step: 1 } } }),
    shows: (mine) => [mine.person, mine.mark],
  },
};

/** The address and the body of a call at a route. */
export function callOf(route: string, part: Partial<Call>): Call {
  const [method, url] = route.split(' ') as [string, string];
  const { path = '', ...rest } = part;
  if (!url.includes(':id') && (path === '' || !url.includes(':'))) return { method, ...rest, path: url + path };
  // What follows a question mark is the query, not the id.
  const [ids = '', ...query] = path.split('?');
  const filled = ids.split('/').reduce((address, id) => address.replace(/:\w+/, encodeURIComponent(id)), url);
  return { method, ...rest, path: [filled, ...query].join('?') };
}

export const texts = (answer: Answer): string => (typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body as Json));
