import type { App } from '../../base/index.ts';
import { tokenShape } from './conceal.ts';
import { maskOf } from './mask.ts';
import type { Vault } from './vault.ts';

const quoted = /"(pii~[\w-]{22})"/g;

/**
 * The one place where personal values leave: every JSON answer goes through it, and what stands for a value becomes the value for who may see
 * it (a key with that scope), its mask for everybody else, and null once it was erased.
 * @param told what a caller was shown in clear: by whom and how many values
 */
export function showPersonalValues(app: App, vault: Vault, told: (to: ShownTo, values: number) => void): void {
  app.addHook('onSend', async (req, _reply, payload) => {
    if (typeof payload !== 'string' || !payload.includes('pii~') || !req.auth) return payload;
    const clear = req.auth.personal;
    const tokens = new Set(payload.match(tokenShape));
    const values = await vault.open(req.auth.workspaceNo, tokens);
    if (clear && values.size > 0) told(req.auth, values.size);
    return showIn(payload, values, clear);
  });
}

export interface ShownTo {
  workspaceNo: number;
  actor: { kind: string; id: string; name: string };
}

/** JSON text with tokens replaced. A number becomes a number again where it stands alone. */
export function showIn(json: string, values: Map<string, string | number>, clear: boolean): string {
  const shown = (token: string): string | number | null => {
    const value = values.get(token);
    if (value === undefined) return null;
    return clear ? value : maskOf(String(value));
  };
  return json
    .replace(quoted, (_, token: string) => JSON.stringify(shown(token)))
    .replace(tokenShape, (token) => JSON.stringify(String(shown(token) ?? '***')).slice(1, -1));
}
