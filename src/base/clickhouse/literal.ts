/** A ClickHouse string literal for SQL that is put together from definitions. */
export function sqlString(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\0', '\\0')}'`;
}

export function sqlStrings(values: Iterable<string>): string {
  return [...values].map(sqlString).join(', ');
}

/**
 * Numbers for `IN`, as an array. In a list in parentheses each of them is a value with a type of its own: a statement that named 15,000 people four times
 * took 283 MB that way and takes 40 this way, in half the processor time. The index is used the same.
 */
export function sqlNumbers(numbers: Iterable<number>): string {
  return `[${[...numbers].join(',')}]`;
}
