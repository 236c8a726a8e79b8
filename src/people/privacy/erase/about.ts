import type { Pg } from '../../../base/index.ts';
import { tokenShape } from '../conceal.ts';

/** Who is to be erased, and everything by which they can be found. */
export interface About {
  workspaceNo: number;
  personNo: number;
  /** Their number and those of all who were merged into them. */
  numbers: number[];
  /** Tokens of their personal values in PostgreSQL. */
  tokens: string[];
  /** Texts that name them and nobody else, as they are kept: addresses at a platform, tokens. */
  needles: string[];
}

/** Types whose values name one person in the whole world; an own id such as `1001` may stand anywhere by chance. */
const telling = /^(wechat_|wecom_|platform_id$|device_id$|ad_id$|phone$|email$)/;
const shortest = 12;

export async function readAbout(pg: Pg, erasure: { workspaceNo: number; personNo: number; numbers: number[] }): Promise<About> {
  const { workspaceNo, numbers } = erasure;
  const [identities, people, notes] = await Promise.all([
    pg.query<{ type: string; value: string }>(
      `SELECT type, value FROM identities WHERE workspace_no = $1 AND person_no = ANY($2)
       UNION SELECT type, value FROM identity_pointers WHERE workspace_no = $1 AND person_no = ANY($2)
       UNION SELECT type, value FROM identity_conflicts WHERE workspace_no = $1 AND (person_no = ANY($2) OR held_by = ANY($2))`,
      [workspaceNo, numbers],
    ),
    pg.query<{ traits: object }>('SELECT traits FROM people WHERE workspace_no = $1 AND person_no = ANY($2)', [workspaceNo, numbers]),
    pg.query<{ text: string }>('SELECT text FROM person_notes WHERE workspace_no = $1 AND person_no = ANY($2)', [workspaceNo, numbers]),
  ]);
  const tokens = new Set(people.flatMap((p) => JSON.stringify(p.traits).match(tokenShape) ?? []));
  const needles = new Set<string>();
  for (const { type, value } of identities) {
    if (value.startsWith('pii~')) tokens.add(value);
    if (!telling.test(type)) continue;
    // An openid is also kept without its app, a member of a group without the corp.
    const bare = type === 'platform_id' || type.startsWith('we') ? value.slice(value.indexOf(':') + 1) : value;
    if (bare.length >= shortest) needles.add(bare);
  }
  for (const token of tokens) needles.add(token);
  // A number that staff wrote down about them may be somebody else's as well: rows of others in which it stands are not theirs.
  for (const { text } of notes) for (const token of text.match(tokenShape) ?? []) tokens.add(token);
  return { ...erasure, tokens: [...tokens], needles: [...needles] };
}
