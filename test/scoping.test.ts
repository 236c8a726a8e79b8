import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeTable } from '../src/access/index.ts';
import { personNo } from '../src/people/index.ts';
import { API_KEY, basic, type Json, OWNER, type Running, running, until, WRITE_KEY } from './running.ts';
import { callOf, cases, type Holdings, pullSource, texts, turn, type Who } from './scoping-cases.ts';
import { bindingRulesOfTest, externalId } from './scoping-cases-binding.ts';

/** Two workspaces with everything in them, under the same names, and a walk over all routes from one of them. */
let y: Running;
let sink: Server;
let sinkUrl = '';
let mine: Holdings;
let theirs: Holdings;
let ours: { apiKey: string; writeKey: string; cookie: string };
let others: { apiKey: string; writeKey: string; cookie: string };
const sessions = {} as Record<Who, string>;

const ok = async (answer: Promise<Json>): Promise<Json> => {
  const { status, body } = await answer;
  expect([status, status < 300 ? '' : JSON.stringify(body)]).toEqual([status, '']);
  return body as Json;
};

beforeAll(async () => {
  sink = createServer((_req, res) => res.end());
  await new Promise<void>((ready) => sink.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(sink.address() as AddressInfo).port}`;
  sinkUrl = `http://${host}/`;
  y = await running({ env: { YUTANG_WEBHOOK_ALLOW: host }, consoleDir: fileURLToPath(new URL('../dist/console', import.meta.url)) });
  const root = await y.signIn();

  // The second workspace is made by the first owner, handed to its own, and left.
  const made = await ok(y.post('/api/workspaces', { name: 'Second' }, { cookie: root }));
  const there = { cookie: root, headers: { 'x-workspace': made.id as string } };
  const bob = { email: 'bob@example.com', password: 'a password of bob' };
  await ok(y.post('/api/members', { ...bob, name: 'Bob', role: 'owner' }, there));
  const bobs = await y.signIn(bob);
  const ownerThere = (await y.get('/api/members', there)).body.items.find((m: Json) => m.email === OWNER.email);
  expect((await y.call({ method: 'DELETE', path: `/api/members/${ownerThere.id}`, cookie: bobs })).status).toBe(204);
  const key = async (kind: string) => (await ok(y.post('/api/keys', { kind, name: `Key ${kind}` }, { cookie: bobs }))).secret as string;
  others = { cookie: bobs, apiKey: await key('api'), writeKey: await key('write') };
  ours = { cookie: root, apiKey: API_KEY, writeKey: WRITE_KEY };

  [mine, theirs] = await Promise.all([fill(ours, 'heron'), fill(others, 'otter')]);
  for (const role of ['assistant', 'analyst', 'operator'] as const) {
    const who = { email: `${role}@example.com`, password: `a password of ${role}` };
    await ok(y.post('/api/members', { ...who, name: role, role }, { cookie: root }));
    sessions[role] = await y.signIn(who);
  }
  sessions.owner = root;
  // All that this wrote is counted for the catalogue, which else grows between two looks.
  await y.system.events.flush();
  await y.system.health.soon(60_000);
});
afterAll(async () => {
  await y?.close();
  sink?.close();
});

