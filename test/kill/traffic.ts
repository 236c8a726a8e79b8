import { setTimeout as sleep } from 'node:timers/promises';
import { insist } from './insist.ts';

type Message = Record<string, unknown> & { messageId: string };

export interface Person {
  no: number;
  gold: boolean;
  /** Bought after entering the journey. */
  bought: boolean;
}

/** Senders of the Segment kind: each keeps a batch until it is acknowledged, and only then believes it. */
export function createTraffic(options: { url: string; writeKey: string; random: () => number; senders: number }) {
  const { random } = options;
  const acknowledged = new Set<string>();
  const people: Person[] = [];
  const old: Message[][] = [];
  const refused: string[] = [];
  const headers = { authorization: `Basic ${Buffer.from(`${options.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' };
  let going = true;
  let batches = 0;
  let clock = Date.now();

  /** Each message a little later than the one before, as on one shop's clock. */
  const now = (): string => {
    clock = Math.max(clock + 1, Date.now());
    return new Date(clock).toISOString();
  };
  const send = async (batch: Message[]): Promise<void> => {
    const answer = await insist(`${options.url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ batch }) });
    batches += 1;
    if (answer!.status !== 200 || answer!.body.rejected) refused.push(`${answer!.status} ${JSON.stringify(answer!.body)}`);
    for (const { messageId } of batch) acknowledged.add(messageId);
    // The answer was lost on the way, or so they believe: some batches come once more, long after.
    if (random() < 0.15) old.push(batch);
    if (old.length > 20) await insist(`${options.url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ batch: old.shift() }) });
  };

  const track = (no: number, who: object, event: string, properties: object = {}): Message => ({
    type: 'track',
    messageId: `u${no}:${event}:${Math.floor(random() * 1e9)}`,
    ...who,
    event,
    properties,
    timestamp: now(),
  });
  const identify = (no: number, who: object, traits: object, part = ''): Message => ({
    type: 'identify',
    messageId: `u${no}:identify${part}`,
    ...who,
    traits,
    timestamp: now(),
  });

  /** One person's life in the shop; some are known at once, some turn out later to be somebody whom the shop knew already. */
  const live = async (no: number): Promise<void> => {
    const person: Person = { no, gold: no % 2 === 0, bought: no % 3 === 0 };
    const known = { userId: `u${no}` };
    const traits = { name: `u${no}`, plan: person.gold ? 'gold' : 'basic' };
    const enter = (who: object) => [identify(no, who, traits), track(no, who, 'Journey Started')];
    const kind = no % 4;
    if (kind < 2) await send([...enter(known), track(no, known, 'Page Viewed'), track(no, known, 'Product Viewed', { price: no })]);
    if (kind === 2) {
      // Nameless first, then known to be somebody who was there before: the two become one.
      await send(enter({ anonymousId: `a${no}` }));
      await send([identify(no, known, traits, ':before'), track(no, known, 'Page Viewed')]);
      await send([identify(no, { ...known, anonymousId: `a${no}` }, traits, ':joined')]);
    }
    if (kind === 3) {
      const phone = { context: { externalIds: [{ type: 'phone', id: `+86138${String(no).padStart(8, '0')}` }] } };
      await send([...enter(known), track(no, phone, 'Product Viewed')]);
      await send([track(no, known, 'Page Viewed')]);
      await send([identify(no, { ...known, ...phone }, traits, ':joined')]);
    }
    if (person.bought) await send([track(no, known, 'Order Completed', { order_id: `o${no}`, revenue: 10 + (no % 90), currency: 'CNY' })]);
    people.push(person);
  };

  let next = 0;
  const sender = async (): Promise<void> => {
    while (going) {
      await live(next++);
      await sleep(30 + random() * 60);
    }
  };
  const senders = Array.from({ length: options.senders }, sender);
  return {
    acknowledged,
    people,
    /** Answers that a good message must not get. */
    refused,
    batches: () => batches,
    /** What is in hand is still brought to its end. */
    stop: async (): Promise<void> => {
      going = false;
      await Promise.all(senders);
    },
  };
}
export type Traffic = ReturnType<typeof createTraffic>;
