/** Databases take no NUL and no half of a surrogate pair, in names as little as in values. */
export function storable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([key, inner]) => storable(key) && storable(inner));
}

export const notStorable = { error: 'holds a NUL or half a character, which cannot be stored' };
