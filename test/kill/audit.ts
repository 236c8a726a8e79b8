import { join } from 'node:path';
import { type Ch, connectCh, connectPg, type Pg, silentLog, startEmbeddedPostgres, systemClock } from '../../src/base/index.ts';
import { createEvents } from '../../src/events/index.ts';
import type { Importer } from './files.ts';
import type { Leavers } from './leavers.ts';
import type { Platform } from './platform.ts';
import type { Shop } from './shop.ts';
import type { Sink } from './sink.ts';
import type { Traffic } from './traffic.ts';

export interface Evidence {
  traffic: Traffic;
  importer: Importer;
  imports: Awaited<ReturnType<Importer['list']>>;
  leavers: Leavers;
  shop: Shop;
  sink: Sink;
  platform: Platform;
}

interface Books {
  pg: Pg;
  ch: Ch;
  /** The relation that the product itself reads events from. */
  events: string;
}

/** Opens what a stopped server left and compares it with what the outside world knows. Each line is a broken promise; none is what is wanted. */
export async function audit(dir: string, evidence: Evidence): Promise<{ broken: string[]; counts: Record<string, number> }> {
  const database = await startEmbeddedPostgres(dir);
  const pg = connectPg(database.url, { max: 4 });
  const ch = await connectCh({ path: join(dir, 'clickhouse') });
  try {
    const room = await createEvents({ pg, ch, clock: systemClock, log: silentLog });
    const books: Books = { pg, ch, events: room.source(1) };
    const broken: string[] = [];
    const counts: Record<string, number> = {};
    const say = (promise: string, offenders: readonly unknown[]): void => {
      if (offenders.length > 0) broken.push(`${promise}: ${offenders.length}, such as ${JSON.stringify(offenders.slice(0, 5))}`);
    };
    await eventsOnce(books, evidence, say, counts);
    await personsWhole(books, say);
    await leaversGone(books, evidence, say, counts);
    await importsRight(books, evidence, say, counts);
    await journeysRight(books, evidence, say, counts);
    await bindingsRight(books, evidence, say, counts);
    await couponsRight(books, evidence, say, counts);
    await ownEventsTold(books, say);
    messagesOnce(evidence, say, counts);
    await room.stop();
    return { broken, counts };
  } finally {
    await ch.close();
    await pg.close();
    await database.stop();
  }
}

/** Every friend is bound to whom they befriended, once, and that was told once. */
async function bindingsRight({ pg, ch, events }: Books, { platform }: Evidence, say: Say, counts: Counts): Promise<void> {
  const rows = await pg.query<{ no: number; staff: string; entries: number; untold: boolean }>(
    `SELECT b.person_no AS no, b.staff_id AS staff, count(h.key) AS entries, bool_or(h.untold) AS untold
     FROM bindings b LEFT JOIN binding_history h USING (workspace_no, person_no) GROUP BY 1, 2`,
  );
  counts.bound = rows.length;
  if (rows.length !== platform.friends.length) say('friends are not bound', [`${rows.length} of ${platform.friends.length}`]);
  say(
    'a binding was not told, or more than once is written',
    rows.filter((r) => r.untold || r.entries !== 1),
  );
  const told = await ch.query<{ no: number; n: number; receiver: string }>(
    `SELECT person_no AS no, count() AS n, any(properties.\`to\`.:String) AS receiver FROM ${events} WHERE event IN ('Binding Changed', 'Binding Withdrawn') GROUP BY no`,
  );
  const heard = new Map(told.map((t) => [t.no, t]));
  say(
    'a binding was told otherwise than it is',
    rows.filter((r) => heard.get(r.no)?.n !== 1 || heard.get(r.no)?.receiver !== r.staff),
  );
}

