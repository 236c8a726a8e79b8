import { outline, plainWord } from './outline.ts';

/** At which door, and with which key: one sender, as far as can be known. */
export interface Sender {
  workspaceNo: number;
  door: string;
  key: string;
}
export interface Refusal {
  index: number;
  field: string;
  reason: string;
}
export interface Taken extends Sender {
  hour: number;
  accepted: number;
  refused: number;
}
export interface Refused extends Sender {
  hour: number;
  field: string;
  reason: string;
  type: string;
  event: string;
  sdk: string;
  version: string;
  count: number;
  at: number;
  example: unknown;
}
export interface Counts {
  taken: Taken[];
  refused: Refused[];
}

/** A sender that invents reasons and names without end fills so many places, and no more. */
const placesMost = 2_000;
/** An example is made anew no more often than this. */
const exampleEveryMs = 10_000;
const hourOf = (ms: number) => Math.floor(ms / 3_600_000);

const whoOf = (s: Sender, hour: number) => [s.workspaceNo, hour, s.door, s.key].join('\u0001');
const placeOf = (who: string, r: Pick<Refused, 'field' | 'reason' | 'type' | 'event' | 'sdk' | 'version'>) =>
  [who, r.field, r.reason, r.type, r.event, r.sdk, r.version].join('\u0001');

/** What the doors took and refused, by hour and sender. In memory until it is flushed (each minute): a killed process forgets a minute. */
export class Doors {
  #taken = new Map<string, Taken>();
  #refused = new Map<string, Refused>();

  /** @param list the messages as they came; `refused` says which of them */
  count(from: Sender, nowMs: number, accepted: number, refused: readonly Refusal[], list: readonly unknown[]): void {
    const { workspaceNo, door, key } = from;
    const hour = hourOf(nowMs);
    const who = whoOf(from, hour);
    const sum = this.#taken.get(who);
    if (sum) {
      sum.accepted += accepted;
      sum.refused += refused.length;
    } else this.#taken.set(who, { workspaceNo, door, key, hour, accepted, refused: refused.length });
    for (const one of refused) this.#refuse(who, from, hour, nowMs, one, list[one.index]);
  }

  #refuse(who: string, { workspaceNo, door, key }: Sender, hour: number, nowMs: number, one: Refusal, raw: unknown): void {
    const field = plainWord(one.field.replace(/\.\d+/g, '.*'), 120);
    const reason = plainWord(one.reason, 200);
    let rest = { field, reason, ...named(raw) };
    let place = placeOf(who, rest);
    if (!this.#refused.has(place) && this.#refused.size >= placesMost) {
      rest = { field: '', reason: 'other', type: '', event: '', sdk: '', version: '' };
      place = placeOf(who, rest);
    }
    const found = this.#refused.get(place);
    if (!found) this.#refused.set(place, { workspaceNo, door, key, hour, ...rest, count: 1, at: nowMs, example: outline(raw) });
    else {
      found.count += 1;
      if (nowMs - found.at < exampleEveryMs) return;
      found.at = nowMs;
      found.example = outline(raw);
    }
  }

  /** All that was counted, and begins anew. */
  take(): Counts {
    const all = { taken: [...this.#taken.values()], refused: [...this.#refused.values()] };
    this.#taken = new Map();
    this.#refused = new Map();
    return all;
  }

  /** What was taken and could not be stored. */
  giveBack({ taken, refused }: Counts): void {
    for (const t of taken) {
      const who = whoOf(t, t.hour);
      const now = this.#taken.get(who);
      this.#taken.set(who, now ? { ...t, accepted: t.accepted + now.accepted, refused: t.refused + now.refused } : t);
    }
    for (const r of refused) {
      const place = placeOf(whoOf(r, r.hour), r);
      const now = this.#refused.get(place);
      if (now) now.count += r.count;
      else if (this.#refused.size < placesMost) this.#refused.set(place, r);
    }
  }
}

/** What a message says of itself; it was refused, so anything may stand there. */
function named(raw: unknown): Pick<Refused, 'type' | 'event' | 'sdk' | 'version'> {
  const object = (v: unknown) => (typeof v === 'object' && v !== null ? (v as Record<string, unknown>) : {});
  const text = (v: unknown) => (typeof v === 'string' ? plainWord(v) : '');
  const message = object(raw);
  const library = object(object(message.context).library);
  const lib = object(message.lib);
  return {
    type: text(message.type),
    event: text(message.event),
    sdk: text(library.name) || (text(lib.$lib) && `sensors-${text(lib.$lib)}`),
    version: text(library.version) || text(lib.$lib_version),
  };
}
