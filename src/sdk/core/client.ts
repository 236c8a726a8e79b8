import { newId } from './id.ts';
import { createQueue } from './queue.ts';
import type { CoreOptions, Extra, MessageType, Platform, Touch, Values } from './types.ts';

const sessionMs = 30 * 60_000;
const names = ['id', 'user', 'session', 'first', 'last', 'external', 'consent'] as const;
type Name = (typeof names)[number];

export type Client = ReturnType<typeof createClient>;

/** Who is here, since when, where from, and whether it may be told: what all surfaces share. Messages follow the Segment spec. */
export function createClient(p: Platform, options: CoreOptions) {
  const queue = createQueue(p, options.writeKey);
  const memory: Partial<Record<Name, string>> = {};
  const required = options.consent === 'required';
  let decided = p.get('consent') ?? (required ? undefined : 'granted');
  let told = 0;
  const open = () => decided === 'granted';
  const read = (name: Name): string | undefined => (open() ? p.get(name) : undefined) ?? memory[name];
  const write = (name: Name, value: string | undefined): void => {
    if (value === undefined) delete memory[name];
    else memory[name] = value;
    if (!open()) return;
    if (value === undefined) p.remove(name);
    else p.set(name, value);
  };
  const anonymousId = (): string => {
    const known = read('id');
    if (known) return known;
    const fresh = newId();
    write('id', fresh);
    return fresh;
  };
  const parsed = <T>(name: Name): T | undefined => {
    try {
      return JSON.parse(read(name) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  };
  const touch = (name: 'first' | 'last') => parsed<Touch & { at: string }>(name);

  /** 30 minutes without a message end a session. */
  const session = (now: number): { sessionId: number; sessionStart?: true } => {
    const [id = 0, last = 0] = (read('session') ?? '').split('.').map(Number);
    if (id && now - last < sessionMs) {
      if (now - last > 10_000) write('session', `${id}.${now}`);
      return { sessionId: id };
    }
    write('session', `${now}.${now}`);
    return { sessionId: now, sessionStart: true };
  };

  const send = (type: MessageType, body: Values, extra: Extra = {}): string | undefined => {
    if (decided === 'denied' || (!decided && options.beforeConsent === 'drop')) return undefined;
    const now = p.now();
    // What is done in one millisecond keeps its order.
    told = Math.max(now, told + 1);
    const messageId = newId();
    const first = touch('first');
    const last = touch('last');
    const externalIds = [...(parsed<NonNullable<Extra['externalIds']>>('external') ?? []), ...(extra.externalIds ?? [])];
    queue.add(
      messageId,
      JSON.stringify({
        messageId,
        type,
        timestamp: extra.timestamp ?? new Date(told).toISOString(),
        anonymousId: anonymousId(),
        userId: read('user'),
        ...body,
        context: {
          ...p.context(),
          ...session(now),
          ...(last?.campaign ? { campaign: last.campaign } : {}),
          ...(first ? { touch: { first, last } } : {}),
          ...(externalIds.length
            ? { externalIds: externalIds.map(({ type: kind, id }) => ({ id, type: kind, collection: 'users', encoding: 'none' })) }
            : {}),
          ...extra.context,
        },
      }),
    );
    return messageId;
  };

  if (open()) queue.open();
  return {
    send,
    queue,
    anonymousId,
    touch,
    identify: (userId: string | null | undefined, traits: Values = {}, extra?: Extra): void => {
      const id = userId === null || userId === undefined ? '' : `${userId}`;
      const before = read('user');
      // Somebody else at the same device: what follows is not about the one before.
      if (id && before && before !== id) write('id', undefined);
      if (id) write('user', id);
      send('identify', { traits }, extra);
    },
    /** Identities that every message from now on carries. */
    remember: (ids: NonNullable<Extra['externalIds']>): void => write('external', JSON.stringify(ids)),
    reset: (): void => {
      for (const name of ['id', 'user', 'session', 'external'] as const) write(name, undefined);
    },
    /** Notes where a visit came from. Another source begins another session. */
    arrive: (from: Touch): boolean => {
      const marked = from.touchpoint ?? from.share ?? from.campaign;
      const before = touch('last');
      if (!marked && (before || !from.referrer)) return false;
      const { at: _, ...known } = before ?? { at: '' };
      if (JSON.stringify(known) === JSON.stringify(from)) return false;
      const text = JSON.stringify({ ...from, at: new Date(p.now()).toISOString() });
      if (!before) write('first', text);
      write('last', text);
      if (before && marked) write('session', undefined);
      return true;
    },
    /** What the person decided. Before it nothing is stored or sent where consent is required; after a no all of it is gone. */
    consent: (answer: 'granted' | 'denied'): void => {
      if (answer === decided) return;
      decided = answer;
      if (open()) {
        for (const name of names) if (memory[name]) p.set(name, memory[name]);
        p.set('consent', answer);
        queue.open();
        return;
      }
      queue.clear();
      for (const name of names) {
        p.remove(name);
        delete memory[name];
      }
      // Where consent is not asked for, the no itself has to be remembered.
      if (!required) p.set('consent', answer);
    },
    decided: () => decided,
  };
}
