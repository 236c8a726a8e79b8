import type { App } from '../../base/index.ts';
import { tokenShape } from './conceal.ts';
import { markedMask, maskOf } from './mask.ts';
import type { Vault } from './vault.ts';

const quoted = /"(pii~[\w-]{22})"/g;

/**
 * The one place where personal values leave: every JSON answer goes through it, and what stands for a value becomes the value for who may see
 * it (a key with that scope), its mask for everybody else, and null once it was erased.
 * @param told what a caller was shown in clear: by whom and how many values
 * @param rules addresses of routes that answer with what staff wrote into rules: who may reveal sees it there, others masks that can be sent back
 */
export function showPersonalValues(
  app: App,
  vault: Vault,
  told: (to: ShownTo, values: number) => void,
  rules: ReadonlySet<string> = new Set(),
): void {
  app.addHook('onSend', async (req, _reply, payload) => {
    if (typeof payload !== 'string' || !payload.includes('pii~') || !req.auth) return payload;
    const isRule = rules.has(req.routeOptions.url ?? '');
    const clear = req.auth.personal || (isRule && req.auth.can('people.reveal'));
    const tokens = new Set(payload.match(tokenShape));
    const values = await vault.open(req.auth.workspaceNo, tokens);
    if (clear && values.size > 0) told(req.auth, values.size);
    return showIn(payload, values, clear, isRule);
  });
}

export interface ShownTo {
  workspaceNo: number;
  actor: { kind: string; id: string; name: string };
}

/**
 * JSON text with tokens replaced. A number becomes a number again where it stands alone.
 * @param apart masks that look alike get a mark
 */
export function showIn(json: string, values: Map<string, string | number>, clear: boolean, apart = false): string {
  const masks = new Map([...values].map(([token, value]) => [token, maskOf(String(value))]));
  const alike = apart ? Map.groupBy(masks.values(), (mask) => mask) : undefined;
  const shown = (token: string): string | number | null => {
    const mask = masks.get(token);
    if (mask === undefined) return null;
    if (clear) return values.get(token)!;
    return (alike?.get(mask)?.length ?? 1) > 1 ? markedMask(mask, token) : mask;
  };
  return json
    .replace(quoted, (_, token: string) => JSON.stringify(shown(token)))
    .replace(tokenShape, (token) => JSON.stringify(String(shown(token) ?? '***')).slice(1, -1));
}
