type Raw = Record<string, unknown>;
const keysMost = 30;
const depthMost = 4;

/** Names and the like that a message may show; whatever looks like a number of somebody or an address is left out. */
export const plainWord = (text: string, most = 100): string => text.slice(0, most).replace(/\S*@\S*|\d{5,}/g, '…');

/**
 * A message as it may be kept by somebody who looks for a fault in it: its fields, and of each value only what it is. Nothing personal is in it, whatever was sent.
 * What must be known to mend a sender stays: the type, the event's name, the library, and how a time was written (`9999-99-99`).
 */
export function outline(raw: unknown): unknown {
  return walk(raw, '', 0);
}

function walk(value: unknown, path: string, depth: number): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (times.has(path)) return shape(value);
  if (typeof value === 'string') return words.has(path) ? plainWord(value) : `text (${value.length})`;
  if (typeof value === 'number') return 'number';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) {
    const shown = depth < depthMost ? value.slice(0, 2).map((v) => walk(v, `${path}.*`, depth + 1)) : [];
    return value.length > shown.length ? [...shown, `… ${value.length - shown.length}`] : shown;
  }
  const keys = Object.keys(value);
  if (depth === depthMost) return `object (${keys.length})`;
  const shown: Raw = Object.fromEntries(
    keys.slice(0, keysMost).map((key) => [plainWord(key, 60), walk((value as Raw)[key], path === '' ? key : `${path}.${key}`, depth + 1)]),
  );
  if (keys.length > keysMost) shown['…'] = keys.length - keysMost;
  return shown;
}

const times = new Set(['timestamp', 'originalTimestamp', 'sentAt', 'time']);
const words = new Set(['type', 'event', 'context.library.name', 'context.library.version', 'lib.$lib', 'lib.$lib_version']);

/** How something is written, without what it says. */
const shape = (value: unknown): unknown =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value)
        .slice(0, 40)
        .replace(/\d/g, '9')
        .replace(/[^\d\s:.+/,-]/gu, 'a')
    : walk(value, '', depthMost);
