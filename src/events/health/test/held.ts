import type { Ch } from '../../../base/index.ts';

/**
 * A ClickHouse into which events go some hours at a time: a shop of a hundred events an hour would else make an insert of each hour. All else about
 * them is as ever: their batch, the time at which they came, and who they are of.
 */
export function holding(ch: Ch): { ch: Ch; release(): Promise<void> } {
  let held: string[] = [];
  return {
    ch: {
      ...ch,
      insertText: async (table, lines, options) => {
        if (table === 'events') held.push(String(lines).trim());
        else await ch.insertText(table, lines, options);
      },
    },
    release: async () => {
      const lines = held;
      held = [];
      if (lines.length > 0) await ch.insertText('events', lines.join('\n'));
    },
  };
}
