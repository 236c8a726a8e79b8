import { notFound, type Pg } from '../../base/index.ts';
import type { Privacy } from './privacy.ts';

export interface Revealed {
  identities: { type: string; id: string }[];
  traits: Record<string, unknown>;
  /** Notes by staff in which a phone or an e-mail stands. */
  notes: { id: string; text: string }[];
}

/**
 * Personal values of one person in clear.
 * @param fields names of traits, types of identities, `notes`; all when empty
 */
export async function revealPerson(
  pg: Pg,
  privacy: Privacy,
  workspaceNo: number,
  personNo: number,
  fields: readonly string[],
): Promise<Revealed> {
  const [person] = await pg.query<{ traits: Record<string, unknown> }>(
    'SELECT traits FROM people WHERE workspace_no = $1 AND person_no = $2 AND merged_into IS NULL',
    [workspaceNo, personNo],
  );
  if (!person) throw notFound('Person');
  const identities = await pg.query<{ type: string; id: string }>(
    'SELECT type, value AS id FROM identities WHERE workspace_no = $1 AND person_no = $2 ORDER BY first_seen_at, type',
    [workspaceNo, personNo],
  );
  const notes = await pg.query<{ id: string; text: string }>(
    `SELECT id, text FROM person_notes WHERE workspace_no = $1 AND text LIKE '%pii~%'
       AND person_no IN (SELECT person_no FROM people WHERE workspace_no = $1 AND (person_no = $2 OR merged_into = $2)) ORDER BY id DESC`,
    [workspaceNo, personNo],
  );
  const wanted = (name: string): boolean => fields.length === 0 || fields.includes(name);
  const sealed = (value: unknown): boolean => (JSON.stringify(value) ?? '').includes('pii~');
  const traits = Object.entries(person.traits).filter(([name, value]) => wanted(name) && sealed(value));
  return privacy.openAll(workspaceNo, {
    identities: identities.filter((i) => wanted(i.type) && sealed(i.id)),
    traits: Object.fromEntries(traits),
    notes: wanted('notes') ? notes : [],
  });
}
