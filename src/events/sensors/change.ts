import type { Change, Message } from './convert.ts';

type Traits = Record<string, unknown>;

/** What a change of traits states, given those of now; undefined: nothing. */
export function stated(change: Change, given: Traits, now: Traits): Traits | undefined {
  const entries = (): [string, unknown][] => {
    switch (change) {
      case 'set_once':
        return Object.entries(given).filter(([key]) => now[key] === undefined || now[key] === null);
      case 'increment':
        return Object.entries(given).flatMap(([key, by]): [string, unknown][] =>
          typeof by === 'number' ? [[key, (typeof now[key] === 'number' ? (now[key] as number) : 0) + by]] : [],
        );
      case 'append':
        return Object.entries(given).map(([key, more]) => {
          const before = Array.isArray(now[key]) ? (now[key] as unknown[]) : [];
          return [key, [...new Set([...before, ...(Array.isArray(more) ? more : [more])])].slice(-500)];
        });
      // A trait that is unset is stated to be empty: the newest statement wins, and nothing is forgotten out of order.
      case 'unset':
        return Object.keys(given)
          .filter((key) => key in now)
          .map((key) => [key, '']);
      case 'delete':
        return Object.keys(now).map((key) => [key, '']);
    }
  };
  const list = entries();
  return list.length > 0 ? Object.fromEntries(list) : undefined;
}

/** The identities that tell whose traits to ask for, best first. */
export function askFor(message: Message): { type: string; id: string }[] {
  const external = ((message.context as { externalIds?: { type: string; id: string }[] } | undefined)?.externalIds ?? []).slice(0, 10);
  return [
    ...(typeof message.userId === 'string' ? [{ type: 'user_id', id: message.userId }] : []),
    ...external,
    ...(typeof message.anonymousId === 'string' ? [{ type: 'anonymous_id', id: message.anonymousId }] : []),
  ];
}
