import { getCurExternalContact, register, sendChatMessage } from '@wecom/jssdk';
import { server } from './server.ts';

let registered: Promise<void> | undefined;

/** The page proves itself to WeCom once; both of its signatures come in one answer. */
function ready(): Promise<void> {
  registered ??= (async () => {
    const { corpId, agentId, config, agentConfig } = await server.signature();
    register({
      corpId,
      ...(agentId === null ? {} : { agentId }),
      jsApiList: ['getCurExternalContact', 'sendChatMessage'],
      getConfigSignature: () => config,
      getAgentConfigSignature: () => agentConfig,
    });
  })();
  return registered;
}

/** Whom the chat is with. */
export async function customerOfChat(): Promise<string> {
  await ready();
  return (await getCurExternalContact()).userId;
}

/** Puts words into the chat; the member has only to press send, or they go at once, as WeCom is set. */
export async function sendToChat(content: string): Promise<void> {
  await ready();
  await sendChatMessage({ msgtype: 'text', enterChat: false, text: { content } } as Parameters<typeof sendChatMessage>[0]);
}