/** The same things in each workspace, told apart only by the mark in their names. */
async function fill(who: typeof ours, mark: string): Promise<Holdings> {
  const post = (path: string, body?: unknown) => ok(y.post(path, body, { cookie: who.cookie }));
  const write = (type: string, message: object) =>
    ok(
      y.call({
        method: 'POST',
        path: `/v1/${type}`,
        body: message,
        key: null,
        headers: { authorization: basic(who.writeKey), 'content-type': 'application/json' },
      }),
    );
  const put = (path: string, body: object) => ok(y.call({ method: 'PUT', path, body, cookie: who.cookie }));
  const { id: workspace } = await ok(
    y.call({ method: 'PATCH', path: '/api/workspace', body: { name: `Pool ${mark}` }, cookie: who.cookie }),
  );
  await put('/api/policy', { quietHours: null });
  const channel = await put('/api/channels/wecom', {
    corpId: `ww-${mark}`,
    secret: `secret of ${mark}`,
    token: `token of ${mark}`,
    encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  });
  await put('/api/channels/webhook', { url: sinkUrl, secret: `a shared secret of ${mark}` });
  const { id: tag } = await post('/api/tags', { key: mark, name: { zh: mark, en: mark } });
  const { id: audience } = await post('/api/audiences', { name: `Buyers ${mark}`, rule: { event: 'Order Completed' }, live: true });
  const { id: content } = await post('/api/content', {
    name: `Note ${mark}`,
    body: `Dear ${mark} {{ link }}`,
    link: { url: 'https://example.com/' },
    scenes: [mark],
    rights: { until: new Date(Date.now() + 3 * 86_400_000).toISOString() },
  });
  await post('/api/content', { name: `Twin of ${mark}`, body: `Dear ${mark}` });
  const { id: touchpoint } = await post('/api/touchpoints', {
    kind: 'live_code',
    name: `Door ${mark}`,
    code: { targets: [{ no: 1, kind: 'url', name: mark, url: 'https://example.com/' }] },
  });
  const { id: poster } = await post('/api/posters', {
    name: `Poster ${mark}`,
    doc: { width: 400, height: 400, background: { colour: '#ffffff' }, layers: [], leadsTo: { touchpointId: touchpoint } },
  });
  const graph = {
    nodes: [
      { id: 'e', type: 'entry', event: 'Order Completed', name: mark },
      { id: 's', type: 'send', channel: 'webhook', contentId: content },
      { id: 'x', type: 'exit' },
    ],
    edges: [
      { from: 'e', to: 's' },
      { from: 's', to: 'x' },
    ],
  };
  const { id: journey } = await post('/api/journeys', { name: `Journey ${mark}`, graph });
  await post(`/api/journeys/${journey}/launch`);
  const approval = `apr_${mark}`;
  await y.system.pg.query(
    `INSERT INTO approvals (workspace_no, id, kind, subject, name, ask, print, people, above, asked_by, asked_at, state)
     SELECT no, $2, 'journey.launch', '', $3, '{}', '', 5, 1, '{"kind": "member", "id": "m", "name": "M"}', now(), 'waiting' FROM workspaces WHERE id = $1`,
    [workspace, approval, mark],
  );
  const { id: momentPlan } = await post('/api/sop/moments', { day: '2099-01-01', at: '09:00', contentId: content, series: mark });
  const { id: experiment } = await post('/api/experiments', {
    name: `Experiment ${mark}`,
    definition: {
      on: { kind: 'audience', audienceId: audience },
      arms: [
        { key: 'a', name: 'A', weight: 1 },
        { key: 'b', name: 'B', weight: 1 },
      ],
      control: 'a',
      primary: { key: 'k', name: 'K', kind: 'conversion', event: 'Order Completed' },
    },
  });
  const { id: member } = await post('/api/members', {
    email: `${mark}@example.com`,
    name: `Member ${mark}`,
    role: 'analyst',
    password: 'a password',
  });
  const { id: named } = await post('/api/named-events', { name: `Named ${mark}`, on: 'click', selector: 'button' });
  const { id: question } = await post('/api/insight/questions', {
    name: `Question ${mark}`,
    question: { kind: 'paths', from: '2025-01-01', to: '2027-01-01' },
    days: 30,
  });
  const { id: key } = await post('/api/keys', { kind: 'api', name: `Key ${mark}` });

  // The same user id in both: two people, who know nothing of each other.
  await write('identify', { userId: 'same-user', messageId: 'same-1', traits: { name: `Person ${mark}`, [`trait_${mark}`]: mark } });
  await write('track', { userId: 'same-user', messageId: 'same-2', event: `Viewed ${mark}`, properties: { [mark]: mark } });
  await write('track', {
    userId: 'same-user',
    messageId: 'same-3',
    event: 'Order Completed',
    properties: { order_id: 'same', revenue: 10, note: mark },
  });
  const person = await until(`${mark} to have a buyer`, async () => {
    const found = (await y.get('/api/people?externalId=user_id:same-user', { key: who.apiKey })).body.items[0];
    return found?.level === 'buyer' && (found as Json);
  });
  await ok(y.post('/api/people/tags', { personIds: [person.id], key: mark }, { cookie: who.cookie }));
  const customer = `wm-${mark}`;
  await write('identify', {
    messageId: 'same-5',
    context: { externalIds: [externalId('wecom_external_userid', `ww-${mark}:${customer}`)] },
  });
  const { id: unit } = await post('/api/org-units', { name: `Shop ${mark}`, kind: 'store' });
  const { id: staff } = await post('/api/staff', { id: `staff-${mark}`, name: `Staff ${mark}`, unitIds: [unit] });
  await put('/api/binding/rules', { rules: bindingRulesOfTest });
  const { id: dispute } = await post(`/api/people/${person.id}/disputes`, { claimant: staff, reason: `Claim of ${mark}` });
  const file = (field: Record<string, string>, text: string, name: string) => {
    const form = new FormData();
    for (const [k, v] of Object.entries(field)) form.append(k, v);
    form.append('file', new Blob([text]), name);
    return form;
  };
  const products = `product_id,product_name,price\nsame-product,Tea of ${mark},10\n,bad of ${mark},1\n`;
  const { id: importId } = await post('/api/imports', file({ kind: 'products' }, products, `${mark}.csv`));
  const hook = await post('/api/hooks', { name: `Hook ${mark}`, kind: 'people', mapping: { user_id: 'id' } });
  const pull = await post('/api/pulls', {
    name: `Pull ${mark}`,
    source: pullSource,
    query: 'people',
    cursor: 'id',
    kind: 'people',
    mapping: { user_id: 'id' },
    schedule: { byHand: true },
  });
  const { uploadId } = await post('/api/imports/inspect', file({}, `order_id,user_id,time\n1,${mark},2026-01-01\n`, `again-${mark}.csv`));
  const { id: job } = await post('/api/definitions/recompute');
  const message = await until('a message to be sent', async () => {
    const sent = (await y.get('/api/messages?state=sent', { key: who.apiKey })).body.items[0];
    return sent as Json | undefined;
  });
  expect(message.text).toContain(mark);
  await until('the import', async () => (await y.get(`/api/imports/${importId}`, { key: who.apiKey })).body.state === 'done');
  await until('the tag to count', async () => {
    const found = (await y.get(`/api/people/${person.id}`, { key: who.apiKey })).body;
    return found.tags.some((t: Json) => t.key === mark);
  });
  const token = /\/t\/([\w-]+)/.exec(message.text)![1]!;
  const [from, to] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];
  const { id: expected } = await post('/api/health/expected', { from, to, note: `Sale of ${mark}` });
  const finding = `find_${mark}`;
  const group = `wr${mark}`;
  await y.system.pg.query(
    'INSERT INTO wecom_groups (workspace_no, corp_id, chat_id, name, read_at) SELECT no, $2, $3, $2, now() FROM workspaces WHERE id = $1',
    [workspace, mark, group],
  );
  const { id: groupPlan } = await post('/api/groups/plans', {
    name: `Plan ${mark}`,
    purpose: mark,
    steps: [{ id: 'a', when: { kind: 'weekly', weekday: 4, time: '20:00' }, text: mark }],
  });
  const groupWelcome = `gw-${mark}`;
  await y.system.pg.query(
    `INSERT INTO group_welcomes (workspace_no, id, name, purpose, text, created_at, updated_at)
     SELECT no, $2, $3, $3, $3, now(), now() FROM workspaces WHERE id = $1`,
    [workspace, groupWelcome, mark],
  );
  await y.system.pg.query(
    `INSERT INTO health_findings (id, workspace_no, detector, subject, state, severity, first_at, last_at, opened_at, evidence)
     SELECT $1, workspace_no, 'volume_gap', 'all', 'closed', 'warning', $2, $3, $3, '{"observed":0,"expected":9,"low":4,"high":14,"unit":"events","certainty":-9,"by":[],"examples":[]}'
     FROM health_expected WHERE id = $4`,
    [finding, from, to, expected],
  );
  const [{ id: transfer = '' } = {}] = await y.system.pg.query<{ id: string }>(
    `INSERT INTO pay_transfers (workspace_no, key, person_no, account_id, mchid, out_bill_no, app_id, openid, amount_fen, currency, reason, request, created_at, updated_at)
     SELECT no, $2, $3, $2, $2, replace(gen_random_uuid()::text, '-', ''), $2, $2, 100, 'CNY', $2, '{}', now(), now() FROM workspaces WHERE id = $1
     RETURNING out_bill_no AS id`,
    [workspace, mark, personNo(person.id)],
  );
  const { id: coupon } = await post('/api/coupons', {
    name: `Coupon ${mark}`,
    terms: { type: 'amount', faceFen: 100, validity: { days: 30 } },
    stock: 9,
    perPerson: 5,
  });
  await post(`/api/coupons/${coupon}/launch`);
  await post(`/api/coupons/${coupon}/issue`, { personIds: [person.id], key: 'first' });
  const held = await ok(y.call({ path: `/api/people/${person.id}/coupons`, cookie: who.cookie }));
  return {
    coupon,
    couponCode: held.items[0].code as string,
    workspace,
    transfer,
    person: person.id,
    audience,
    content,
    journey,
    experiment,
    import: importId,
    hook: hook.id as string,
    pull: pull.id as string,
    upload: uploadId,
    tag,
    named,
    question,
    touchpoint,
    momentPlan,
    approval,
    poster,
    customer,
    unit,
    staff,
    dispute,
    member,
    key,
    job,
    wecom: channel.id,
    group,
    groupPlan,
    groupWelcome,
    token,
    finding,
    expected: expected as string,
    mark,
  };
}

