import { openText, sealText } from '../../base/index.ts';

/** Seals the secrets of sources (of hooks, of databases) under the first of the keys; opens them with whichever it was. */
export interface SecretBox {
  seal(text: string): string;
  open(sealed: string): string;
}

const about = 'secret of a source';

/** @param keys by name, the current one first */
export function createSecretBox(keys: ReadonlyMap<string, Buffer>): SecretBox {
  const [name, current] = [...keys][0]!;
  return {
    seal: (text) => `${name}:${sealText(current, text, about).toString('base64')}`,
    open: (sealed) => {
      const at = sealed.indexOf(':');
      const key = keys.get(sealed.slice(0, at));
      if (!key) throw new Error('sealed under a master key that is not at hand');
      return openText(key, Buffer.from(sealed.slice(at + 1), 'base64'), about).toString('utf8');
    },
  };
}
