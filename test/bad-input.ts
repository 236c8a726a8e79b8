import { gzipSync } from 'node:zlib';
import { wechatCases } from './bad-input-wechat.ts';
import { API_KEY, basic, WRITE_KEY } from './running.ts';

/** One request that does not fit, and the answer it gets. */
export interface Case {
  /** `POST /api/…` */
  at: string;
  /** What is wrong with it. */
  wrong: string;
  /** Sent as JSON; text and bytes as they are; a function makes a fresh form. */
  body?: unknown;
  headers?: Record<string, string>;
  /** An API key in place of the usual one; null: none. */
  key?: string | null;
  status: number;
  /** The field that the answer names; undefined where there is none to name (a missing thing, a missing right). */
  field?: string;
  /** What is said of the field, or in title and detail. */
  says: RegExp;
}

const json = { 'content-type': 'application/json' };
const asWriter = { authorization: basic(WRITE_KEY), ...json };
const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
const external = (...ids: unknown[]) => ({ event: 'X', context: { externalIds: ids } });
const form = (fields: Record<string, string>, file?: string, name = 'orders.csv'): (() => FormData) => {
  return () => {
    const data = new FormData();
    for (const [key, value] of Object.entries(fields)) data.append(key, value);
    if (file !== undefined) data.append('file', new Blob([file]), name);
    return data;
  };
};
const orders = 'order_id,customer,time,amount\n1,u1,2026-01-01T00:00:00Z,10\n';
const range = { from: '2026-01-01', to: '2026-02-01' };
const week = { days: 7 };
const entry = { id: 'entry', type: 'entry', event: 'X' };

const door = (type: string, wrong: string, body: unknown, field: string | undefined, says: RegExp, more: Partial<Case> = {}): Case => ({
  at: `POST /v1/${type}`,
  wrong,
  body,
  headers: asWriter,
  status: 400,
  ...(field === undefined ? {} : { field }),
  says,
  key: null,
  ...more,
});
const api = (at: string, wrong: string, body: unknown, field: string | undefined, says: RegExp, status = 400): Case => ({
  at,
  wrong,
  ...(body === undefined ? {} : { body }),
  status,
  ...(field === undefined ? {} : { field }),
  says,
});
const track = { userId: 'u', event: 'X' };
const nobody = 'p_0000001';

