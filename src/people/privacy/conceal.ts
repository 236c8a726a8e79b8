import type { Identity } from '../identity-types.ts';
import { normalisePhone } from '../normalise.ts';
import type { Names, PersonalNames } from './words.ts';

/** Stands for a personal value wherever data is kept: in events, traits, identities, texts. Only the vault knows what it stands for. */
export const tokenShape = /pii~[\w-]{22}/g;
const wholeToken = /^pii~[\w-]{22}$/;
export const isToken = (text: string): boolean => text.startsWith('pii~') && wholeToken.test(text);

/** Identities whose values are personal. */
export const personalTypes: ReadonlySet<string> = new Set(['phone', 'email']);

export interface Concealer {
  names: Names;
  /** The token of a value; notes the value for the vault. */
  token(value: string | number): string;
}

type Bag = Record<string, unknown>;

/** What a message says, as far as it may hold personal values. */
export interface Concealable {
  type?: string;
  identities: Identity[];
  properties: Bag;
  context: Bag | undefined;
}

/**
 * The same message with every personal value replaced by its token: phones and e-mails among identities, where a telephone is reached by push, and
 * whatever stands under a personal name in properties, traits or context, at any depth. What has nothing to hide comes back as it is.
 */
export function conceal<T extends Concealable>(message: T, c: Concealer): T {
  const identities = message.identities.some((i) => personalTypes.has(i.type))
    ? message.identities.map((i) => (personalTypes.has(i.type) ? { type: i.type, value: c.token(i.value) } : i))
    : message.identities;
  const properties = concealBag(message.properties, message.type === 'identify' ? c.names.traits : c.names.properties, c);
  const context = message.context && concealContext(message.context, c);
  if (identities === message.identities && properties === message.properties && context === message.context) return message;
  return { ...message, identities, properties, context };
}

/** Where somebody's telephone is reached by push: `context.device.token`, as Segment's libraries send it. */
function concealDevice(context: Bag, c: Concealer): Bag {
  const device = context.device as Bag | null | undefined;
  if (typeof device !== 'object' || device === null || typeof device.token !== 'string' || device.token === '') return context;
  return { ...context, device: { ...device, token: c.token(device.token) } };
}

function concealContext(context: Bag, c: Concealer): Bag {
  const bag = concealDevice(concealBag(context, c.names.traits, c), c);
  const external = bag.externalIds;
  if (!Array.isArray(external) || !external.some((one) => personalTypes.has((one as Bag | null)?.type as string))) return bag;
  const hide = (one: unknown): unknown => {
    const { type, id } = (one ?? {}) as Bag;
    if (!personalTypes.has(type as string) || (typeof id !== 'string' && typeof id !== 'number')) return one;
    // In normal form it is the value of the identity, with one token for both.
    const normal = type === 'phone' ? normalisePhone(String(id)) : String(id).trim().toLowerCase();
    return { ...(one as Bag), id: c.token(normal ?? id) };
  };
  return { ...bag, externalIds: external.map(hide) };
}

/** Copies only what changes. */
export function concealBag(bag: Bag, names: PersonalNames, c: Concealer): Bag {
  let copy: Bag | undefined;
  for (const key in bag) {
    const value = bag[key];
    if (value === null || value === undefined || value === '' || typeof value === 'boolean') continue;
    const hidden = names.has(key) ? concealAll(value, c) : typeof value === 'object' ? concealInside(value, names, c) : value;
    if (hidden !== value) {
      copy ??= { ...bag };
      copy[key] = hidden;
    }
  }
  return copy ?? bag;
}

function concealInside(value: object, names: PersonalNames, c: Concealer): object {
  if (!Array.isArray(value)) return concealBag(value as Bag, names, c);
  let copy: unknown[] | undefined;
  for (let i = 0; i < value.length; i++) {
    const item: unknown = value[i];
    if (typeof item !== 'object' || item === null) continue;
    const hidden = concealInside(item, names, c);
    if (hidden !== item) {
      copy ??= [...value];
      copy[i] = hidden;
    }
  }
  return copy ?? value;
}

/** Under a personal name every text and number is personal, however deep. */
function concealAll(value: unknown, c: Concealer): unknown {
  if (typeof value === 'string' || typeof value === 'number') return value === '' ? value : c.token(value);
  if (Array.isArray(value)) return value.map((item) => concealAll(item, c));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, concealAll(inner, c)]));
  return value;
}
