/**
 * What counts as an instant: an ISO 8601 date, or date and time, between 1900 and 2299; without an offset it is UTC.
 * Both the reader of rules and the SQL use this one pattern, so that they cannot disagree.
 */
export const INSTANT_PATTERN =
  '^(19|20|21|22)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])?)?$';
const pattern = new RegExp(INSTANT_PATTERN);

/** Milliseconds since the epoch, or null if the text is not an instant. */
export function instantMs(text: string): number | null {
  if (!pattern.test(text)) return null;
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // The 31st of a shorter month is no day.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null;
  if (text.length === 10) return midnight;
  const parts = /^.{10}[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:(Z)|([+-])(\d\d):?(\d\d))?$/.exec(text)!;
  const [, h, m, s = '0', fraction = '', , sign, oh = '0', om = '0'] = parts;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const offset = sign ? (sign === '-' ? -1 : 1) * (Number(oh) * 60 + Number(om)) : 0;
  return midnight + ((Number(h) * 60 + Number(m) - offset) * 60 + Number(s)) * 1000 + ms;
}
