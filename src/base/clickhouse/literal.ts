/** A ClickHouse string literal for SQL that is put together from definitions. */
export function sqlString(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\0', '\\0')}'`;
}

export function sqlStrings(values: Iterable<string>): string {
  return [...values].map(sqlString).join(', ');
}