/** Never more coupons than there are, one for each who was told so and none for the others, and each told once. */
async function couponsRight({ pg, ch, events }: Books, { shop }: Evidence, say: Say, counts: Counts): Promise<void> {
  const [coupon] = await pg.query<{ no: number; stock: number; issued: number }>('SELECT no, stock, issued FROM coupons WHERE id = $1', [
    shop.coupon,
  ]);
  const issues = await pg.query<{ no: number; person: number }>('SELECT no, person_no AS person FROM coupon_issues WHERE coupon_no = $1', [
    coupon!.no,
  ]);
  const said = await pg.query<{ person: number; branch: string }>(
    "SELECT p.person_no AS person, s.branch FROM journey_steps s JOIN journey_people p ON p.no = s.pass_no WHERE s.node = 'gift' AND s.kind = 'turn'",
  );
  counts.coupons = issues.length;
  counts.couponsRefused = said.filter((s) => s.branch === 'refused').length;
  if (issues.length > coupon!.stock || coupon!.issued !== issues.length)
    say('coupons issued, counted, and there are', [issues.length, coupon!.issued, coupon!.stock]);
  if (counts.couponsRefused > 0 && issues.length !== coupon!.stock) say('a coupon was refused while there were some', [issues.length]);
  say(
    'somebody has two coupons',
    [...Map.groupBy(issues, (i) => i.person)].filter(([, list]) => list.length > 1).map(([person]) => person),
  );
  const holders = new Set(issues.map((i) => i.person));
  say(
    'somebody was told of a coupon and has none, or has one unsaid',
    said.filter((s) => holders.has(s.person) !== (s.branch === 'issued')),
  );
  const [told] = await ch.query<{ n: number }>(`SELECT count() AS n FROM ${events} WHERE event = 'Coupon Issued'`);
  if (told!.n !== issues.length) say('Coupon Issued told, and happened', [told!.n, issues.length]);
}

type Say = (promise: string, offenders: readonly unknown[]) => void;
type Counts = Record<string, number>;

async function eventsOnce({ ch, events }: Books, { traffic }: Evidence, say: Say, counts: Counts): Promise<void> {
  const rows = await ch.query<{ id: string; n: number }>(`SELECT message_id AS id, count() AS n FROM ${events} GROUP BY message_id`);
  const stored = new Map(rows.map((r) => [r.id, r.n]));
  counts.acknowledged = traffic.acknowledged.size;
  counts.stored = rows.length;
  say(
    'an acknowledged event is lost',
    [...traffic.acknowledged].filter((id) => !stored.has(id)),
  );
  say(
    'an event is there more than once',
    rows.filter((r) => r.n !== 1),
  );
  say('a good message was refused', traffic.refused);
}

/** All that one person of the shop did belongs to one person, also where two were found to be one. */
async function personsWhole({ pg, ch, events }: Books, say: Say): Promise<void> {
  const torn = await ch.query(
    `SELECT extract(message_id, '^(u[0-9]+):') AS who, uniqExact(person_no) AS people FROM ${events} WHERE source = 'http' AND who != '' GROUP BY who HAVING people != 1`,
  );
  say('the events of one person belong to several', torn);
  const gone = await pg.query<{ n: number }>('SELECT person_no AS n FROM people WHERE merged_into IS NOT NULL');
  if (gone.length > 0) {
    const left = await ch.query(`SELECT DISTINCT person_no FROM ${events} WHERE person_no IN (${gone.map((g) => g.n).join(',')})`);
    say('events are read under the number of somebody merged', left);
  }
  say('a merge was not announced', await pg.query('SELECT id FROM person_merges WHERE NOT announced'));
}

