/** Rows are plain values: texts, numbers, truth values, null, or JSON. `cursor`: the text of the cursor's column. */
export interface PulledRow {
  values: Record<string, unknown>;
  cursor: string;
}

export interface Reader {
  /** Rows in the order of the cursor, from a value on (itself included); without a cursor as they come. */
  rows(query: string, cursor: string | undefined, from: string | undefined): AsyncGenerator<PulledRow>;
  close(): Promise<void>;
}

/** How long is waited for a connection, and for a query. */
export const connectMs = 10_000;
export const queryMs = 30 * 60_000;
