import type { ChannelAdapter, OutboundMessage } from './adapter.ts';

/** An adapter that is handed texts as the reader shall see them: kept texts hold stand-ins for personal values. */
export function withOpenTexts(
  adapter: ChannelAdapter,
  open: (workspaceNo: number, messages: OutboundMessage[]) => Promise<OutboundMessage[]>,
): ChannelAdapter {
  const opened = async (messages: OutboundMessage[]): Promise<OutboundMessage[]> =>
    messages[0] ? open(messages[0].workspaceNo, messages) : messages;
  return {
    kind: adapter.kind,
    submit: async (account, messages) => adapter.submit(account, await opened(messages)),
    ...(adapter.poll ? { poll: (account, submitted) => adapter.poll!(account, submitted) } : {}),
    ...(adapter.recover ? { recover: async (account, inDoubt) => adapter.recover!(account, await opened(inDoubt)) } : {}),
  };
}