/** Whether an answer tells of the other workspace: by a name or an id of its own. */
function tells(text: string, of: Holdings, but: string[] = []): string[] {
  return Object.values(of).filter((word) => !but.includes(word) && text.includes(word));
}

const routes = (): string[] => [
  ...new Set(
    routeTable(y.system.app)
      .filter((r) => !['HEAD', 'OPTIONS'].includes(r.method))
      .map((r) => `${r.method} ${r.url}`),
  ),
];
const inOrder = (): [string, (typeof cases)[string]][] => Object.entries(cases).sort(([a], [b]) => turn(a) - turn(b));

describe('every route', () => {
  it('has a case here', () => {
    expect(routes().filter((route) => !(route in cases))).toEqual([]);
    // The console's files are there only where it is built.
    expect(Object.keys(cases).filter((route) => !routes().includes(route) && !/console|picture/.test(cases[route]!.open ?? ''))).toEqual(
      [],
    );
  });

  it('has the two workspaces apart from the beginning', () => {
    for (const [name, id] of Object.entries(mine)) expect([name, id]).not.toEqual([name, (theirs as Json)[name]]);
    expect(Object.values({ ...mine, ...theirs }).every(Boolean)).toBe(true);
  });
});

describe('what belongs to one workspace', () => {
  const views = [
    'people',
    'audiences',
    'content',
    'journeys',
    'messages',
    'imports',
    'products',
    'definitions',
    'policy',
    'channels',
    'workspace',
    'keys',
  ];
  /** All that the other workspace holds, as its owner sees it. */
  const theirView = async (): Promise<string[]> => {
    const paths = [
      ...views.map((v) => `/api/${v}`),
      ...['audiences', 'content', 'journeys', 'imports'].map((v) => `/api/${v}/${(theirs as Json)[v.replace(/s$/, '')]}`),
      `/api/people/${theirs.person}/events`,
      `/api/journeys/${theirs.journey}/results`,
      '/api/members',
      '/api/me',
    ];
    const answers = await Promise.all(paths.map((path) => y.get(path, { cookie: others.cookie })));
    const still = /"(?:lastUsedAt|asOf|elapsedMs|health|healthy|warnings)":(?:"[^"]*"|\[[^\]]*\]|\{[^}]*\}|[^,}]*)/g;
    return answers.map((a, i) => `${paths[i]} ${a.status} ${texts(a).replace(still, '')}`);
  };

  for (const as of ['an API key', 'a session', 'a session that names the other workspace'] as const) {
    it(`is not seen by ${as} of the other`, async () => {
      const before = await theirView();
      for (const [route, { who, machine, ask, shows, reach, refused, check }] of inOrder()) {
        if (who === 'public' || who === 'ingest') continue;
        const machineMay = machine ?? who !== 'owner';
        const by =
          as === 'an API key'
            ? { key: ours.apiKey }
            : { cookie: ours.cookie, ...(as === 'a session' ? {} : { headers: { 'x-workspace': theirs.workspace } }) };
        if (as === 'an API key' && !machineMay) continue;
        if (ask) {
          const answer = await y.call({ ...callOf(route, ask(mine)), ...by });
          const text = texts(answer);
          expect([route, tells(text, theirs)]).toEqual([route, []]);
          if (as === 'a session that names the other workspace') expect([route, answer.status]).toEqual([route, 403]);
          else {
            if (shows) expect([route, answer.status, shows(mine).filter((word) => !text.includes(word))]).toEqual([route, 200, []]);
            check?.(answer, mine);
          }
        }
        for (const part of reach?.(theirs, mine) ?? []) {
          const answer = await y.call({ ...callOf(route, part), ...by });
          const where = `${route} ${JSON.stringify(part)}`;
          const expected = as === 'a session that names the other workspace' ? [403] : refused!;
          expect([where, answer.status, expected.includes(answer.status)]).toEqual([where, answer.status, true]);
          // An answer may repeat what was asked for.
          expect([where, tells(texts(answer), theirs, [...JSON.stringify(part).matchAll(/\w+/g)].map(String))]).toEqual([where, []]);
          if (answer.status === 200) expect([where, (answer.body as Json).items]).toEqual([where, []]);
        }
      }
      expect(await theirView()).toEqual(before);
    });
  }

  it('is not shown at the doors that are open to all', async () => {
    for (const [route, { who }] of Object.entries(cases)) {
      if (who !== 'public') continue;
      const [method, url] = route.split(' ') as [string, string];
      const id = url.startsWith('/t/') ? theirs.token : theirs.wecom;
      const answer = await y.call({
        method,
        path: url.replace(/:\w+/, id).replace('*', ''),
        key: null,
        ...(method === 'POST' ? { body: {} } : {}),
      });
      const found = tells(`${texts(answer)} ${answer.headers.get('location') ?? ''}`, { ...theirs, token: mine.token });
      expect([route, found]).toEqual([route, []]);
      if (url.startsWith('/wecom')) expect([route, answer.status]).toEqual([route, 400]);
    }
  });

  it('takes no events by the key of the other', async () => {
    const message = { messageId: 'same-4', userId: 'same-user', event: 'Order Completed', properties: { order_id: 'again', revenue: 5 } };
    expect((await y.send('track', message)).status).toBe(200);
    const orders = async (key: string, id: string) => (await y.get(`/api/people/${id}/events?event=Order%20Completed`, { key })).body.items;
    await until('the order', async () => (await orders(ours.apiKey, mine.person)).length === 2);
    expect(await orders(others.apiKey, theirs.person)).toHaveLength(1);
    for (const type of ['track', 'identify', 'page', 'screen', 'group', 'alias', 'batch']) {
      for (const authorization of [undefined, `Bearer ${ours.apiKey}`, basic(ours.apiKey)]) {
        const answer = await y.call({
          method: 'POST',
          path: `/v1/${type}`,
          body: message,
          key: null,
          ...(authorization ? { headers: { authorization } } : {}),
        });
        expect([type, authorization, answer.status]).toEqual([type, authorization, 401]);
      }
    }
  });
});

