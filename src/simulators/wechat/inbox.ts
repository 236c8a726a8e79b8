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

const INBOX_KEEPS = 50;

export function putInInbox(customer: Customer, message: InboxMessage): void {
  customer.inbox.push(message);
  if (customer.inbox.length > INBOX_KEEPS) customer.inbox.splice(0, customer.inbox.length - INBOX_KEEPS);
}
