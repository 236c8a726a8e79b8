/** Amounts as integers of a millionth, so that no sum ever meets a floating-point number. */
export type Micro = bigint;

const scale = 1_000_000n;
/** Most amounts: small enough that their millionths are whole numbers without doubt. */
const plainAmount = /^(-?)(\d{1,9})(?:\.(\d{1,6}))?$/;
const shape = /^([+-]?)(\d{1,15})?(?:\.(\d*))?$/;

/** Reads an amount as people write it: `1,234.50`, `¥12`, `12.5元`, `(3.00)`, full-width digits. Undefined: not an amount. */
export function readDecimal(value: unknown): Micro | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? readDecimal(plain(value)) : undefined;
  if (typeof value !== 'string') return undefined;
  const simple = plainAmount.exec(value);
  if (simple) {
    const units = BigInt(Number(simple[2]) * 1_000_000 + (simple[3] === undefined ? 0 : Number(simple[3].padEnd(6, '0'))));
    return simple[1] === '-' ? -units : units;
  }
  const found = shape.exec(tidy(value));
  if (!found || (found[2] === undefined && !found[3])) return undefined;
  const fraction = (found[3] ?? '').replace(/0+$/, '');
  if (fraction.length > 6) return undefined;
  const units = BigInt(found[2] ?? 0) * scale + BigInt(fraction.padEnd(6, '0'));
  return found[1] === '-' ? -units : units;
}

/** A float without its exponent, at the six decimals that are kept. */
function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(6) : text;
}

function tidy(text: string): string {
  const half = text.normalize('NFKC').replace(/\s+/g, '');
  const negative = /^\(.*\)$/.test(half);
  const bare = (negative ? half.slice(1, -1) : half)
    .replace(/^([+-]?)(?:CNY|RMB|USD|GBP|EUR|[¥£$€])/i, '$1')
    .replace(/(?:元|圆|CNY|RMB)$/i, '')
    .replace(/(\d),(?=\d{3}(?:\D|$))/g, '$1');
  return negative ? `-${bare}` : bare;
}

export function multiply(a: Micro, b: Micro): Micro {
  return round(a * b, scale);
}

/** Minor units (fen) of a currency, half away from zero. */
export function toMinor(amount: Micro, currency: string): number {
  return Number(round(amount, 10n ** BigInt(6 - digits(currency))));
}

/** Major units of so many minor ones. */
export function toMajor(minor: number, currency: string): number {
  return minor / 10 ** digits(currency);
}

const known = new Map<string, number>();

/** Decimals of a currency: 2 for most, 0 for yen. */
function digits(currency: string): number {
  let count = known.get(currency);
  if (count === undefined) {
    count = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    known.set(currency, count);
  }
  return count;
}

/** For display and Segment's major units; the exact figure is the fen. */
export function toNumber(amount: Micro): number {
  return Number(amount) / 1_000_000;
}

function round(value: bigint, by: bigint): bigint {
  const half = by / 2n;
  return value >= 0n ? (value + half) / by : -((-value + half) / by);
}
