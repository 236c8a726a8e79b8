import { createHarness, type Harness, ws } from './journeys.fixture.ts';

/** One case of the table: a graph, what happens when, and the way that the user `u` (or another) goes. */
export interface Case {
  name: string;
  graph(k: Kit): unknown | Promise<unknown>;
  script: readonly Line[];
  trail: readonly (string | RegExp)[];
  also?: Record<string, readonly (string | RegExp)[]>;
  more?(k: Kit): Promise<void>;
}
/** After so long: an event (its name is the case's own unless it begins with a capital word of the product), or something else that is done. */
export type Line = readonly [
  after: string,
  what: string | ((k: Kit) => Promise<unknown>),
  properties?: Record<string, unknown>,
  more?: More,
];
interface More {
  user?: string;
  /** The event's own time, from the beginning. */
  at?: string;
  also?: string;
}

export interface Kit {
  h: Harness;
  no: number;
  journey: string;
  ev(name: string): string;
  user(name: string): string;
  /** Content with this text. */
  text(body: string): Promise<string>;
  texts(user?: string): Promise<string[]>;
  identify(user: string, traits: Record<string, unknown>): Promise<unknown>;
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
export const msOf = (text: string): number =>
  text.split(' ').reduce((sum, part) => sum + Number.parseFloat(part) * (units[part.at(-1)!] ?? 0), 0);

/** `in>u u:met>x u:timeout>s`: edges, with the branch after the colon. */
export function graph(nodes: Record<string, unknown>[], ways: string): { nodes: Record<string, unknown>[]; edges: object[] } {
  const edges = ways.split(' ').map((way) => {
    const [from, to] = way.split('>') as [string, string];
    const [id, branch] = from.split(':') as [string, string?];
    return { from: id, to, ...(branch === undefined ? {} : { branch }) };
  });
  return { nodes, edges };
}

/** Names that the product itself gives to events; all others are the case's own. */
const common = ['Audience Entered', 'Audience Exited', 'Touchpoint Entered', 'Signed In'];

/** All cases side by side on one clock: each has users, events and a journey of its own. What is due at one instant lands together. */
export async function play(list: readonly Case[]): Promise<{ h: Harness; kits: Kit[] }> {
  const h = await createHarness({ wecom: true });
  let written = 0;
  const kits = list.map((_, no): Kit => {
    const kit: Kit = {
      ...{ h, no, journey: '' },
      ev: (name) => (common.includes(name) ? name : `${name} ${no}`),
      user: (name) => (name.startsWith('anon:') ? `${name}${no}` : `${name}${no}`),
      text: async (body) => (await h.current.content.create(ws, { name: `C${no}-${written++}`, body })).id,
      texts: async (name = 'u') => {
        const person = await h.number(kit.user(name));
        return h.sink.received.filter((m) => m.personNo === person).map((m) => m.text);
      },
      identify: (name, traits) =>
        h.events.write(ws, [
          { messageId: `t${no}-${written++}`, type: 'identify', timestamp: h.clock.now(), userId: kit.user(name), traits, source: 'http' },
        ]),
    };
    return kit;
  });
  for (const [i, one] of list.entries()) kits[i]!.journey = await h.launch(await one.graph(kits[i]!));
  const begin = h.clock.ms();
  // Everything passes some time after the last line, so that waits are over.
  const lines = list.flatMap((one, i) => one.script.map((line) => ({ kit: kits[i]!, line, at: msOf(line[0]) })));
  const times = [...new Set(lines.map((l) => l.at))].sort((a, b) => a - b);
  for (const time of times) {
    h.clock.set(new Date(begin + time));
    const due = lines.filter((l) => l.at === time);
    const events = due.flatMap(({ kit, line: [, what, properties = {}, more = {}] }) => {
      if (typeof what !== 'string') return [];
      const user = kit.user(more.user ?? 'u');
      return [
        {
          messageId: `e${kit.no}-${written++}`,
          event: kit.ev(what),
          timestamp: more.at === undefined ? h.clock.now() : new Date(begin + msOf(more.at)),
          ...(user.startsWith('anon:') ? { anonymousId: user } : { userId: user }),
          ...(more.also ? { anonymousId: kit.user(more.also) } : {}),
          properties,
          source: 'http',
        },
      ];
    });
    for (const { kit, line } of due) if (typeof line[1] !== 'string') await line[1](kit);
    if (events.length > 0) await h.events.write(ws, events);
    await h.settle();
  }
  return { h, kits };
}