/** The two whom one was split into have each what came by them; who was erased is gone, also from under the numbers of others. */
async function leaversGone({ pg, ch, events }: Books, { leavers }: Evidence, say: Say, counts: Counts): Promise<void> {
  counts.split = leavers.all.filter((l) => l.split).length;
  counts.erased = leavers.all.filter((l) => l.erased !== 'none').length;
  say('of those who leave', leavers.wrong);
  const rows = await ch.query<{ who: string; half: string; n: number; people: number[] }>(
    `SELECT extract(message_id, '^(l[0-9]+):') AS who, extract(message_id, ':(one|other)-') AS half, count() AS n, groupUniqArray(person_no) AS people
     FROM ${events} WHERE source = 'http' AND who != '' GROUP BY who, half`,
  );
  const found = new Map(rows.map((r) => [`${r.who}:${r.half}`, r]));
  const raw = await ch.query<{ id: string }>("SELECT DISTINCT message_id AS id FROM events WHERE match(message_id, '^l[0-9]+:')");
  const lying = new Set(raw.map((r) => r.id.replace(/-\d+$/, '')));
  for (const { no, split, erased } of leavers.all) {
    const gone = (half: 'one' | 'other') => erased === half || (erased !== 'none' && !split);
    for (const [half, n] of [
      ['one', 4],
      ['other', 2],
    ] as const) {
      const place = `l${no}:${half}`;
      const row = found.get(place);
      if (gone(half)) {
        if (row || lying.has(place)) say('events of an erased person are there', [place, row]);
      } else if (row?.n !== n || row.people.length !== 1) say('somebody who was split has not exactly their events', [place, row]);
    }
    if (
      split &&
      found.get(`l${no}:one`)?.people[0] !== undefined &&
      found.get(`l${no}:one`)?.people[0] === found.get(`l${no}:other`)?.people[0]
    )
      say('two who were split are one', [no]);
  }
  const ids = leavers.all.flatMap((l) => {
    const gone = (half: 'one' | 'other') => l.erased === half || (l.erased !== 'none' && !l.split);
    return gone('one') ? [`l${l.no}`] : [];
  });
  say('an erased person is known', await pg.query("SELECT type, value FROM identities WHERE type = 'user_id' AND value = ANY($1)", [ids]));
  say('a split or merge was not re-written for somebody erased', await pg.query("SELECT id FROM erasures WHERE state <> 'done'"));
  const numbers = (await pg.query<{ n: number }>('SELECT unnest(numbers) AS n FROM erasures')).map((r) => r.n);
  say('somebody erased is among the people', await pg.query('SELECT person_no FROM people WHERE person_no = ANY($1)', [numbers]));
}

async function importsRight({ ch, events }: Books, { importer, imports }: Evidence, say: Say, counts: Counts): Promise<void> {
  const stored = await ch.query<{ source: string; n: number }>(
    `SELECT source, count() AS n FROM ${events} WHERE source LIKE 'import:%' GROUP BY source`,
  );
  const events_ = new Map(stored.map((s) => [s.source.slice('import:'.length), s.n]));
  const of = Map.groupBy(imports, (i) => i.file);
  counts.imports = imports.length;
  say(
    'an import did not end well',
    imports.filter((i) => i.state !== 'done'),
  );
  say(
    'the rows of an import do not add up',
    imports.filter((i) => i.rows.accepted + i.rows.duplicate + i.rows.rejected !== i.rows.read),
  );
  for (const file of importer.files) {
    const runs = of.get(file.name) ?? [];
    const accepted = runs.reduce((sum, i) => sum + i.rows.accepted, 0);
    const written = runs.reduce((sum, i) => sum + (events_.get(i.id) ?? 0), 0);
    if (accepted !== file.good) say(`rows of ${file.name} accepted: ${accepted} instead of ${file.good}`, runs);
    if (written !== file.good) say(`events of ${file.name}: ${written} instead of ${file.good}`, runs);
    say(
      `rows of ${file.name} rejected that are not ${file.bad}`,
      runs.filter((i) => i.rows.rejected !== file.bad),
    );
  }
}