const eventDoors: Case[] = [
  door('track', 'no body', '', 'body', /JSON object/),
  door('track', 'half a body', '{"event": "X"', 'body', /JSON object/),
  door('track', 'a list', '[]', 'body', /JSON object/),
  door('track', 'a number', '7', 'body', /JSON object/),
  door('track', 'bytes that are no text', new Uint8Array([0xff, 0x00, 0xfe, 0x80]), 'body', /JSON object/),
  door('track', 'says gzip and is not', 'x', 'body', /gzip/, { headers: { ...asWriter, 'content-encoding': 'gzip' } }),
  door('track', 'an encoding of another kind', 'x', 'content-encoding', /gzip or none/, {
    headers: { ...asWriter, 'content-encoding': 'br' },
    status: 415,
  }),
  door('track', 'more than fits', `{"event":"${'x'.repeat(9_000_000)}"}`, undefined, /8 MB/, { status: 413 }),
  door('track', 'gzip that unpacks to too much', gzipSync(Buffer.alloc(40 * 1024 * 1024, 32)), undefined, /32 MB/, {
    headers: { ...asWriter, 'content-encoding': 'gzip' },
    status: 413,
  }),
  door('track', 'no event', { userId: 'u' }, 'event', /text that names what happened/),
  door('track', 'an event that is a number', { ...track, event: 5 }, 'event', /text that names what happened/),
  door('track', 'an event of blanks', { ...track, event: '  ' }, 'event', /text that names what happened/),
  door('track', 'an event as long as a story', { ...track, event: 'x'.repeat(201) }, 'event', /longer than 200.*properties/),
  door('track', 'nobody', { event: 'X' }, 'userId', /names nobody.*userId, anonymousId or context\.externalIds/),
  door('track', 'a placeholder for a user', { ...track, userId: 'NULL' }, 'userId', /placeholder/),
  door('track', 'a quoted placeholder', { ...track, userId: ' "undefined" ' }, 'userId', /placeholder/),
  door('track', 'zeros for a device', { event: 'X', anonymousId: '00000000-0000-0000-0000-000000000000' }, 'anonymousId', /placeholder/),
  door('track', 'a user that is an object', { ...track, userId: { id: 1 } }, 'userId', /text/),
  door('track', 'a user id without end', { ...track, userId: 'u'.repeat(501) }, 'userId', /longer than 500/),
  door('track', 'a time in words', { ...track, timestamp: 'yesterday' }, 'timestamp', /ISO 8601 such as 2026/),
  door('track', 'a day that is not', { ...track, timestamp: '2026-13-45' }, 'timestamp', /ISO 8601 such as 2026/),
  door('track', 'seconds for milliseconds', { ...track, timestamp: 1_700_000_000 }, 'timestamp', /milliseconds or ISO 8601/),
  door('track', 'a time long ago', { ...track, timestamp: '1890-01-01T00:00:00Z' }, 'timestamp', /1990 to 2100/),
  door('track', 'a time that is an object', { ...track, timestamp: {} }, 'timestamp', /ISO 8601/),
  door('track', 'properties that are a list', { ...track, properties: [1] }, 'properties', /object/),
  door('track', 'properties without bottom', { ...track, properties: deep(40) }, 'properties', /deeper than 16/),
  door('track', 'properties as large as a book', { ...track, properties: { text: 'x'.repeat(70_000) } }, 'properties', /64 kB/),
  door('track', 'a context that is a text', { ...track, context: 'web' }, 'context', /object/),
  door('track', 'a context as large as a book', { ...track, context: { text: 'x'.repeat(70_000) } }, 'context', /64 kB/),
  door('track', 'a message id that is empty', { ...track, messageId: '' }, 'messageId', /1 to 256/),
  door('track', 'a message id that is a number', { ...track, messageId: 4 }, 'messageId', /text/),
  door('track', 'a message id without end', { ...track, messageId: 'm'.repeat(257) }, 'messageId', /1 to 256/),
  door(
    'track',
    'external ids that are no list',
    { event: 'X', context: { externalIds: 'a' } },
    'context.externalIds',
    /list of \{id, type\}/,
  ),
  door('track', 'an external id without a type', external({ id: 'a' }), 'context.externalIds.0', /\{id, type\}/),
  door('track', 'an external id of an unknown type', external({ id: 'a', type: 'passport' }), 'context.externalIds.0', /passport/),
  door('track', 'a phone that is none', external({ id: 'call me', type: 'phone' }), 'context.externalIds.0', /phone number/),
  door('track', 'an e-mail that is none', external({ id: 'a at b', type: 'email' }), 'context.externalIds.0', /e-mail/),
  door('track', 'an openid without its app', external({ id: 'oXyz', type: 'wechat_openid' }), 'context.externalIds.0', /scoped/),
  door(
    'track',
    'too many external ids',
    external(...Array.from({ length: 51 }, (_, i) => ({ id: `d${i}`, type: 'device_id' }))),
    'context.externalIds',
    /more than 50/,
  ),
  door('page', 'a name that is a number', { userId: 'u', name: 5 }, 'name', /text/),
  door('page', 'nobody', { name: 'Home' }, 'userId', /names nobody/),
  door('screen', 'properties that are a text', { userId: 'u', name: 'Home', properties: 'x' }, 'properties', /object/),
  door('screen', 'a time that is none', { userId: 'u', timestamp: true }, 'timestamp', /ISO 8601/),
  door('identify', 'traits that are a text', { userId: 'u', traits: 'x' }, 'traits', /object/),
  door('identify', 'nobody', { traits: {} }, 'userId', /names nobody/),
  door('group', 'no group', { userId: 'u' }, 'groupId', /names the group/),
  door('group', 'a group that is a number', { userId: 'u', groupId: 7 }, 'groupId', /names the group/),
  door('alias', 'no previous id', { userId: 'u' }, 'previousId', /text/),
  door('alias', 'no user', { previousId: 'a' }, 'userId', /text/),
  door('alias', 'a placeholder', { previousId: 'guest', userId: 'u' }, 'previousId', /placeholder/),
  door('alias', 'two users who are two people', { previousId: 'taken-1', userId: 'taken-2' }, 'previousId', /./, { status: 409 }),
  door('batch', 'no list', { batch: {} }, 'batch', /list of messages/),
  door('batch', 'an empty list', { batch: [] }, 'batch', /at least one/),
  door('batch', 'more than a batch holds', { batch: Array.from({ length: 5001 }, () => track) }, 'batch', /at most 5000/, { status: 413 }),
  door('batch', 'nothing but bad messages', { batch: [{ type: 'track', userId: 'u' }, 5] }, 'batch.0.event', /names what happened/),
  door('batch', 'a kind of message that is none', { batch: [{ ...track, type: 'purchase' }] }, 'batch.0.type', /track, identify/),
  door('purchase', 'a door that is none', track, undefined, /nothing at this address/, { status: 404 }),
  door('track', 'no key', track, undefined, /key/i, { status: 401, headers: json }),
  door('track', 'a key of nobody', track, undefined, /key/i, { status: 401, headers: { authorization: basic('wrong'), ...json } }),
  door('track', 'an API key', track, undefined, /key/i, { status: 401, headers: { authorization: basic(API_KEY), ...json } }),
];

