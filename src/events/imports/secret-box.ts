import { hkdfSync } from 'node:crypto';
import { masterNames, openText, sealText } from '../../base/index.ts';

/** Seals the secrets of sources (of hooks, of databases) under the master key; opens them with whichever of the keys at hand it was. */
export interface SecretBox {
  seal(text: string): string;
  open(sealed: string): string;
}

const about = 'secret of a source';

export function createSecretBox(masters: readonly string[]): SecretBox {
  const names = masterNames(masters);
  const keys = masters.map((master) => Buffer.from(hkdfSync('sha256', master, '', 'yutang secrets of sources', 32)));
  return {
    seal: (text) => `${names[0]}:${sealText(keys[0]!, text, about).toString('base64')}`,
    open: (sealed) => {
      const at = sealed.indexOf(':');
      const key = keys[names.indexOf(sealed.slice(0, at))];
      if (!key) throw new Error('sealed under a master key that is not at hand');
      return openText(key, Buffer.from(sealed.slice(at + 1), 'base64'), about).toString('utf8');
    },
  };
}