async function journeysRight({ pg }: Books, { traffic, shop, platform }: Evidence, say: Say, counts: Counts): Promise<void> {
  const passes = await pg.query<{ journey: string; person: number; name: string | null; converted: boolean; left: boolean; node: string }>(
    `SELECT j.id AS journey, p.person_no AS person, w.traits->>'name' AS name, p.converted_at IS NOT NULL AS converted, p.left_at IS NOT NULL AS left, p.node
     FROM journey_people p JOIN journeys j ON j.no = p.journey_no JOIN people w ON w.person_no = p.person_no`,
  );
  const main = passes.filter((p) => p.journey === shop.webhook);
  const entered = new Map(main.map((p) => [p.name, p]));
  counts.entered = main.length;
  counts.friends = platform.friends.length;
  say(
    'somebody entered a journey twice',
    [...Map.groupBy(passes, (p) => `${p.journey}:${p.person}`)].filter(([, list]) => list.length > 1).map(([key]) => key),
  );
  say(
    'somebody did not enter the journey',
    traffic.people.filter((p) => !entered.has(`u${p.no}`)).map((p) => p.no),
  );
  say(
    'somebody is stuck in a journey',
    passes.filter((p) => !p.left),
  );
  say(
    'a conversion is missing or too many',
    traffic.people.filter((p) => (entered.get(`u${p.no}`)?.converted ?? false) !== p.bought).map((p) => p.no),
  );
  if (passes.filter((p) => p.journey === shop.wecom).length !== platform.friends.length) {
    say('friends entered the WeCom journey, of friends', [passes.filter((p) => p.journey === shop.wecom).length, platform.friends.length]);
  }
  say(
    'a step was made twice',
    await pg.query('SELECT pass_no, node, kind, count(*) FROM journey_steps GROUP BY pass_no, node, kind HAVING count(*) > 1'),
  );
  const perPass = `SELECT p.no, p.reason, array_agg(o.state || coalesce(':' || o.reason, '')) AS messages FROM journey_people p LEFT JOIN outbox o ON o.pass_no = p.no
    GROUP BY p.no, p.reason HAVING count(o.no) <> 1 OR min(o.state) <> 'sent'`;
  say('a pass has not exactly one message that was sent', await pg.query(perPass));
}

/** What the program says of its own doings is told, and once. */
async function ownEventsTold({ pg, ch, events }: Books, say: Say): Promise<void> {
  const told = async (event: string) =>
    (await ch.query<{ n: number }>(`SELECT count() AS n FROM ${events} WHERE event = '${event}' AND source = 'yutang'`))[0]!.n;
  const count = async (sql: string) => (await pg.query<{ n: number }>(sql))[0]!.n;
  const expected: [string, number][] = [
    ['Journey Entered', await count('SELECT count(*) AS n FROM journey_people')],
    ['Journey Converted', await count('SELECT count(*) AS n FROM journey_people WHERE converted_at IS NOT NULL')],
    ['Journey Branched', await count("SELECT count(*) AS n FROM journey_steps WHERE kind IN ('branch', 'turn')")],
    ['Message Queued', await count('SELECT count(*) AS n FROM outbox')],
    ['Message Sent', await count("SELECT count(*) AS n FROM outbox WHERE state = 'sent'")],
  ];
  for (const [event, n] of expected) {
    const found = await told(event);
    if (found !== n) say(`${event} told, and happened`, [found, n]);
  }
}

function messagesOnce({ traffic, sink, platform }: Evidence, say: Say, counts: Counts): void {
  const received = sink.all();
  counts.messages = received.length;
  counts.repeatedUnderTheSameKey = received.filter((r) => r.times > 1).length;
  const of = Map.groupBy(received, (r) => {
    const [word, name] = r.text.split('|');
    return `${word === 'turn' ? 'turn' : 'main'}|${name}`;
  });
  say('the receiver found', sink.wrong);
  say(
    'two messages with different keys for one person and step',
    [...of].filter(([, list]) => list.length > 1),
  );
  say(
    'somebody got no message',
    traffic.people.filter((p) => !of.has(`main|u${p.no}`)).map((p) => p.no),
  );
  say(
    'somebody got the message of another branch',
    traffic.people.filter((p) => (of.get(`main|u${p.no}`)?.[0]?.text.startsWith('gold-') ?? p.gold) !== p.gold).map((p) => p.no),
  );
  const inboxes = platform.friends.map((friend) => platform.inbox(friend));
  counts.wecomMessages = inboxes.flat().filter((m) => m.kind === 'mass').length;
  counts.welcomes = inboxes.flat().filter((m) => m.kind === 'welcome').length;
  say(
    'a friend has not exactly one message from staff',
    inboxes.map((inbox, i) => [i, inbox.filter((m) => m.kind === 'mass').length]).filter(([, n]) => n !== 1),
  );
  say(
    'a friend was welcomed more than once',
    inboxes.map((inbox, i) => [i, inbox.filter((m) => m.kind === 'welcome').length]).filter(([, n]) => n! > 1),
  );
}
