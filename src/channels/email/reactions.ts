import type { SmtpAnswer } from './smtp.ts';

/** What a server's refusal of one mail means: RFC 5321 codes, and the finer ones of RFC 3463 where it gives them. */

export type Refusal =
  /** The address takes no mail, and never will. */
  | { kind: 'dead'; reason: string }
  /** This mail is not taken, though another may be. */
  | { kind: 'failed'; reason: string }
  /** Later: this one alone, or all. */
  | { kind: 'later'; reason: string; all: boolean }
  | { kind: 'in_doubt' };

const deadStatus = /^5\.(1\.[0-36]|1\.10|2\.1|4\.4)$/;

export function refusalOf({ code, status, response, begun }: Extract<SmtpAnswer, { taken: false }>): Refusal {
  if (code === 0) return begun ? { kind: 'in_doubt' } : { kind: 'later', reason: 'smtp_broken', all: true };
  const reason = `smtp_${code}${status ? `_${status}` : ''}`;
  // 503, a step out of turn, is said of the conversation.
  if (code < 500 || code === 503) return { kind: 'later', reason, all: code === 421 || code === 503 };
  // Said of the sender, the server or the text rather than of the address.
  if (status.startsWith('5.7') || status.startsWith('5.3') || status.startsWith('5.6') || status === '5.1.7' || status === '5.1.8')
    return { kind: 'failed', reason };
  if (status === '5.2.2' || code === 552) return { kind: 'failed', reason: 'mailbox_full' };
  if (deadStatus.test(status)) return { kind: 'dead', reason };
  // Without a finer code 550 also means "not wanted": the words tell which.
  if (!status && (code === 550 || code === 551 || code === 553))
    return /spam|block|reject(ed)? by policy|blacklist|reputation|denied/i.test(response)
      ? { kind: 'failed', reason }
      : { kind: 'dead', reason };
  return { kind: 'failed', reason };
}
