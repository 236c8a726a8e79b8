/** Currencies without minor units (ISO 4217 exponent 0) and with three digits; all others have two. */
const exponents: Record<string, number> = { JPY: 0, KRW: 0, VND: 0, CLP: 0, ISK: 0, UGX: 0, KWD: 3, BHD: 3, OMR: 3, JOD: 3, TND: 3 };

/**
 * Stamps `revenue_fen`, the integer of minor units, beside a `revenue` in major units (Segment's e-commerce spec),
 * unless the sender gave it; where only a `total` was sent, as in `Order Refunded`, from that. Sums are made of integers.
 * @returns what was stamped
 */
export function stampMoney(properties: Record<string, unknown>): number | undefined {
  const revenue = properties.revenue ?? properties.total;
  if (revenue === undefined || revenue === null || properties.revenue_fen !== undefined) return undefined;
  const major =
    typeof revenue === 'number'
      ? revenue
      : typeof revenue === 'string' && /^-?\d+(\.\d+)?$/.test(revenue.trim())
        ? Number(revenue)
        : Number.NaN;
  if (!Number.isFinite(major)) return undefined;
  const exponent = typeof properties.currency === 'string' ? (exponents[properties.currency.toUpperCase()] ?? 2) : 2;
  const minor = Math.round(Number(`${major}e${exponent}`));
  if (!Number.isSafeInteger(minor)) return undefined;
  properties.revenue_fen = minor;
  return minor;
}
