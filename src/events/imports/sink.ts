import { type Ch, sqlString, sqlStrings } from '../../base/index.ts';
import type { Events } from '../events.ts';
import type { EventSink } from './store.ts';

/** The events room as imports see it. */
export function eventSink(events: Pick<Events, 'write' | 'source'>, ch: Ch): EventSink {
  return {
    write: (workspaceNo, items) => events.write(workspaceNo, items),
    countFrom: async (workspaceNo, source, messageIds) => {
      if (messageIds.length === 0) return 0;
      const [row] = await ch.query<{ n: number }>(
        `SELECT uniqExact(message_id) AS n FROM ${events.source(workspaceNo)}
         WHERE source = ${sqlString(source)} AND message_id IN (${sqlStrings(messageIds)})`,
      );
      return row?.n ?? 0;
    },
  };
}
