import { join } from 'node:path';
import { type ExportPort, parseRule, type Rule } from './audience/index.ts';
import type { Pg } from './base/index.ts';
import { lastWords } from './channels/index.ts';
import type { Journeys } from './journeys/index.ts';
import { traitsOf } from './people/index.ts';
import { maskOf, type Privacy } from './people/privacy/index.ts';

/** What files of audiences take from other rooms. */
export function audienceFiles({ pg, privacy, dataDir }: { pg: Pg; privacy: Privacy; dataDir: string }): ExportPort {
  return {
    dir: join(dataDir, 'audience-files'),
    keys: (ws) => privacy.keys.of(ws),
    traits: (ws, people) => traitsOf(pg, ws, people),
    identities: (ws, people, types) =>
      pg.query(
        `SELECT person_no AS no, type, value FROM identities WHERE workspace_no = $1 AND person_no = ANY($2) AND type = ANY($3) ORDER BY person_no, first_seen_at`,
        [ws, [...people], [...types]],
      ),
    open: (ws, value) => privacy.openAll(ws, value),
    mask: maskOf,
    agreed: (ws, people, how) => agreedToAds(pg, ws, people, how),
  };
}

/** Who may be shown to advertisers: their last word that covers it counts, as it does for messages; a refusal of all marketing refuses this too. */
async function agreedToAds(pg: Pg, ws: number, people: readonly number[], how: 'granted' | 'notRefused'): Promise<Set<number>> {
  const [words, traits] = await Promise.all([lastWords(pg, ws, people, { purpose: 'ads', channel: 'ads' }), traitsOf(pg, ws, people)]);
  return new Set(
    people.filter((no) => {
      const of = traits.get(no) ?? {};
      if (words.get(no) === false || of.unsubscribed === true || of.consent_marketing === false) return false;
      return how === 'notRefused' || words.get(no) === true || of.consent_marketing === true;
    }),
  );
}

/** Journeys that enter by an audience or branch by a rule. */
export async function journeysWithRules(journeys: Pick<Journeys, 'list'>, ws: number) {
  const found: { kind: string; id: string; name: { zh: string; en: string }; rules: Rule[]; audiences: string[] }[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await journeys.list(ws, { limit: 100, ...(cursor ? { cursor } : {}) });
    for (const { id, name, state, graph } of page.items) {
      if (state === 'archived') continue;
      const nodes = (graph as { nodes: { audience?: string; rule?: Rule; branches?: { rule?: Rule }[] }[] }).nodes;
      found.push({
        kind: 'journey',
        id,
        name: { zh: name, en: name },
        rules: nodes.flatMap((n) => [n, ...(n.branches ?? [])].flatMap((one) => (one.rule ? [one.rule] : []))),
        audiences: nodes.flatMap((n) => (typeof n.audience === 'string' ? [n.audience] : [])),
      });
    }
    if (!page.nextCursor) return found;
    cursor = page.nextCursor;
  }
}

/** Rules that were written down as they were sent, as they are meant: a count that is left out is one. */
export const asRead = (rules: readonly unknown[]): Rule[] => rules.map((rule) => parseRule(rule).rule ?? (rule as Rule));
