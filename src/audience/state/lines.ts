import { type Ch, createPace } from '../../base/index.ts';

/** Rows of a SELECT that may be very many, read so that others have their turn meanwhile. */
export async function linesOf<T>(ch: Pick<Ch, 'bytes'>, sql: string): Promise<T[]> {
  const bytes = await ch.bytes(sql, 'JSONEachRow');
  const rows: T[] = [];
  const pace = createPace();
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from);
    const to = end < 0 ? bytes.length : end;
    if (to > from) rows.push(JSON.parse(bytes.toString('utf8', from, to)) as T);
    from = to + 1;
    if (pace.due()) await pace.rest();
  }
  return rows;
}

/** Rows as such lines; made so that others have their turn meanwhile. */
export async function asLines(rows: readonly object[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const pace = createPace();
  for (let i = 0; i < rows.length; i += 200) {
    pieces.push(
      Buffer.from(
        rows
          .slice(i, i + 200)
          .map((row) => `${JSON.stringify(row)}\n`)
          .join(''),
      ),
    );
    if (pace.due()) await pace.rest();
  }
  return Buffer.concat(pieces);
}
