import type { Clock } from '../../base/index.ts';
import type { HeldToken, TokenStore } from './token.ts';

/** A ticket is dropped a little before its end, so that what is signed with it is still believed. */
const marginMs = 5 * 60_000;

/** Tickets of apps, kept beside their tokens: one for all processes, asked for by one of them at a time. */
export function createTickets({ store, clock }: { store: TokenStore; clock: Clock }) {
  const usable = (held: HeldToken | undefined): held is HeldToken => held !== undefined && held.expiresAt.getTime() > clock.ms();
  return async (key: string, ask: () => Promise<{ ticket: string; expires_in: number }>): Promise<string> => {
    const name = `jsapi:${key}`;
    const { held } = await store.read(name);
    if (usable(held)) return held.token;
    const now = await store.exclusive(name, async (before) => {
      if (usable(before.held)) return before;
      const { ticket, expires_in } = await ask();
      return { held: { token: ticket, expiresAt: new Date(clock.ms() + Math.max(expires_in * 1000 - marginMs, expires_in * 500)) } };
    });
    return now.held!.token;
  };
}
