import { randomBytes } from 'node:crypto';

/** By this a phone is known again. Only marks that we gave are believed, so nobody can pass for a visitor of another source. */
const cookie = 'yt_v';
const shape = /(?:^|;\s*)yt_v=(v-[\w-]{22})(?:;|$)/;

/** Programs that look at links without anybody scanning: they are led on and not counted. */
const machines = /bot\b|spider|crawl|slurp|preview|facebookexternalhit|curl\/|wget\/|python-requests|headless|monitor|uptime/i;

export interface Caller {
  visitor: string;
  fresh: boolean;
  counted: boolean;
  setCookie?: string;
}

export function callerOf(headers: { cookie?: string | undefined; 'user-agent'?: string | undefined }, secure: boolean): Caller {
  const known = shape.exec(headers.cookie ?? '')?.[1];
  const counted = !machines.test(headers['user-agent'] ?? '');
  if (known) return { visitor: known, fresh: false, counted };
  const visitor = `v-${randomBytes(16).toString('base64url')}`;
  const setCookie = `${cookie}=${visitor}; Path=/; Max-Age=63072000; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return { visitor, fresh: true, counted, setCookie };
}
