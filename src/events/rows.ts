import type { Incoming } from './message.ts';
import type { SentText } from './sent.ts';

/** The events of a batch as lines of JSONEachRow. Written by hand, into bytes at once: it is the hottest text in the house. */
export class Rows {
  #bytes: Buffer;
  #end = 0;
  readonly #starts: number[] = [];

  /** @param expected so many events are to come */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafeSlow(4096 + expected * 700);
  }

  get length(): number {
    return this.#starts.length;
  }

  /** The lines from one up to, not including, another. */
  slice(from: number, to: number): Buffer {
    return this.#bytes.subarray(this.#starts[from] ?? this.#end, this.#starts[to] ?? this.#end);
  }

  add(workspaceNo: number, personNo: number, via: number, batch: number, key: number, receivedMs: number, e: Incoming): void {
    this.#starts.push(this.#end);
    this.#text(
      `{"workspace_no":${workspaceNo},"person_no":${personNo},"via":${via},"time":${e.timeMs},"type":"${e.type}","key":${key},"batch":${batch},` +
        `"received_at":${receivedMs},"source":${JSON.stringify(e.source)},"carrier":"${e.carrier}","event":${JSON.stringify(e.event)},` +
        `"message_id":${JSON.stringify(e.messageId)},"properties":`,
    );
    const sent = e.sent;
    this.#bag(e.properties, sent?.properties, sent?.stamp ?? '');
    if (e.context !== undefined) {
      // The column is a text: ClickHouse takes the object there as it is written.
      this.#text(',"context":');
      this.#bag(e.context, sent?.context, '');
    }
    this.#text('}\n');
  }

  /** The text of a bag as it was sent, as long as nobody has put another in its place. */
  #bag(bag: object, sent: SentText | undefined, stamp: string): void {
    if (sent?.of !== bag) {
      this.#text(JSON.stringify(bag));
      return;
    }
    const { bytes, span } = sent;
    this.#room(span.to - span.from);
    this.#end += bytes.copy(this.#bytes, this.#end, span.from, stamp === '' ? span.to : span.to - 1);
    if (stamp !== '') this.#text(`${stamp}}`);
  }

  #text(text: string): void {
    this.#room(text.length * 3);
    this.#end += this.#bytes.write(text, this.#end, 'utf8');
  }

  #room(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafeSlow((this.#end + more) * 2);
    this.#bytes.copy(wider, 0, 0, this.#end);
    this.#bytes = wider;
  }
}
