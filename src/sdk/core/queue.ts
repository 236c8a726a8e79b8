import type { Platform } from './types.ts';

const batchMost = 50;
const waitMs = 5_000;
/** The browser carries at most 64 kB for a page that goes away. */
const leavingBytes = 60_000;
const keptMost = 1_000;
const keptBytes = 1_000_000;

/**
 * Messages on their way. Each is kept under its own id until the door has said that it is durable, so tabs cannot lose each other's; what is sent
 * twice counts once, by that id. The oldest give way when there are too many.
 */
export function createQueue(p: Platform, writeKey: string) {
  const waiting = new Map<string, string>();
  let bytes = 0;
  let open = false;
  let sending = false;
  let shut = false;
  let failures = 0;
  let notBefore = 0;
  let most = batchMost;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Number.POSITIVE_INFINITY;

  const take = (ids: string[]): void => {
    for (const id of ids) {
      bytes -= waiting.get(id)?.length ?? 0;
      waiting.delete(id);
    }
    if (open) p.drop(ids);
  };
  const put = (id: string, text: string): void => {
    take([...(waiting.size >= keptMost || bytes + text.length > keptBytes ? waiting.keys() : [])].slice(0, 50));
    waiting.set(id, text);
    bytes += text.length;
  };
  const schedule = (ms: number): void => {
    const at = Math.max(p.now() + ms, notBefore);
    if (!open || shut || sending || waiting.size === 0 || at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => send(false), at - p.now());
  };
  const pick = (limit: number): string[] => {
    const ids: string[] = [];
    let size = 0;
    for (const [id, text] of waiting) {
      size += text.replace(/[^\0-\x7f]/g, '...').length;
      if (ids.length >= most || (ids.length > 0 && size > limit)) break;
      ids.push(id);
    }
    return ids;
  };
  const send = (leaving: boolean): void => {
    clearTimeout(timer);
    due = Number.POSITIVE_INFINITY;
    if (!open || shut || waiting.size === 0 || (!leaving && (sending || p.now() < notBefore))) {
      schedule(waitMs);
      return;
    }
    const ids = pick(leaving ? leavingBytes : 400_000);
    sending = true;
    p.post(`{"batch":[${ids.map((id) => waiting.get(id)).join()}],"writeKey":${JSON.stringify(writeKey)}}`, leaving, (status, after) => {
      sending = false;
      if (status === 401 || status === 403) shut = true;
      else if (status === 413 && ids.length > 1) most = Math.ceil(ids.length / 2);
      else if (status >= 200 && status < 500 && status !== 408 && status !== 429) {
        take(ids);
        failures = 0;
        notBefore = 0;
      } else {
        failures += 1;
        const pause = Math.max(Math.min(300, 2 ** failures) * (0.5 + Math.random() / 2), after ?? 0);
        notBefore = p.now() + pause * 1_000;
      }
      schedule(waiting.size >= most ? 0 : failures ? 0 : waitMs);
    });
  };
  return {
    add: (id: string, text: string): void => {
      put(id, text);
      if (open) p.keep(id, text);
      schedule(waiting.size >= most ? 0 : waitMs);
    },
    /** From now on messages are kept beyond the visit and sent; what earlier visits left goes first. */
    open: (): void => {
      if (open) return;
      open = true;
      const fresh = [...waiting];
      waiting.clear();
      bytes = 0;
      for (const [id, text] of p.kept()) put(id, text);
      const old = waiting.size > 0;
      for (const [id, text] of fresh) {
        put(id, text);
        p.keep(id, text);
      }
      schedule(old ? 0 : waitMs);
    },
    clear: (): void => {
      p.drop([...waiting.keys(), ...p.kept().map(([id]) => id)]);
      waiting.clear();
      bytes = 0;
      open = false;
    },
    send,
    /** The network is back. */
    retry: (): void => {
      notBefore = 0;
      send(false);
    },
    size: () => waiting.size,
  };
}
