/** The events with further columns, as SQL that can stand after FROM. */
export type Source = (columns: readonly string[]) => string;
