import type { Pg } from '../base/index.ts';
import type { Policy } from './policy.ts';
import { kindOf, type PurposeKind } from './purposes.ts';

/**
 * Which word of a person counts for a message: the newest that covers its purpose and channel; of two at the same instant the refusal. A word about all
 * purposes does not reach what is always sent (`always`), such as order notices. SQL conditions and value, for `c` of `consents`.
 */
export const covers = (of: { purpose: string; channel: string; always: string }): string =>
  `(c.purpose = ${of.purpose} OR (c.purpose = '*' AND NOT ${of.always})) AND c.channel IN (${of.channel}, '*')`;
export const lastWord = '(array_agg(c.granted ORDER BY c.at DESC, c.granted))[1]';

/** What a person's traits say about being written to for such a purpose: false refused, true agreed. */
export function agreedBy(traits: Record<string, unknown>, kind: PurposeKind): boolean | null {
  if (kind === 'transactional') return null;
  if (traits.unsubscribed === true) return false;
  if (kind === 'service') return null;
  return typeof traits.consent_marketing === 'boolean' ? traits.consent_marketing : null;
}

export interface Standing {
  purpose: string;
  channel: string;
  /** Whether such a message may go as far as the person's own word is concerned. */
  on: boolean;
}

/** How one person stands to each purpose on each channel, judged as the outbox judges. */
export async function standingOf(
  pg: Pg,
  workspaceNo: number,
  person: { no: number; traits: Record<string, unknown> },
  policy: Policy,
  channels: readonly string[],
): Promise<Standing[]> {
  const keys = policy.purposes.map((one) => one.key);
  const always = policy.purposes.map((one) => one.kind === 'transactional');
  const rows = await pg.query<{ purpose: string; channel: string; word: boolean | null }>(
    `SELECT p.key AS purpose, h.channel, ${lastWord} AS word
     FROM unnest($3::text[], $4::bool[]) WITH ORDINALITY AS p (key, always, place) CROSS JOIN unnest($5::text[]) WITH ORDINALITY AS h (channel, place)
     LEFT JOIN consents c ON c.workspace_no = $1 AND c.person_no = $2 AND ${covers({ purpose: 'p.key', channel: 'h.channel', always: 'p.always' })}
     GROUP BY p.key, p.place, h.channel, h.place ORDER BY p.place, h.place`,
    [workspaceNo, person.no, keys, always, channels],
  );
  return rows.map(({ purpose, channel, word }) => {
    const kind = kindOf(policy.purposes, purpose);
    const agreed = agreedBy(person.traits, kind);
    const asked = policy.consentRequired && kind !== 'transactional';
    return { purpose, channel, on: agreed !== false && word !== false && (!asked || agreed === true || word === true) };
  });
}
