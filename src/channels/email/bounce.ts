/** Reads a delivery status notification (RFC 3464) as a mail server sends it: which message it is about, for whom, and how it ended. */

export interface Bounce {
  recipient: string;
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** RFC 3463, such as 5.1.1. */
  status: string;
  /** The Message-ID of what bounced, when the notification holds its headers. */
  messageId: string | undefined;
}

const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;

export function readBounces(raw: string): Bounce[] {
  // Lines that are carried on begin with a blank.
  const text = raw.replaceAll('\r\n', '\n').replace(/\n[ \t]+/g, ' ');
  const report = /content-type:\s*message\/(?:global-)?delivery-status[^\n]*\n/i.exec(text);
  if (!report) return [];
  const after = text.slice(report.index);
  const status = after.slice(
    0,
    /\n--[^\n]*\n[^\n]*content-type:\s*(?:message\/rfc822|text\/rfc822-headers|message\/global)/i.exec(after)?.index,
  );
  const original = after.slice(status.length);
  const messageId = /^message-id:\s*(<[^>\n]{1,200}>)/im.exec(original)?.[1];
  return status.split(/\n\s*\n/).flatMap((group): Bounce[] => {
    const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(.+)$`, 'im').exec(group)?.[1]?.trim();
    const recipient = (field('final-recipient') ?? field('original-recipient'))?.replace(/^[^;]*;\s*/, '').replace(/^<|>$/g, '');
    const action = actions.find((one) => one === field('action')?.toLowerCase());
    const code = /\d\.\d{1,3}\.\d{1,3}/.exec(field('status') ?? '')?.[0];
    return recipient && action && code ? [{ recipient, action, status: code, messageId }] : [];
  });
}

/** The message of ours that a Message-ID names. */
export const outboxIdOf = (messageId: string | undefined): string | undefined => /^<(msg_[0-9a-z]{9,11})@/.exec(messageId ?? '')?.[1];
