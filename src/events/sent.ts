import { isUtf8 } from 'node:buffer';

/** Where a value lies in the bytes that were sent: `{` at `from`, one past `}` at `to`. */
export interface Span {
  from: number;
  to: number;
  /** Keys inside, at all depths, as they are written. A parsed object that has fewer lost repeated ones. */
  keys: number;
}

/** The bags of one message, where their text may be kept as it was sent. */
export interface Spans {
  properties?: Span | undefined;
  traits?: Span | undefined;
  context?: Span | undefined;
}

/** The bytes that stand for a parsed object, as long as it is this very object. */
export interface SentText {
  bytes: Buffer;
  of: object;
  span: Span;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LIST = 0x5b;
const LIST_END = 0x5d;
const BACKSLASH = 0x5c;

/**
 * Finds where properties, traits and context of each message lie in a body, so that their text goes into storage as it came, without being made
 * anew. The body must have been read as JSON before: nothing is checked here. Undefined where texts cannot be told (not UTF-8).
 * A bag whose text would be read otherwise than its value (1.0 and 1, numbers with many digits) has no span.
 */
export function spansOf(bytes: Buffer, single: boolean): { messages: Spans[]; shared: Span | undefined } | undefined {
  return isUtf8(bytes) ? new Scanner(bytes).body(single) : undefined;
}

class Scanner {
  readonly #b: Buffer;
  #at = 0;
  #keys = 0;
  /** Whether the value just passed reads otherwise as text than as a value. */
  #unlike = false;

  constructor(bytes: Buffer) {
    this.#b = bytes;
  }

  body(single: boolean): { messages: Spans[]; shared: Span | undefined } {
    if (single) return { messages: [this.#message()], shared: undefined };
    let messages: Spans[] = [];
    let shared: Span | undefined;
    let plain = true;
    this.#fields((name) => {
      // A name with an escape in it may be any of these.
      plain &&= name !== undefined;
      if (name === 'batch' && this.#b[this.#at] === LIST) messages = this.#list();
      else if (name === 'context') shared = this.#bag();
      else this.#value();
    });
    return plain ? { messages, shared } : { messages: [], shared: undefined };
  }

  #list(): Spans[] {
    const found: Spans[] = [];
    this.#at += 1;
    for (let c = this.#space(); c !== LIST_END; c = this.#space()) {
      if (c === COMMA) this.#at += 1;
      else if (c === OPEN) found.push(this.#message());
      else {
        this.#value();
        found.push({});
      }
    }
    this.#at += 1;
    return found;
  }

  #message(): Spans {
    const spans: Spans = { properties: undefined, traits: undefined, context: undefined };
    let plain = true;
    this.#space();
    this.#fields((name) => {
      plain &&= name !== undefined;
      if (name === 'properties' || name === 'traits' || name === 'context') spans[name] = this.#bag();
      else this.#value();
    });
    return plain ? spans : {};
  }

  /** Calls for each field of the object at hand, standing at its value. */
  #fields(each: (name: string | undefined) => void): void {
    const b = this.#b;
    this.#at += 1;
    for (let c = this.#space(); c !== CLOSE; c = this.#space()) {
      if (c === COMMA) {
        this.#at += 1;
        continue;
      }
      const from = this.#at + 1;
      const escaped = this.#text();
      // The names looked for have at most ten letters.
      const name = escaped ? undefined : this.#at - from <= 12 ? b.toString('latin1', from, this.#at - 1) : '';
      this.#space();
      this.#at += 1;
      this.#space();
      each(name);
    }
    this.#at += 1;
  }

  #bag(): Span | undefined {
    const from = this.#at;
    this.#keys = 0;
    this.#unlike = false;
    const isObject = this.#b[from] === OPEN;
    this.#value();
    return isObject && !this.#unlike ? { from, to: this.#at, keys: this.#keys } : undefined;
  }

  #space(): number {
    let c = this.#b[this.#at]!;
    while (c <= 0x20) c = this.#b[++this.#at]!;
    return c;
  }

  /** Passes a text; whether it holds an escape. */
  #text(): boolean {
    const b = this.#b;
    let at = this.#at + 1;
    let escaped = false;
    for (let c = b[at]!; c !== QUOTE; c = b[at]!) {
      if (c === BACKSLASH) {
        escaped = true;
        at += 1;
      }
      at += 1;
    }
    this.#at = at + 1;
    return escaped;
  }

  #value(): void {
    const b = this.#b;
    let depth = 0;
    do {
      const c = b[this.#at]!;
      if (c === QUOTE) this.#text();
      else if (c === OPEN || c === LIST) {
        depth += 1;
        this.#at += 1;
      } else if (c === CLOSE || c === LIST_END) {
        depth -= 1;
        this.#at += 1;
      } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) this.#number();
      else {
        if (c === COLON) this.#keys += 1;
        this.#at += 1;
        // true, false, null standing alone
        if (depth === 0)
          while (b[this.#at]! >= 0x61)
            if (b[this.#at] === CLOSE) break;
            else this.#at += 1;
      }
    } while (depth > 0);
  }

  #number(): void {
    const b = this.#b;
    const from = this.#at;
    let at = from;
    let broken = false;
    for (let c = b[at]!; (c >= 0x30 && c <= 0x39) || c === 0x2e || c === 0x2d || c === 0x2b || c === 0x65 || c === 0x45; c = b[++at]!) {
      if (c === 0x2e) broken = true;
      else if (c === 0x65 || c === 0x45) this.#unlike = true;
    }
    if (at - from > 15 || (broken && b[at - 1] === 0x30)) this.#unlike = true;
    this.#at = at;
  }
}