const people: Case[] = [
  api('GET /api/people?externalId=oXyz', 'no type', undefined, 'externalId', /type:value.*wechat_unionid/),
  api('GET /api/people?externalId=passport:1', 'an unknown type', undefined, 'externalId', /type:value.*wechat_unionid/),
  api('GET /api/people?externalId=phone:abc', 'a phone that is none', undefined, 'externalId', /phone number/),
  api('GET /api/people?externalId=user_id:null', 'a placeholder', undefined, 'externalId', /placeholder/),
  api('GET /api/people?cursor=nonsense', 'a cursor of nothing', undefined, 'cursor', /nextCursor/),
  api('GET /api/people?limit=0', 'a page of nothing', undefined, 'limit', /1/),
  api('GET /api/people?limit=many', 'a page size in words', undefined, 'limit', /number/),
  api('GET /api/people?limit=5000', 'a page as long as a book', undefined, 'limit', /500/),
  api(`GET /api/people?query=${'x'.repeat(300)}`, 'a query without end', undefined, 'query', /200/),
  api('GET /api/people?query=%00', 'a zero character', undefined, 'query', /zero|NUL/i),
  api('GET /api/people/%E0%A4%A', 'an address that cannot be decoded', undefined, undefined, /./),
  api('GET /api/people/nobody', 'nobody', undefined, undefined, /Person not found/, 404),
  api(`GET /api/people/${nobody}`, 'an id of nobody', undefined, undefined, /Person not found/, 404),
  api('GET /api/people/p_3zzzzzz', 'the largest id of nobody', undefined, undefined, /Person not found/, 404),
  api(`GET /api/people/${nobody}/events`, 'events of nobody', undefined, undefined, /Person not found/, 404),
  api('GET /api/people/{person}/events?cursor=e30', 'a cursor of another list', undefined, 'cursor', /nextCursor/),
  api('GET /api/people/{person}/events?cursor={timeless}', 'a cursor that was made up', undefined, 'cursor', /nextCursor/),
  { ...api('GET /api/people', 'no key', undefined, undefined, /key|sign/i, 401), key: null },
  { ...api('GET /api/people', 'a key of nobody', undefined, undefined, /key/i, 401), key: 'wrong' },
  { ...api('GET /api/people', 'a write key', undefined, undefined, /key/i, 401), key: WRITE_KEY },
  api('POST /api/people/tags', 'nobody', { personIds: [], key: 'vip' }, 'personIds', /1/),
  api('POST /api/people/tags', 'somebody unknown', { personIds: [nobody], key: 'vip' }, 'personIds.0', /nobody in this workspace/),
  api('POST /api/people/tags', 'a tag that rules give', { personIds: ['{person}'], key: 'refunded' }, 'key', /rule/),
  api('DELETE /api/people/tags', 'no tag', { personIds: ['{person}'] }, 'key', /./),
  api('GET /api/jobs/job_unknown', 'a job that is none', undefined, undefined, /not found/, 404),
  api('GET /api/jobs/a%20b', 'no id of a job', undefined, 'id', /id of a job/),
];

