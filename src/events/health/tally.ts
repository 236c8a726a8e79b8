import type { Incoming } from '../message.ts';
import { Doors } from './refused/doors.ts';

interface Counted {
  workspaceNo: number;
  hour: number;
  type: string;
  event: string;
  source: string;
  sdk: string;
  version: string;
  carrier: string;
  duplicates: number;
}

/**
 * What the doors saw and events do not show: messages sent again under the same id. In memory until the next look at the health of the data;
 * a crash forgets some, which a share of duplicates can bear.
 */
export class Tally {
  /** What the doors took and refused. */
  readonly doors = new Doors();
  readonly #counted = new Map<string, Counted>();

  duplicate(workspaceNo: number, item: Incoming, nowMs: number): void {
    const library = (item.context?.library ?? {}) as { name?: unknown; version?: unknown };
    const hour = Math.floor(nowMs / 3_600_000);
    const text = (v: unknown) => (typeof v === 'string' ? v : '');
    const [sdk, version] = [text(library.name), text(library.version)];
    const key = [workspaceNo, hour, item.type, item.event, item.source, sdk, version, item.carrier].join('\u0001');
    const found = this.#counted.get(key);
    if (found) found.duplicates += 1;
    else if (this.#counted.size < 20_000)
      this.#counted.set(key, {
        workspaceNo,
        hour,
        type: item.type,
        event: item.event,
        source: item.source,
        sdk,
        version,
        carrier: item.carrier,
        duplicates: 1,
      });
  }

  take(): Counted[] {
    const all = [...this.#counted.values()];
    this.#counted.clear();
    return all;
  }
}
