import { boundary, type Pg } from '../../../base/index.ts';
import type { Privacy } from '../privacy.ts';

/** Rows of PostgreSQL in which personal values stand in clear from before they were sealed, sealed. Each returns how many it changed. */
export interface Kept {
  pg: Pg;
  privacy: Privacy;
  workspaceNo: number;
}

const atOnce = 2_000;

export async function sealTraits({ pg, privacy, workspaceNo }: Kept): Promise<number> {
  let sealed = 0;
  for (let after = 0; ; ) {
    const rows = await pg.query<{ no: number; traits: Record<string, unknown> }>(
      'SELECT person_no AS no, traits FROM people WHERE workspace_no = $1 AND person_no > $2 ORDER BY person_no LIMIT $3',
      [workspaceNo, after, atOnce],
    );
    if (rows.length === 0) return sealed;
    after = Number(rows.at(-1)!.no);
    const hidden = await privacy.hideBags(
      workspaceNo,
      rows.map((r) => r.traits),
    );
    const changed = rows.flatMap((r, i) => (hidden[i] === r.traits ? [] : [{ ...r, hidden: hidden[i]! }]));
    if (changed.length === 0) continue;
    // What was said of somebody meanwhile is sealed already, and stays.
    const done = await pg.query(
      `UPDATE people p SET traits = n.hidden FROM unnest($2::bigint[], $3::jsonb[], $4::jsonb[]) AS n (no, was, hidden)
       WHERE p.workspace_no = $1 AND p.person_no = n.no AND p.traits = n.was RETURNING 1`,
      [workspaceNo, changed.map((c) => c.no), changed.map((c) => JSON.stringify(c.traits)), changed.map((c) => JSON.stringify(c.hidden))],
    );
    // Somebody's who were written to at this very moment are looked at again.
    if (done.length < changed.length) after = Number(rows[0]!.no) - 1;
    sealed += done.length;
    boundary('privacy.sealed.traits');
  }
}

/** Texts that were sent: the values of whom they were sent to. */
export async function sealTexts({ pg, privacy, workspaceNo }: Kept): Promise<number> {
  let sealed = 0;
  for (let after = 0; ; ) {
    const rows = await pg.query<{ no: number; person: number; text: string }>(
      'SELECT no, person_no AS person, text FROM outbox WHERE workspace_no = $1 AND no > $2 AND text IS NOT NULL ORDER BY no LIMIT $3',
      [workspaceNo, after, atOnce],
    );
    if (rows.length === 0) return sealed;
    after = Number(rows.at(-1)!.no);
    const people = [...new Set(rows.map((r) => Number(r.person)))];
    // By the number that a message carries, whomever it stands for now.
    const known = await pg.query<{ no: number; traits: Record<string, unknown> }>(
      `SELECT w.person_no AS no, jsonb_build_object('traits', p.traits, 'identities', (
           SELECT coalesce(jsonb_agg(i.value), '[]') FROM identities i WHERE i.person_no = p.person_no AND i.value LIKE 'pii~%')) AS traits
       FROM people w JOIN people p ON p.person_no = coalesce(w.merged_into, w.person_no) WHERE w.workspace_no = $1 AND w.person_no = ANY($2)`,
      [workspaceNo, people],
    );
    const { hide } = await privacy.inTexts(workspaceNo, new Map(known.map((k) => [Number(k.no), k.traits])));
    const changed = rows.flatMap((r) => {
      const text = hide(Number(r.person), r.text);
      return text === r.text ? [] : [{ no: r.no, text }];
    });
    await pg.query(
      'UPDATE outbox o SET text = n.text FROM unnest($2::bigint[], $3::text[]) AS n (no, text) WHERE o.workspace_no = $1 AND o.no = n.no',
      [workspaceNo, changed.map((c) => c.no), changed.map((c) => c.text)],
    );
    sealed += changed.length;
    boundary('privacy.sealed.texts');
  }
}

/** Phones and e-mails that staff wrote into notes. */
export async function sealNotes({ pg, privacy, workspaceNo }: Kept): Promise<number> {
  let sealed = 0;
  for (let after = ''; ; ) {
    const rows = await pg.query<{ id: string; text: string }>(
      'SELECT id, text FROM person_notes WHERE workspace_no = $1 AND id > $2 ORDER BY id LIMIT $3',
      [workspaceNo, after, atOnce],
    );
    if (rows.length === 0) return sealed;
    after = rows.at(-1)!.id;
    const texts = await privacy.hideTexts(
      workspaceNo,
      rows.map((r) => r.text),
    );
    const changed = rows.flatMap((r, i) => (texts[i] === r.text ? [] : [{ id: r.id, text: texts[i]! }]));
    await pg.query(
      'UPDATE person_notes p SET text = n.text FROM unnest($2::text[], $3::text[]) AS n (id, text) WHERE p.workspace_no = $1 AND p.id = n.id',
      [workspaceNo, changed.map((c) => c.id), changed.map((c) => c.text)],
    );
    sealed += changed.length;
    boundary('privacy.sealed.notes');
  }
}
