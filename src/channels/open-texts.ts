import type { ChannelAdapter, OutboundMessage } from './adapter.ts';

/** An adapter that is handed texts as the reader shall see them: kept texts hold stand-ins for personal values. */
export function withOpenTexts<A extends ChannelAdapter>(
  adapter: A,
  open: (workspaceNo: number, messages: OutboundMessage[]) => Promise<OutboundMessage[]>,
): A {
  const opened = async (messages: OutboundMessage[]): Promise<OutboundMessage[]> =>
    messages[0] ? open(messages[0].workspaceNo, messages) : messages;
  return {
    ...adapter,
    submit: async (account, messages) => adapter.submit(account, await opened(messages)),
    ...(adapter.recover ? { recover: async (account, inDoubt) => adapter.recover!(account, await opened(inDoubt)) } : {}),
  };
}
