/** Follows cursors to the end. A platform that repeats a cursor is not followed in a circle. */
export async function* pages<T extends { next_cursor: string }>(read: (cursor: string | undefined) => Promise<T>): AsyncGenerator<T> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (;;) {
    const page = await read(cursor);
    yield page;
    cursor = page.next_cursor;
    if (!cursor || seen.has(cursor)) return;
    seen.add(cursor);
  }
}

/** Runs over items, at most `most` at a time. */
export async function eachOf<T>(items: Iterable<T>, most: number, run: (item: T) => Promise<void>): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await run(next.value);
  };
  await Promise.all(Array.from({ length: most }, worker));
}
