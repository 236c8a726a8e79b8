import { hkdfSync } from 'node:crypto';
import { createSigner } from '../../base/index.ts';

/** Whom an address is for, and what the message that held it was about. */
export interface PreferenceAddress {
  workspaceNo: number;
  personNo: number;
  channel?: string | undefined;
  purpose?: string | undefined;
  /** The message, by its number. */
  message?: number | undefined;
}

const word = /^[\w-]{1,60}$/;
const number = /^[0-9a-z]{1,11}$/;

/**
 * Addresses of people's own pages about what they are sent: `/u/<token>`. All that is needed stands in the token, under a signature, so that an address
 * works for years, also when its message is gone. It says numbers and words for kinds of messages: nothing of the person.
 */
export function createPreferenceLinks(publicUrl: string, keys: readonly Buffer[]) {
  const signer = createSigner(keys.map((key) => Buffer.from(hkdfSync('sha256', key, '', 'yutang preference pages', 32))));
  const token = ({ workspaceNo, personNo, channel, purpose, message }: PreferenceAddress): string => {
    const known = (text: string | undefined) => (text !== undefined && word.test(text) ? text : '');
    const parts = [workspaceNo.toString(36), personNo.toString(36), message?.toString(36) ?? '', known(channel), known(purpose)];
    while (parts.at(-1) === '') parts.pop();
    const body = parts.join('.');
    return `${body}.${signer.sign(body)}`;
  };
  return {
    link: (to: PreferenceAddress): string => `${publicUrl.replace(/\/$/, '')}/u/${token(to)}`,
    read: (given: string): PreferenceAddress | undefined => {
      const cut = given.lastIndexOf('.');
      const body = given.slice(0, Math.max(cut, 0));
      if (!signer.fits(body, given.slice(cut + 1))) return undefined;
      const [workspace = '', person = '', message = '', channel = '', purpose = ''] = body.split('.');
      if (!number.test(workspace) || !number.test(person)) return undefined;
      return {
        workspaceNo: Number.parseInt(workspace, 36),
        personNo: Number.parseInt(person, 36),
        ...(number.test(message) ? { message: Number.parseInt(message, 36) } : {}),
        ...(channel ? { channel } : {}),
        ...(purpose ? { purpose } : {}),
      };
    },
  };
}
export type PreferenceLinks = ReturnType<typeof createPreferenceLinks>;