const imports: Case[] = [
  api('POST /api/imports', 'nothing', undefined, 'body', /./),
  api('POST /api/imports', 'JSON without a file', {}, 'uploadId', /./),
  api('POST /api/imports', 'a form without a file', form({ kind: 'orders' }), 'file', /multipart.*file/),
  api(
    'POST /api/imports',
    'a kind that is none',
    form({ kind: 'invoices' }, orders),
    'kind',
    /orders, refunds, members, people, events, products/,
  ),
  api('POST /api/imports', 'no kind', form({}, orders), 'kind', /orders/),
  api('POST /api/imports', 'a mapping that is no JSON', form({ kind: 'orders', mapping: '{' }, orders), 'mapping', /JSON/),
  api(
    'POST /api/imports',
    'a column that is not there',
    form({ kind: 'orders', mapping: '{"order_id":"nope"}' }, orders),
    'mapping.order_id',
    /column/,
  ),
  api('POST /api/imports', 'a target that is none', form({ kind: 'orders', mapping: '{"nope":"order_id"}' }, orders), 'mapping.nope', /./),
  api('POST /api/imports', 'a field that is none', form({ sort: 'orders' }, orders), 'sort', /file, kind, mapping/),
  api(
    'POST /api/imports',
    'a zone that is none',
    form({ kind: 'orders', options: '{"timezone":"Mars"}' }, orders),
    'options.timezone',
    /Asia\/Shanghai/,
  ),
  api('POST /api/imports', 'an upload that is none', { uploadId: 'upload_none', kind: 'orders' }, undefined, /Upload not found/, 404),
  api('POST /api/imports', 'an empty file', form({ kind: 'orders' }, ''), 'file', /./),
  api('POST /api/imports/inspect', 'no form', {}, 'file', /multipart/),
  api('POST /api/imports/inspect', 'an empty file', form({}, ''), 'file', /./),
  api('POST /api/imports/inspect', 'a picture', form({}, '\u0000\u0001PNG\u0000', 'a.png'), 'file', /./),
  api('GET /api/imports/import_none', 'an import that is none', undefined, undefined, /not found/, 404),
  api('GET /api/imports/import_none/rejected', 'rows of none', undefined, undefined, /not found/, 404),
  api('POST /api/imports/import_none/resume', 'none to go on with', undefined, undefined, /not found/, 404),
  api('GET /api/imports?cursor=nonsense', 'a cursor of nothing', undefined, 'cursor', /nextCursor/),
  api('GET /api/products?limit=-1', 'a page of less than nothing', undefined, 'limit', /1/),
];

