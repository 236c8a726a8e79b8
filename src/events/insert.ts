import type { Ch } from '../base/index.ts';
import type { Rows } from './rows.ts';

/**
 * Inserts a batch's lines, once. Should ClickHouse be unable to read some of them, the batch is halved until
 * the culprits stand alone: they are refused with the reason, all others are kept.
 */
export async function insertRows(ch: Ch, batch: number, rows: Rows): Promise<{ index: number; reason: string }[]> {
  const refused: { index: number; reason: string }[] = [];
  const attempt = async (from: number, to: number): Promise<void> => {
    try {
      await ch.insertText('events', rows.slice(from, to), { token: `batch-${batch}-${from}-${to}` });
    } catch (error) {
      if (!unreadable(error)) throw error;
      if (to - from === 1) {
        refused.push({ index: from, reason: 'holds something that cannot be stored; send plain JSON values' });
        return;
      }
      const middle = (from + to) >> 1;
      await attempt(from, middle);
      await attempt(middle, to);
    }
  };
  await attempt(0, rows.length);
  return refused;
}

/** Whether the engine complains about the data rather than about itself. */
function unreadable(error: unknown): boolean {
  const text = `${(error as { type?: string }).type ?? ''} ${(error as Error).message ?? ''}`;
  return /CANNOT_PARSE|INCORRECT_DATA|CANNOT_READ|TYPE_MISMATCH|ARGUMENT_OUT_OF_BOUND|TOO_DEEP|Duplicate path|Cannot parse|CANNOT_CONVERT|UNEXPECTED_DATA|DECIMAL_OVERFLOW|BAD_ARGUMENTS|INCORRECT/i.test(
    text,
  );
}
