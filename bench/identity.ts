import { randomUUID } from 'node:crypto';
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

/** `BENCH_SMALL=1` tries the whole of it in small: its figures say nothing. */
const sizes = process.env.BENCH_SMALL ? { events: 6_000, heavy: 3_000, asked: 50 } : { events: 150_000, heavy: 100_000, asked: 1_000 };
/** What takes longer has failed. */
const patienceMs = 60_000;

/** Identities under load: new ones and merges beside known ones, one large merge, and look-ups while events come in. */
export async function benchIdentity({ events, heavy, asked } = sizes): Promise<void> {
  const server = await startServer();
  try {
    const visitors = Array.from({ length: events * 0.02 }, () => randomUUID());
    await load(
      server.url,
      inBatches(people * 1.2, (i) => message(i)),
    );
    await load(
      server.url,
      inBatches(visitors.length, (i) => ({ ...message(i), userId: undefined, anonymousId: visitors[i] })),
    );
    await caughtUp(server.url);
    const known = await rateOf(server, events, (i) => message(2_000_000 + i));
    await caughtUp(server.url);
    let next = 0;
    const changing = await rateOf(server, events, (i) => mixed(4_000_000 + i, () => visitors[next++]));
    await caughtUp(server.url);
    const joined = (await find(server, `anonymous_id:${visitors[0]}`)).items[0];
    if (!joined?.identities.some((i) => i.type === 'user_id')) throw new Error('visitors were not merged with users');
    report({
      id: 'g',
      what: 'ingest with 30 % of events bringing a new identity and 2 % causing a merge, events/s',
      value: round(changing),
      reference: `${round(known)} (everybody known)`,
      ratio: round(changing / known, 2),
      target: '≥ 0.70',
      met: changing / known >= 0.7,
    });
    await largeMerge(server, heavy);
    await lookUps(server, asked);
  } finally {
    await server.stop();
  }
}

async function rateOf(server: Server, events: number, make: (i: number) => object): Promise<number> {
  const bodies = inBatches(events, make);
  const began = performance.now();
  await load(server.url, bodies);
  return events / ((performance.now() - began) / 1000);
}

const find = (server: Server, externalId: string) =>
  server.api<{ items: { identities: { type: string }[]; orders: { count: number } }[] }>(
    'GET',
    `/api/people?externalId=${encodeURIComponent(externalId)}`,
  );

/** A visitor of 100,000 orders signs in as somebody known: until the API counts all of them under the one person. */
async function largeMerge(server: Server, events: number): Promise<void> {
  const order = (i: number) => ({ ...message(i), event: 'Order Completed', userId: undefined, anonymousId: 'bench-heavy' });
  await load(server.url, inBatches(events, order));
  await load(
    server.url,
    inBatches(1, () => ({ ...message(0), event: 'Page Viewed', userId: 'bench-heavy-user' })),
  );
  await caughtUp(server.url);
  const began = performance.now();
  await load(
    server.url,
    inBatches(1, () => ({ ...message(0), event: 'Page Viewed', userId: 'bench-heavy-user', anonymousId: 'bench-heavy' })),
  );
  const acknowledged = performance.now() - began;
  for (let count = 0; count < events; ) {
    count = (await find(server, 'user_id:bench-heavy-user')).items[0]?.orders.count ?? 0;
    if (performance.now() - began > patienceMs)
      throw new Error(`only ${count} of ${events} events are under the one person after a minute`);
  }
  const seconds = (performance.now() - began) / 1000;
  report({
    id: 'g',
    what: `a person of ${round(events)} events merged: event sent (acknowledged after ${round(acknowledged)} ms) to all events under one person in the API, s`,
    value: round(seconds, 2),
    target: '< 2',
    met: seconds < 2,
  });
}

/** People asked for by an identity, one after the other, while 3,000 events a second come in. */
async function lookUps(server: Server, asked: number, perSecond = 3_000): Promise<void> {
  let going = true;
  const pour = async (): Promise<void> => {
    const began = performance.now();
    for (let sent = 0; going; sent += 300) {
      await load(
        server.url,
        inBatches(300, (i) => message(8_000_000 + sent + i)),
      );
      const ahead = (sent / perSecond) * 1000 - (performance.now() - began);
      if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
    }
  };
  const pouring = pour();
  const times: number[] = [];
  try {
    const until = performance.now() + patienceMs;
    for (let i = 0; i < asked && performance.now() < until; i++) {
      const began = performance.now();
      await find(server, `user_id:user-${(i * 7919) % people}`);
      times.push(performance.now() - began);
    }
  } finally {
    going = false;
    await pouring;
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)]!;
  report({
    id: 'g',
    what: `people look-ups by externalId (${round(times.length)} one after the other) while ${round(perSecond)} events/s come in, p50 / p99, ms`,
    value: `${round(at(0.5), 1)} / ${round(at(0.99), 1)}`,
    target: '< 10 (p99)',
    met: at(0.99) < 10,
  });
}
