import MailComposer from 'nodemailer/lib/mail-composer';
import type { OutboundMessage } from '../adapter.ts';
import type { EmailConfig } from './schema.ts';

/** One mail, as bytes: the words as text and as HTML, and the headers by which a reader stops it with one click (RFC 8058). */

export interface Mail {
  from: string;
  to: string;
  bytes: Buffer;
}

/** The mark by which a bounce tells which message it is about. */
export const messageIdOf = (outboxId: string, from: string): string => `<${outboxId}@${from.slice(from.lastIndexOf('@') + 1)}>`;

export async function composeMail(
  config: EmailConfig,
  message: Pick<OutboundMessage, 'outboxId' | 'address' | 'text' | 'link' | 'extra' | 'unsubscribe'>,
  at: { publicUrl: string; pixel?: string; date: Date; poster?: Buffer },
): Promise<Mail> {
  const { text, link, unsubscribe, extra = {} } = message;
  const title = oneLine(extra.title ?? text.slice(0, 60));
  const plain = [
    text.trim(),
    ...(link && !text.includes(link.url) ? [`${link.title}\n${link.url}`.trim()] : []),
    ...(config.imprint || unsubscribe ? ['-- '] : []),
    ...(config.imprint ? [config.imprint] : []),
    ...(unsubscribe ? [`退订 / Unsubscribe: ${unsubscribe}`] : []),
  ].join('\n\n');
  const mail = new MailComposer({
    from: { name: config.fromName ?? '', address: config.fromAddress },
    to: [{ name: '', address: message.address }],
    ...(config.replyTo ? { replyTo: config.replyTo } : {}),
    subject: title,
    date: at.date,
    messageId: messageIdOf(message.outboxId, config.fromAddress),
    text: plain,
    html: htmlOf(config, { ...message, title }, at),
    headers: unsubscribe
      ? {
          'List-Unsubscribe': `<${unsubscribe}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          'Auto-Submitted': 'auto-generated',
        }
      : { 'Auto-Submitted': 'auto-generated' },
    ...(at.poster
      ? { attachments: [{ cid: posterCid, filename: 'poster.jpg', content: at.poster, contentDisposition: 'inline' as const }] }
      : {}),
    // Nothing that somebody writes into a text makes this server read a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { from: config.fromAddress, to: message.address, bytes: await mail.compile().build() };
}

/** A picture that is the reader's own lies in the mail itself: it is there without being fetched, and tells nobody that it was looked at. */
const posterCid = 'poster';

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

/** Addresses in a text can be tapped; what they say stays as it was written. */
const linked = (text: string): string =>
  text
    .split(/(https?:\/\/[^\s<>"'，。；！？、）]+)/)
    .map((part, i) => (i % 2 === 1 ? `<a href="${escaped(part)}" style="color:#0b6b83">${escaped(part)}</a>` : escaped(part)))
    .join('');

/** One column that a phone shows as it is; styles stand on the elements, for many programs drop all others. */
function htmlOf(
  config: EmailConfig,
  { text, link, unsubscribe, extra = {}, title }: Pick<OutboundMessage, 'text' | 'link' | 'unsubscribe' | 'extra'> & { title: string },
  { publicUrl, pixel, poster }: { publicUrl: string; pixel?: string; poster?: Buffer },
): string {
  const words = text
    .trim()
    .split(/\n{2,}/)
    .map((part) => `<p style="margin:0 0 14px">${linked(part).replaceAll('\n', '<br>')}</p>`)
    .join('');
  const shown = poster ? `cid:${posterCid}` : extra.picture && `${publicUrl.replace(/\/$/, '')}/api/content/files/${extra.picture}`;
  const picture = shown
    ? `<img src="${escaped(shown)}" alt="" width="536" style="display:block;width:100%;max-width:536px;height:auto;border-radius:8px;margin:0 0 18px">`
    : '';
  const button =
    link && !text.includes(link.url)
      ? `<p style="margin:20px 0"><a href="${escaped(link.url)}" style="display:inline-block;background:#0b6b83;color:#fff;text-decoration:none;padding:12px 24px;border-radius:24px">${escaped(link.title || link.url)}</a></p>`
      : '';
  const foot = [
    ...(config.imprint ? [escaped(config.imprint).replaceAll('\n', '<br>')] : []),
    ...(unsubscribe ? [`<a href="${escaped(unsubscribe)}" style="color:#6b7f86">退订 Unsubscribe</a>`] : []),
  ].join('<br>');
  const hidden = 'display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden';
  return [
    '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escaped(title)}</title></head><body style="margin:0;padding:0;background:#f3f6f7">`,
    extra.preheader ? `<div style="${hidden}">${escaped(extra.preheader)}</div>` : '',
    "<div style=\"max-width:600px;margin:0 auto;padding:16px;font:16px/1.6 system-ui,-apple-system,'PingFang SC','Microsoft YaHei',sans-serif;color:#16323b\">",
    `<div style="background:#fff;border-radius:12px;padding:28px 32px">${picture}${words}${button}</div>`,
    foot && `<div style="padding:16px 32px;font-size:12px;color:#6b7f86">${foot}</div>`,
    '</div>',
    pixel ? `<img src="${escaped(pixel)}" alt="" width="1" height="1" style="display:block;border:0">` : '',
    '</body></html>',
  ].join('');
}