const audiences: Case[] = [
  api('POST /api/audiences/preview', 'no rule', {}, 'rule', /rule/),
  api('POST /api/audiences/preview', 'a rule that is a text', { rule: 'all' }, 'rule', /object/),
  api('POST /api/audiences/preview', 'a rule of nothing known', { rule: { colour: 'red' } }, 'rule', /all, any, not/),
  api('POST /api/audiences/preview', 'two rules side by side', { rule: { stage: 'new', tier: 'loyal' } }, 'rule', /all/),
  api('POST /api/audiences/preview', 'no operator', { rule: { trait: 'city', value: '杭州' } }, 'rule.op', /one of/),
  api('POST /api/audiences/preview', 'an operator that is none', { rule: { trait: 'a', op: '~', value: 1 } }, 'rule.op', /one of =/),
  api('POST /api/audiences/preview', 'no value', { rule: { trait: 'a', op: '=' } }, 'rule.value', /needs a value/),
  api(
    'POST /api/audiences/preview',
    'a count of words',
    { rule: { event: 'X', count: { op: '>=', value: 'two' } } },
    'rule.count.value',
    /number/,
  ),
  api(
    'POST /api/audiences/preview',
    'a window of two kinds',
    { rule: { event: 'X', within: { days: 3, from: '2026-01-01T00:00:00Z' } } },
    'rule.within',
    /exactly one/,
  ),
  api(
    'POST /api/audiences/preview',
    'a window the wrong way round',
    {
      rule: { event: 'X', within: { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' } },
    },
    'rule.within',
    /before/,
  ),
  api(
    'POST /api/audiences/preview',
    'a bad part in a list',
    { rule: { all: [{ stage: 'new' }, { event: 'X', where: [{ property: 'a', op: '??' }] }] } },
    'rule.all.1.where.0.op',
    /one of/,
  ),
  api(
    'POST /api/audiences/preview',
    'a sequence without length',
    { rule: { sequence: [{ event: 'A' }, { event: 'B' }] } },
    'rule.within',
    /./,
  ),
  api('POST /api/audiences', 'no name', { rule: { stage: 'new' } }, 'name', /./),
  api('POST /api/audiences', 'a name of blanks', { name: '  ', rule: { stage: 'new' } }, 'name', /./),
  api('POST /api/audiences', 'no rule', { name: 'A' }, 'rule', /rule/),
  api('POST /api/audiences', 'live in words', { name: 'A', rule: { stage: 'new' }, live: 'yes' }, 'live', /boolean/),
  api('POST /api/audiences', 'an audience that is none', { name: 'A', rule: { audience: 'audience_none' } }, 'rule.audience', /./),
  api('PATCH /api/audiences/{audience}', 'an audience of itself', { rule: { audience: '{audience}' } }, 'rule.audience', /./),
  api('PATCH /api/audiences/audience_none', 'an audience that is none', { name: 'B' }, undefined, /not found/, 404),
  api('GET /api/audiences/audience_none', 'an audience that is none', undefined, undefined, /not found/, 404),
  api('GET /api/audiences/audience_none/members', 'members of none', undefined, undefined, /not found/, 404),
  api('GET /api/audiences/{audience}/members?cursor=zzz', 'a cursor of nothing', undefined, 'cursor', /nextCursor/),
  api('DELETE /api/audiences/audience_none', 'an audience that is none', undefined, undefined, /not found/, 404),
  api('POST /api/audiences', 'a body that is no JSON', '{"name":', 'body', /JSON/),
  {
    ...api('POST /api/audiences', 'a body of another type', 'name=A', undefined, /application\/json/, 415),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  api('PUT /api/definitions/levels', 'none', { items: [] }, 'items', /./),
  api(
    'PUT /api/definitions/levels',
    'one twice',
    { items: ['a', 'a'].map((key) => ({ key, name: { zh: '甲', en: 'A' }, rule: { all: [] } })) },
    'items',
    /same key/,
  ),
  api(
    'PUT /api/definitions/stages',
    'a key of blanks',
    { items: [{ key: ' ', name: { zh: '甲', en: 'A' }, rule: { all: [] } }] },
    'items.0.key',
    /letters, digits/,
  ),
  api(
    'PUT /api/definitions/tiers',
    'a rule that is none',
    { items: [{ key: 'a', name: { zh: '甲', en: 'A' }, rule: {} }] },
    'items.0.rule',
    /needs one of/,
  ),
  api('POST /api/tags', 'a name in one language', { key: 'a', name: { zh: '甲' } }, 'name.en', /./),
  api('POST /api/tags', 'a key that is taken', { key: 'vip', name: { zh: '甲', en: 'A' } }, 'key', /./, 409),
  api('PATCH /api/tags/tag_none', 'a tag that is none', { name: { zh: '甲', en: 'A' } }, undefined, /not found/, 404),
  api('DELETE /api/tags/tag_none', 'a tag that is none', undefined, undefined, /not found/, 404),
];

const content: Case[] = [
  api('POST /api/content', 'no words', { name: 'A', body: ' ' }, 'body', /write what the person will read/),
  api('POST /api/content', 'no name', { body: 'x' }, 'name', /./),
  api('POST /api/content', 'a purpose that is none', { name: 'A', body: 'x', purpose: 'spam' }, 'purpose', /notify/),
  api('POST /api/content', 'Liquid that does not end', { name: 'A', body: '{% if person.name %}' }, 'body', /line 1/),
  api('POST /api/content', 'a filter that is none', { name: 'A', body: '{{ person.name | shout }}' }, 'body', /shout/),
  api('POST /api/content', 'a link that runs', { name: 'A', body: 'x', link: { url: 'javascript:alert(1)' } }, 'link.url', /https/),
  api('PATCH /api/content/{content}', 'no change', {}, 'body', /must change something/),
  api('PATCH /api/content/content_none', 'content that is none', { name: 'A' }, undefined, /not found/, 404),
  api('DELETE /api/content/content_none', 'content that is none', undefined, undefined, /not found/, 404),
  api('POST /api/content/{content}/render', 'for nobody', { personId: nobody }, undefined, /Person not found/, 404),
];

const metric = { key: 'k', name: 'K', kind: 'conversion', event: 'X' };
const trial = (more: object) => ({
  name: 'E',
  definition: {
    on: { kind: 'api' },
    arms: ['a', 'b'].map((key) => ({ key, name: key, weight: 1 })),
    ...{ control: 'a', primary: metric, ...more },
  },
});
const experiments: Case[] = [
  api('POST /api/experiments', 'no definition', { name: 'E' }, 'definition', /./),
  api('POST /api/experiments', 'one arm', trial({ arms: [{ key: 'a', name: 'A', weight: 1 }] }), 'definition.arms', /two or more/),
  api('POST /api/experiments', 'a control that is no arm', trial({ control: 'z' }), 'definition.control', /no arm; name/),
  api('POST /api/experiments', 'one metric twice', trial({ secondary: [metric] }), 'definition.primary.key', /key of its own/),
  api(
    'POST /api/experiments',
    'a condition that is none',
    trial({ primary: { ...metric, where: [{ property: 'x', op: '~' }] } }),
    'definition.primary.where[0].op',
    /./,
  ),
  api('POST /api/experiments/exp_none/launch', 'an experiment that is none', undefined, undefined, /not found/, 404),
  api('GET /api/experiments/exp_none/results', 'results of none', undefined, undefined, /not found/, 404),
];

const journeys: Case[] = [
  api('POST /api/journeys', 'no name', { graph: { nodes: [], edges: [] } }, 'name', /./),
  api('POST /api/journeys', 'no graph', { name: 'J' }, 'graph', /\{nodes, edges\}/),
  api('POST /api/journeys', 'nodes that are no list', { name: 'J', graph: { nodes: {}, edges: [] } }, 'graph.nodes', /list/),
  api(
    'POST /api/journeys',
    'a node that is none',
    { name: 'J', graph: { nodes: [{ id: 'a', type: 'dance' }], edges: [] } },
    'graph.nodes.0.type',
    /entry, wait, until, window, branch/,
  ),
  api('POST /api/journeys', 'one id twice', { name: 'J', graph: { nodes: [entry, entry], edges: [] } }, 'graph.nodes.1.id', /twice/),
  api(
    'POST /api/journeys',
    'an edge to nowhere',
    { name: 'J', graph: { nodes: [entry], edges: [{ from: 'entry', to: 'x' }] } },
    'graph.edges.0.to',
    /names no node/,
  ),
  api(
    'POST /api/journeys',
    'a circle',
    {
      name: 'J',
      graph: {
        nodes: [entry, { id: 'a', type: 'wait', days: 1 }, { id: 'b', type: 'wait', days: 1 }],
        edges: [
          { from: 'a', to: 'b' },
          { from: 'b', to: 'a' },
        ],
      },
    },
    'graph.nodes.1',
    /circle/,
  ),
  api(
    'POST /api/journeys',
    'a wait of less than nothing',
    { name: 'J', graph: { nodes: [entry, { id: 'w', type: 'wait', days: -1 }], edges: [] } },
    'graph.nodes.1.days',
    /above 0/,
  ),
  api(
    'POST /api/journeys',
    'a channel that is none',
    { name: 'J', graph: { nodes: [entry, { id: 's', type: 'send', channel: 'pigeon' }], edges: [] } },
    'graph.nodes.1.channel',
    /wecom/,
  ),
  api(
    'POST /api/journeys',
    'a bad rule in a branch',
    { name: 'J', graph: { nodes: [entry, { id: 'b', type: 'branch', branches: [{ key: 'k', rule: { trait: 'x' } }] }], edges: [] } },
    'graph.nodes.1.branches.0.rule.op',
    /one of/,
  ),
  api('POST /api/journeys/{journey}/launch', 'a draft with problems', undefined, 'graph.nodes', /no entry; add one/),
  api('POST /api/journeys/{journey}/pause', 'a draft', undefined, undefined, /./, 409),
  api('POST /api/journeys/journey_none/launch', 'a journey that is none', undefined, undefined, /not found/, 404),
  api('PATCH /api/journeys/{journey}', 'no change', {}, 'body', /must change something/),
  api('GET /api/journeys/journey_none/results', 'results of none', undefined, undefined, /not found/, 404),
  api('GET /api/journeys/{journey}/results?version=first', 'a version in words', undefined, 'version', /number/),
  api('GET /api/journeys/{journey}/people?state=lost', 'a state that is none', undefined, 'state', /entered/),
];

const channels: Case[] = [
  api('PUT /api/channels/wecom', 'nothing', {}, 'corpId', /./),
  api(
    'PUT /api/channels/wecom',
    'a key of the wrong length',
    { corpId: 'ww1', secret: 's', token: 't', encodingAesKey: 'short' },
    'encodingAesKey',
    /43/,
  ),
  api('PUT /api/channels/webhook', 'no address', {}, 'url', /./),
  api('PUT /api/channels/webhook', 'an address inside', { url: 'http://127.0.0.1:9/', secret: 'a secret of sixteen' }, 'url', /./),
  api(
    'PUT /api/channels/webhook',
    'the metadata of a cloud',
    { url: 'http://169.254.169.254/latest', secret: 'a secret of sixteen' },
    'url',
    /./,
  ),
  api('POST /api/channels/webhook/test', 'a channel that is not set up', undefined, undefined, /not set up/, 404),
  api('PUT /api/policy', 'no change', {}, 'body', /must change something/),
  api('PUT /api/policy', 'an hour that is none', { quietHours: { from: '25:00', to: '08:00' } }, 'quietHours.from', /22:00/),
  api('PUT /api/policy', 'a cap of no days', { caps: [{ messages: 1, days: 0 }] }, 'caps.0.days', /1 to 90/),
  api(
    'PUT /api/policy',
    'one cap twice',
    {
      caps: [
        { messages: 1, days: 7 },
        { messages: 2, days: 7 },
      ],
    },
    'caps',
    /twice/,
  ),
  api('GET /api/messages?state=lost', 'a state that is none', undefined, 'state', /queued/),
  api('GET /api/messages?cursor=zzz', 'a cursor of nothing', undefined, 'cursor', /nextCursor/),
  api('GET /api/messages/summary?days=0', 'no days', undefined, 'days', /1/),
  { ...api('GET /t/forged', 'a link that we never made', undefined, undefined, /not found/, 404), key: null },
  {
    ...api(
      'GET /wecom/callback/chan_none?msg_signature=a&timestamp=1&nonce=b&echostr=c',
      'an account that is none',
      undefined,
      undefined,
      /WeCom account/,
      404,
    ),
    key: null,
  },
  {
    ...api('GET /wechat/callback/chan_none?signature=a', 'an account that is none', undefined, undefined, /WeChat account/, 404),
    key: null,
  },
  {
    ...api('POST /wechat/callback/chan_none', 'a callback to an account that is none', '<xml/>', undefined, /WeChat account/, 404),
    key: null,
  },
  api('GET /api/groups?state=lost', 'a state that is none', undefined, 'state', /open/),
  api('GET /api/groups/wr_none', 'a group that is none', undefined, undefined, /not found/, 404),
  api('PATCH /api/groups/wr_none', 'no purpose', {}, 'purpose', /./),
  api('PUT /api/channels/official_account', 'nothing', {}, 'appId', /./),
  api('PUT /api/channels/mini_program', 'nothing', {}, 'appId', /./),
  { ...api('POST /wecom/callback/chan_none', 'a callback without a signature', '<xml/>', 'msg_signature', /missing/), key: null },
];

const insight: Case[] = [
  api('GET /api/insight/overview?days=-3', 'days before', undefined, 'days', /./),
  api('POST /api/insight/funnel', 'nothing', undefined, 'body', /object/),
  api('POST /api/insight/funnel', 'no steps', { steps: [], within: week, ...range }, 'steps', /at least one step/),
  api('POST /api/insight/funnel', 'no window', { steps: [{ event: 'A' }], ...range }, 'within', /days.*hours/),
  api(
    'POST /api/insight/funnel',
    'a date that is none',
    { steps: [{ event: 'A' }], within: week, from: '2026-02-30', to: '2026-03-01' },
    'from',
    /2026-01-31/,
  ),
  api(
    'POST /api/insight/funnel',
    'an end before its beginning',
    { steps: [{ event: 'A' }], within: week, from: range.to, to: range.from },
    'to',
    /after/,
  ),
  api(
    'POST /api/insight/funnel',
    'a breakdown that is none',
    { steps: [{ event: 'A' }], within: week, ...range, breakdown: { by: 'moon' } },
    'breakdown',
    /carrier/,
  ),
  api('POST /api/insight/funnel', 'a field that is none', { steps: [{ event: 'A' }], within: week, ...range, speed: 9 }, 'body', /speed/),
  api(
    'POST /api/insight/retention',
    'a period that is none',
    { first: { event: 'A' }, return: { event: 'B' }, ...range, period: 'year', count: 4 },
    'period',
    /day/,
  ),
  api('POST /api/insight/retention', 'no return', { first: { event: 'A' }, ...range, period: 'day', count: 4 }, 'return', /./),
  api('POST /api/insight/aarrr', 'a carrier that is none', { ...range, carrier: 'balloon' }, 'carrier', /wecom/),
  api('POST /api/insight/flows', 'no dates', {}, 'from', /2026-01-31/),
  api('POST /api/insight/ladder', 'an end before its beginning', { from: range.to, to: range.from }, 'to', /after/),
  api('POST /api/insight/people', 'a question that is none', { question: { kind: 'guess' }, cell: {} }, 'question.kind', /./),
  api('POST /api/insight/people', 'a cell of another question', { question: { kind: 'flows', ...range }, cell: { step: 1 } }, 'cell', /./),
];

const access: Case[] = [
  {
    ...api(
      'POST /api/auth/sign-in/email',
      'a wrong password',
      { email: 'owner@example.com', password: 'guess' },
      undefined,
      /password/i,
      401,
    ),
    key: null,
  },
  { ...api('POST /api/auth/sign-in/email', 'no e-mail', { email: 'me', password: 'guess' }, 'email', /e-mail/), key: null },
  api('POST /api/keys', 'a machine that makes keys', { kind: 'api', name: 'K' }, undefined, /Sign in/, 403),
  api('GET /api/audit', 'a machine that reads the record', undefined, undefined, /Sign in/, 403),
  api('PATCH /api/workspace', 'a zone that is none', { timezone: 'Mars/Olympus' }, 'timezone', /Asia\/Shanghai/),
  api('PATCH /api/workspace', 'a currency that is none', { currency: 'YEN!' }, 'currency', /CNY/),
  api('GET /api/nowhere', 'an address that is none', undefined, undefined, /nothing at this address/, 404),
];

export const badInput: Case[] = [
  ...eventDoors,
  ...people,
  ...imports,
  ...audiences,
  ...content,
  ...experiments,
  ...journeys,
  ...channels,
  ...wechatCases(api),
  ...insight,
  ...access,
];
