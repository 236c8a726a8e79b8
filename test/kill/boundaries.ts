import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../src', import.meta.url));
/** Consumers are registered by name; each has a boundary of its own. */
const consumers = ['audience', 'binding', 'channels', 'journeys', 'merges', 'named', 'rewards', 'touchpoints'];
/**
 * Passed only on data from before values were sealed (killed at in plain.test.ts), by coupons that are redeemed, run out or are stopped (broken off at in src/rewards), or by plans of
 * groups, moments by date and tasks of staff, which the shop has none of (in group-plans.test.ts, sop.test.ts and tasks.test.ts).
 */
const elsewhere = /^(privacy\.sealed|rewards\.(turned|expired|reminded|redeemed|returned)|groups|tasks|journeys\.moment)(\.|$)/;

/** The names of all commit boundaries, read from the sources: a new one is killed at without being listed here. */
export function boundaryNames(): string[] {
  const names = new Set<string>();
  for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.includes('.test.')) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    for (const [, quoted, template] of text.matchAll(/\bboundary\((?:'([^']+)'|`([^`]+)\$\{[^}]+\}`)\)/g)) {
      if (quoted) names.add(quoted);
      else for (const consumer of consumers) names.add(template + consumer);
    }
  }
  return [...names].filter((name) => !elsewhere.test(name)).sort();
}

/** Where a first, short run kills: one step of every promise. */
const telling = [
  'events.identified',
  'outbox.claimed',
  'outbox.recovering',
  'import.chunk.written',
  'events.splits.copied',
  'erase.removed',
  'events.written',
  'journeys.advanced',
  'wecom.task.made',
  'outbox.submitted',
  'events.consumed.journeys',
];

/** Boundaries that are passed once or twice in a process's short life: waiting for a later passing would be waiting for nothing. */
const rare =
  /^(wecom|binding|rewards|import|erase|privacy|health|events\.(splits|m|consumed\.(merges|named))|journeys\.(turned|merged|converted)|outbox\.(recovering|polled|told))/;

export interface Kill {
  /** The boundary, or none: at a random moment. */
  at?: string;
  /** At which passing. */
  n: number;
}

/** What the kills of a run are: the telling ones (or those whose names begin as `KILL_AT` says, again and again), then all boundaries again and again in random order; every fifth at a random moment. */
export function plan(kills: number, random: () => number): Kill[] {
  const all = boundaryNames();
  const unknown = telling.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`no such boundary in the sources: ${unknown.join(', ')}`);
  const list: Kill[] = [];
  const wanted = process.env.KILL_AT?.split(',');
  const chosen = wanted && all.filter((name) => wanted.some((begin) => name.startsWith(begin)));
  if (chosen?.length === 0) throw new Error(`no boundary begins with ${wanted}`);
  let names = [...(chosen ?? telling)];
  while (list.length < kills) {
    if (names.length === 0) names = chosen ? [...chosen] : shuffled(all, random);
    if (list.length % 5 === 4) list.push({ n: 0 });
    else {
      const at = names.shift()!;
      list.push({ at, n: rare.test(at) ? 1 : 1 + Math.floor(random() * 3) });
    }
  }
  return list.slice(0, kills);
}

function shuffled(names: readonly string[], random: () => number): string[] {
  const order = names.map((name) => ({ name, at: random() })).sort((a, b) => a.at - b.at);
  // Only what was claimed and not recorded is recovered: so that comes right after.
  const rest = order.map((o) => o.name).filter((name) => name !== 'outbox.recovering');
  rest.splice(rest.indexOf('outbox.submitted') + 1, 0, 'outbox.recovering');
  return rest;
}

/** Numbers between 0 and 1 that a seed decides (mulberry32). */
export function randomFrom(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
