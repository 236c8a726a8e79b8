import { type Ch, sqlNumbers } from '../base/index.ts';

/** A 53-bit hash of a text (cyrb53 by bryc, public domain), stored as the key of a message. */
export function hashKey(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

const words = 16;

/** A blocked Bloom filter: about 32 bits a key, one cache line a look-up. It never says no to a key that was added. */
class Filter {
  readonly #bits: Uint32Array;
  readonly #blocks: number;
  readonly capacity: number;
  size = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#blocks = Math.ceil(capacity / words);
    this.#bits = new Uint32Array(this.#blocks * words);
  }

  has(a: number, b: number): boolean {
    const base = (a % this.#blocks) * words;
    let h = b;
    for (let i = 0; i < 8; i++) {
      h = (Math.imul(h, 0x9e3779b1) + 0x7f4a7c15) >>> 0;
      if (!(this.#bits[base + (h >>> 28)]! & (1 << ((h >>> 20) & 31)))) return false;
    }
    return true;
  }

  add(a: number, b: number): void {
    const base = (a % this.#blocks) * words;
    let h = b;
    for (let i = 0; i < 8; i++) {
      h = (Math.imul(h, 0x9e3779b1) + 0x7f4a7c15) >>> 0;
      this.#bits[base + (h >>> 28)]! |= 1 << ((h >>> 20) & 31);
    }
    this.size += 1;
  }
}

/**
 * Remembers which messages were counted. A filter in memory answers "certainly new" for nearly all;
 * the rest are asked of the events themselves, by exact message id.
 */
export class SeenMessages {
  readonly #filters: Filter[] = [new Filter(1_000_000)];
  readonly #ch: Ch;

  constructor(ch: Ch) {
    this.#ch = ch;
  }

  /** Reads the keys of all stored events, quarter by quarter. */
  async load(): Promise<void> {
    const parts = await this.#ch.query<{ q: string }>('SELECT DISTINCT toString(toStartOfQuarter(time)) AS q FROM events ORDER BY q');
    for (const { q } of parts) {
      const bytes = await this.#ch.bytes(`SELECT workspace_no, key FROM events WHERE toStartOfQuarter(time) = toDate('${q}')`, 'RowBinary');
      for (let i = 0; i < bytes.length; i += 12)
        this.add(bytes.readUInt32LE(i), bytes.readUInt32LE(i + 8) * 4294967296 + bytes.readUInt32LE(i + 4));
    }
  }

  add(workspaceNo: number, key: number): void {
    let last = this.#filters.at(-1)!;
    if (last.size >= last.capacity) {
      last = new Filter(last.capacity * 4);
      this.#filters.push(last);
    }
    const [a, b] = halves(workspaceNo, key);
    last.add(a, b);
  }

  maybe(workspaceNo: number, key: number): boolean {
    const [a, b] = halves(workspaceNo, key);
    for (const filter of this.#filters) if (filter.has(a, b)) return true;
    return false;
  }

  /** Of these messages, the ids that are stored. */
  async stored(workspaceNo: number, messages: readonly { key: number; messageId: string }[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let i = 0; i < messages.length; i += 20_000) {
      const keys = messages.slice(i, i + 20_000).map((m) => m.key);
      const rows = await this.#ch.query<{ message_id: string }>(
        `SELECT message_id FROM events WHERE workspace_no = ${workspaceNo} AND key IN ${sqlNumbers(keys)}`,
      );
      for (const row of rows) found.add(row.message_id);
    }
    return found;
  }
}

function halves(workspaceNo: number, key: number): [number, number] {
  const low = key >>> 0;
  const high = Math.floor(key / 4294967296);
  return [(low ^ Math.imul(workspaceNo, 0x85ebca6b)) >>> 0, (Math.imul(high, 0xc2b2ae35) ^ low ^ workspaceNo) >>> 0];
}
