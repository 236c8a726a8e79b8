import { badInput } from '../base/index.ts';
import type { IdentityRouteDeps } from './identity-route-deps.ts';
import { normaliseIdentity } from './normalise.ts';
import { isMasked, maskOf } from './privacy/index.ts';
import type { Identity } from './rules.ts';

/** Identities as they are stored, from how they were written, or from the mask that somebody was shown of one that the person holds. */
export async function storedIdentities(
  deps: IdentityRouteDeps,
  workspaceNo: number,
  person: number,
  given: readonly { type: string; id: string }[],
): Promise<Identity[]> {
  const rules = await deps.acts.rules(workspaceNo);
  const unknown = given.flatMap(({ type }, i) =>
    rules.types.has(type) ? [] : [{ field: `identities.${i}.type`, reason: `is not an identity type of this workspace` }],
  );
  if (unknown.length > 0) throw badInput(unknown);
  return Promise.all(
    given.map(async ({ type, id }, i) => {
      if (isMasked(id)) {
        const held = await deps.read.pg.query<{ value: string }>(
          'SELECT value FROM identities WHERE workspace_no = $1 AND person_no = $2 AND type = $3',
          [workspaceNo, person, type],
        );
        const values = held.map((h) => h.value);
        const clear = await deps.privacy.openAll(workspaceNo, values);
        const meant = values.filter((_, k) => maskOf(String(clear[k])) === id);
        if (meant.length > 1)
          throw badInput([{ field: `identities.${i}.id`, reason: 'is hidden, and the person holds several that look like it' }]);
        if (meant[0] !== undefined) return { type, value: meant[0] };
      }
      const normal = normaliseIdentity(type, id, rules);
      return deps.privacy.blind(workspaceNo, 'identity' in normal ? normal.identity : { type, value: id });
    }),
  );
}
