import type { Incoming } from './message.ts';

/** One event as a line of JSONEachRow. Written by hand: it is the hottest text in the house. */
export function encodeRow(
  workspaceNo: number,
  personNo: number,
  via: number,
  batch: number,
  key: number,
  receivedMs: number,
  e: Incoming,
): string {
  return (
    `{"workspace_no":${workspaceNo},"person_no":${personNo},"via":${via},"time":${e.timeMs},"type":"${e.type}","event":${JSON.stringify(e.event)},` +
    `"message_id":${JSON.stringify(e.messageId)},"key":${key},"batch":${batch},"received_at":${receivedMs},"source":${JSON.stringify(e.source)},` +
    `"carrier":"${e.carrier}","properties":${JSON.stringify(e.properties)}` +
    (e.context === undefined ? '}' : `,"context":${JSON.stringify(JSON.stringify(e.context))}}`)
  );
}
