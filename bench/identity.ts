import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { databasesApart } from './apart.ts';
import { caughtUp, inBatches, load, message, people } from './ingest.ts';
import { report, round } from './report.ts';
import { type Server, startServer } from './server.ts';

/** Events of which 30 % bring an identity that nobody had and 2 % make two people one (so many anonymous people must be known before). */
function mixed(i: number, merges: () => string | undefined): Record<string, unknown> {
  const plain = message(i);
  const part = (i * 7919) % 100;
  // A visitor nobody knows; a known person on a new device, or with a mini program's id for the first time; somebody unknown signs in.
  if (part < 12) return { ...plain, userId: undefined, anonymousId: randomUUID() };
  if (part < 22) return { ...plain, anonymousId: randomUUID() };
  if (part < 28)
    return { ...plain, context: { ...(plain.context as object), externalIds: [{ type: 'wechat_openid', id: `wx${i}:${randomUUID()}` }] } };
  if (part < 30) return { ...plain, userId: `new-${i}` };
  return part < 32 ? { ...plain, anonymousId: merges() } : plain;
}

/** `BENCH_SMALL=1` tries the whole of it in small: its figures say nothing. `BENCH_ONLY=rates,merge,lookups,apart`: only some of it. */
const sizes = process.env.BENCH_SMALL ? { events: 6_000, heavy: 3_000, asked: 100 } : { events: 150_000, heavy: 100_000, asked: 2_000 };
/** What takes longer has failed. */
const patienceMs = 60_000;

/** Identities under load: new ones and merges beside known ones, one large merge, and look-ups while events come in. */
export async function benchIdentity({ events, heavy, asked } = sizes): Promise<void> {
  const only = process.env.BENCH_ONLY?.split(',');
  const wanted = (part: string) => only === undefined || only.includes(part);
  if (wanted('apart')) await lookUpsApart(asked);
  if (only?.every((part) => part === 'apart')) return;
  const server = await startServer();
  try {
    await known(server);
    if (wanted('rates')) await rates(server, events);
    if (wanted('merge')) await largeMerge(server, heavy);
    if (wanted('lookups')) await lookUps(server, asked);
  } finally {
    await server.stop();
  }
}

/** Everybody who will send something is known. */
const known = (server: Server): Promise<void> =>
  load(
    server.url,
    inBatches(people * 1.2, (i) => message(i)),
  );

/** Look-ups answered by a process of their own, while another takes the events: both databases by themselves, as in a larger installation. */
async function lookUpsApart(asked: number): Promise<void> {
  const databases = await databasesApart();
  try {
    const taking = await startServer(databases.env);
    try {
      await known(taking);
      const answering = await startServer({ ...databases.env, YUTANG_ROLE: 'web' });
      try {
        await lookUps(taking, asked, { answering, how: 'by a process of their own (`YUTANG_ROLE=web`)' });
      } finally {
        await answering.stop();
      }
    } finally {
      await taking.stop();
    }
  } finally {
    await databases.stop();
  }
}

/** The two rates, in turns, so that a machine that slows down slows both; and the processor time of each, which a busy machine distorts less. */
async function rates(server: Server, events: number, turns = 3): Promise<void> {
  const visitors = Array.from({ length: Math.ceil(events * 0.02) + 100 }, () => randomUUID());
  await load(
    server.url,
    inBatches(visitors.length, (i) => ({ ...message(i), userId: undefined, anonymousId: visitors[i] })),
  );
  await caughtUp(server.url);
  const totals = { known: { ms: 0, cpu: 0 }, changing: { ms: 0, cpu: 0 } };
  let next = 0;
  const each = Math.floor(events / turns / 100) * 100;
  for (let turn = 0; turn < turns; turn++) {
    for (const kind of ['known', 'changing'] as const) {
      const first = 2_000_000 * (turn + 1) + (kind === 'known' ? 0 : 1_000_000);
      const bodies = inBatches(each, (i) => (kind === 'known' ? message(first + i) : mixed(first + i, () => visitors[next++])));
      const before = server.usage().cpu;
      const began = performance.now();
      await load(server.url, bodies);
      totals[kind].ms += performance.now() - began;
      // What follows from the events is done when the consumers have caught up.
      await caughtUp(server.url);
      totals[kind].cpu += server.usage().cpu - before;
    }
  }
  const joined = (await find(server, `anonymous_id:${visitors[0]}`)).items[0];
  if (!joined?.identities.some((i) => i.type === 'user_id')) throw new Error('visitors were not merged with users');
  const rate = (kind: keyof typeof totals) => (each * turns * 1000) / totals[kind].ms;
  const cpu = (kind: keyof typeof totals) => (totals[kind].cpu * 1e6) / (each * turns);
  report({
    id: 'g',
    what: 'ingest with 30 % of events bringing a new identity and 2 % causing a merge, events/s',
    value: round(rate('changing')),
    reference: `${round(rate('known'))} (everybody known)`,
    ratio: round(rate('changing') / rate('known'), 2),
    target: '≥ 0.70',
    met: rate('changing') / rate('known') >= 0.7,
  });
  report({
    id: 'g',
    what: 'the same in processor time of the server, with all that follows, ms a thousand events',
    value: round(cpu('changing'), 1),
    reference: `${round(cpu('known'), 1)} (everybody known)`,
    ratio: round(cpu('known') / cpu('changing'), 2),
  });
}

