import type { Customer, InboxMessage } from './state.ts';

/** What lies in a customer's inbox. */

export function messageLinks(message: Pick<InboxMessage, 'text' | 'attachments'>): string[] {
  const inText = message.text?.match(/https?:\/\/[^\s<>"'，。！？、（）《》]+/g) ?? [];
  const inCards = message.attachments.flatMap((a) => {
    const url = a.msgtype === 'link' ? (a.link as { url?: unknown } | undefined)?.url : undefined;
    return typeof url === 'string' ? [url] : [];
  });
  return [...new Set([...inText, ...inCards])];
}

/** The coupon that a text gives away, and what the goods must cost for it: “满100减20 … 券码 AAAA-BBBB-CCCC”. */
export function messageCoupon({ text = '' }: Pick<InboxMessage, 'text'>): { code: string; from: number } | undefined {
  const code = /券码[：:\s]*([0-9A-Z-]+)/.exec(text)?.[1];
  return code === undefined ? undefined : { code, from: Number(/满(\d+)/.exec(text)?.[1] ?? 0) };
}

const INBOX_KEEPS = 50;

export function putInInbox(customer: Customer, message: InboxMessage): void {
  customer.inbox.push(message);
  if (customer.inbox.length > INBOX_KEEPS) customer.inbox.splice(0, customer.inbox.length - INBOX_KEEPS);
}