describe('roles', () => {
  const above: Record<Who, Who[]> = {
    assistant: ['assistant', 'analyst', 'operator', 'owner'],
    analyst: ['analyst', 'operator', 'owner'],
    operator: ['operator', 'owner'],
    owner: ['owner'],
  };
  /** A request that does nothing where it is let in: to an id that is none, with a body that does not fit. */
  const harmless = (route: string) =>
    callOf(route, { path: route.includes(':id') ? 'none' : '', ...(/^(POST|PUT|PATCH)/.test(route) ? { body: { name: 5 } } : {}) });
  const guarded = Object.entries(cases).flatMap(([route, one]) =>
    one.who === 'public' || one.who === 'ingest' ? [] : [{ route, ...one, who: one.who }],
  );

  /** What becomes of a harmless request at each of the guarded routes. */
  const outcomes = async (by: object): Promise<Json> => {
    const all = await Promise.all(guarded.map(async ({ route }) => [route, (await y.call({ ...harmless(route), ...by })).status] as const));
    return Object.fromEntries(all.map(([route, status]) => [route, status === 403 ? 'refused' : status === 401 ? 'unknown' : 'let in']));
  };
  const expected = (may: (one: (typeof guarded)[number]) => boolean): Json =>
    Object.fromEntries(guarded.map((one) => [one.route, may(one) ? 'let in' : 'refused']));

  it.each(['assistant', 'analyst', 'operator', 'owner'] as const)('%s may what is theirs and nothing else', async (role) => {
    expect(await outcomes({ cookie: sessions[role] })).toEqual(expected(({ who, but }) => above[who].includes(role) && but !== role));
  });

  it('an API key may what an operator may, but for members and an account', async () => {
    expect(await outcomes({ key: ours.apiKey })).toEqual(expected(({ who, machine }) => machine ?? who !== 'owner'));
  });

  it('nobody, a write key, a made-up key and a made-up session get nowhere', async () => {
    for (const { route } of guarded) {
      const call = harmless(route);
      const answers = await Promise.all([
        y.call({ ...call, key: null }),
        y.call({ ...call, key: ours.writeKey }),
        y.call({ ...call, key: 'made-up' }),
        y.call({ ...call, cookie: 'better-auth.session_token=made.up' }),
      ]);
      expect([route, ...answers.map((a) => a.status)]).toEqual([route, 401, 401, 401, 401]);
    }
  });
});

describe('what is ours', () => {
  it('is reached by the very requests that were refused for the other', async () => {
    for (const [route, { own }] of inOrder()) {
      if (!own) continue;
      const answer = await y.call({ ...callOf(route, own(mine)), cookie: ours.cookie });
      expect([route, answer.status, answer.status < 300 ? '' : texts(answer)]).toEqual([route, answer.status, '']);
    }
    expect(y.errors).toEqual([]);
  });
});