interface Found {
  items: { id: string; identities: { type: string }[]; orders: { count: number }; stage: string | null; level: string | null }[];
}

const byIdentity = (externalId: string) => `/api/people?externalId=${encodeURIComponent(externalId)}`;
const find = (server: Server, externalId: string) => server.api<Found>('GET', byIdentity(externalId));

/** A visitor of 100,000 orders signs in as somebody known: until the API counts all of them, lists them, and rules have followed. */
async function largeMerge(server: Server, events: number): Promise<void> {
  const order = (i: number) => ({ ...message(i), event: 'Order Completed', userId: undefined, anonymousId: 'bench-heavy' });
  await load(server.url, inBatches(events, order));
  await load(
    server.url,
    inBatches(1, () => ({ ...message(0), event: 'Page Viewed', userId: 'bench-heavy-user' })),
  );
  await caughtUp(server.url);
  const before = (await find(server, 'anonymous_id:bench-heavy')).items[0]!;
  const began = performance.now();
  await load(
    server.url,
    inBatches(1, () => ({ ...message(0), event: 'Page Viewed', userId: 'bench-heavy-user', anonymousId: 'bench-heavy' })),
  );
  const acknowledged = performance.now() - began;
  const until = async (what: string, holds: () => Promise<boolean>): Promise<number> => {
    while (!(await holds()))
      if (performance.now() - began > patienceMs) throw new Error(`a minute after the merge of ${events} events: not yet ${what}`);
    return (performance.now() - began) / 1000;
  };
  const one = async () => (await find(server, 'user_id:bench-heavy-user')).items[0]!;
  const counted = await until('counted under one person', async () => (await one()).orders.count === events);
  const { id } = await one();
  const story = () => server.api<{ items: unknown[] }>('GET', `/api/people/${id}/events?event=Order%20Completed&limit=100`);
  const told = await until('in the story of one person', async () => (await story()).items.length === Math.min(100, events));
  const followed = await until('followed by rules', async () => (await one()).level === before.level);
  report({
    id: 'g',
    what: `a person of ${round(events)} events merged: from the event (acknowledged after ${round(acknowledged)} ms) to all of them counted / in the story / level and stage following, s`,
    value: [counted, told, followed].map((s) => round(s, 2)).join(' / '),
    target: '< 2',
    met: Math.max(counted, told, followed) < 2,
  });
}

/** People asked for by an identity and by their id, by four at once that pause between, while 3,000 events a second come in. */
async function lookUps(
  server: Server,
  asked: number,
  { answering = server, how = '' } = {},
  perSecond = 3_000,
  pauseMs = 20,
): Promise<void> {
  await caughtUp(server.url);
  const ids: string[] = [];
  for (let i = 0; i < 200; i++) ids.push((await find(answering, `user_id:user-${(i * 7919) % people}`)).items[0]!.id);
  // All bodies are made before: making them would hold up whoever takes the time.
  const poured = inBatches(perSecond * 90, (i) => message(8_000_000 + i));
  const perBody = 100;
  let going = true;
  const pour = async (): Promise<void> => {
    const began = performance.now();
    for (let sent = 0; going && sent < poured.length; sent += 3) {
      await load(server.url, poured.slice(sent, sent + 3));
      const ahead = (sent * perBody * 1000) / perSecond - (performance.now() - began);
      if (ahead > 0) await pause(ahead);
    }
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const time = (path: string) =>
    new Promise<number>((resolve, reject) => {
      const began = performance.now();
      const req = request(answering.url + path, { agent, headers: answering.headers }, (res) => {
        res.resume();
        res.on('end', () => (res.statusCode === 200 ? resolve(performance.now() - began) : reject(new Error(`status ${res.statusCode}`))));
      });
      req.on('error', reject);
      req.end();
    });
  const kinds = {
    '/api/people?externalId=…': (i: number) => byIdentity(`user_id:user-${(i * 7919) % people}`),
    '/api/people/{id}': (i: number) => `/api/people/${ids[(i * 31) % ids.length]!}`,
  };
  const pouring = pour();
  try {
    await pause(3_000);
    for (const [name, path] of Object.entries(kinds)) {
      for (let i = 0; i < 50; i++) await time(path(i));
      const times: number[] = [];
      let next = 0;
      const one = async (): Promise<void> => {
        while (next < asked) {
          times.push(await time(path(next++)));
          await pause(pauseMs);
        }
      };
      await Promise.all([one(), one(), one(), one()]);
      times.sort((a, b) => a - b);
      const at = (share: number) => times[Math.floor(times.length * share)]!;
      report({
        id: 'g',
        what: `look-ups by ${name} ${how ? `answered ${how} ` : ''}(${round(times.length)}, four at once) while ${round(perSecond)} events/s come in, p50 / p99, ms`,
        value: `${round(at(0.5), 1)} / ${round(at(0.99), 1)}`,
        target: '< 10 (p99)',
        met: at(0.99) < 10,
      });
    }
  } finally {
    going = false;
    await pouring;
    agent.destroy();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
