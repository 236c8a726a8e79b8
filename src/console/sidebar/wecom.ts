import { getCurExternalContact, openEnterpriseChat, register, sendChatMessage } from '@wecom/jssdk';
import { type Prepared, server } from './server.ts';

let registered: Promise<void> | undefined;

/** The page proves itself to WeCom once; both of its signatures come in one answer. */
function ready(): Promise<void> {
  registered ??= (async () => {
    const { corpId, agentId, config, agentConfig } = await server.signature();
    register({
      corpId,
      ...(agentId === null ? {} : { agentId }),
      jsApiList: ['getCurExternalContact', 'sendChatMessage', 'openEnterpriseChat'],
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

/** One message of a chat. */
export type ChatPart =
  | { kind: 'text'; text: string }
  | { kind: 'news'; url: string; title: string; text: string }
  | NonNullable<Prepared['card']>;

type Message = Parameters<typeof sendChatMessage>[0];

function messageOf(part: ChatPart): object {
  if (part.kind === 'text') return { msgtype: 'text', text: { content: part.text } };
  if (part.kind === 'news')
    return { msgtype: 'news', news: { link: part.url, title: part.title, desc: [...part.text].slice(0, 60).join('') } };
  if (part.kind === 'picture') return { msgtype: 'image', image: { mediaid: part.mediaId } };
  const { appId: appid, title, page, imageUrl: imgUrl } = part;
  return { msgtype: 'miniprogram', miniprogram: { appid, title, imgUrl, page } };
}

/** Puts a message into the chat; the member has only to press send, or it goes at once, as WeCom is set. */
export async function sendToChat(part: ChatPart): Promise<void> {
  await ready();
  await sendChatMessage({ ...messageOf(part), enterChat: false } as Message);
}

export async function openChat(externalUserId: string): Promise<void> {
  await ready();
  await openEnterpriseChat({ externalUserIds: [externalUserId] });
}
