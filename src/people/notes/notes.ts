import { z } from 'zod';
import { type Clock, decodeCursor, encodeCursor, type Migration, newId, notFound, type Pg, problem } from '../../base/index.ts';

/** What staff wrote down about a person. */
export interface Note {
  id: string;
  text: string;
  at: string;
  /** Who wrote it: a member, or a key by its name. */
  by: { id: string; name: string };
}

export const noteMigrations: Migration[] = [
  {
    room: 'notes',
    n: 1,
    name: 'notes by staff',
    pg: `
      CREATE TABLE person_notes (
        id text PRIMARY KEY, workspace_no int NOT NULL, person_no bigint NOT NULL, at timestamptz NOT NULL,
        by_id text NOT NULL, by_name text NOT NULL, text text NOT NULL);
      CREATE INDEX person_notes_person ON person_notes (workspace_no, person_no, id DESC);`,
  },
];

export interface NoteDeps {
  pg: Pg;
  clock: Clock;
  /** A text as it is kept: without the phones and e-mails in it. Where it is missing, texts are kept as they are. */
  hide?(workspaceNo: number, text: string): Promise<string>;
}

/** Notes by staff. A person who was merged brings theirs along: they are read by every number that is now this person. */
export function createNotes({ pg, clock, hide }: NoteDeps) {
  const ofPerson = `n.workspace_no = $1 AND n.person_no IN (SELECT person_no FROM people WHERE workspace_no = $1 AND (person_no = $2 OR merged_into = $2))`;
  const shape = ({ id, text, at, by_id, by_name }: Row): Note => ({ id, text, at: at.toISOString(), by: { id: by_id, name: by_name } });
  return {
    /** Newest first. */
    list: async (workspaceNo: number, personNo: number, page: { cursor?: string | undefined; limit: number }) => {
      const rows = await pg.query<Row>(
        `SELECT n.id, n.text, n.at, n.by_id, n.by_name FROM person_notes n
         WHERE ${ofPerson} AND ($3::text IS NULL OR n.id < $3) ORDER BY n.id DESC LIMIT $4`,
        [workspaceNo, personNo, decodeCursor(page.cursor, z.string()) ?? null, page.limit + 1],
      );
      const items = rows.slice(0, page.limit).map(shape);
      return { items, nextCursor: rows.length > page.limit ? encodeCursor(items.at(-1)!.id) : null };
    },

    add: async (workspaceNo: number, personNo: number, by: Note['by'], text: string): Promise<Note> => {
      const [row] = await pg.query<Row>(
        `INSERT INTO person_notes (id, workspace_no, person_no, at, by_id, by_name, text) VALUES ($1, $2, $3, $4, $5, $6, $7)
         RETURNING id, text, at, by_id, by_name`,
        [newId('note', clock.ms()), workspaceNo, personNo, clock.now(), by.id, by.name, (await hide?.(workspaceNo, text)) ?? text],
      );
      return shape(row!);
    },

    /** @throws 404 when there is no such note of this person; 403 when somebody else wrote it and `any` is not set */
    remove: async (workspaceNo: number, personNo: number, id: string, asker: { id: string; any: boolean }): Promise<void> => {
      const [row] = await pg.query<Row>(`SELECT n.id, n.by_id FROM person_notes n WHERE ${ofPerson} AND n.id = $3`, [
        workspaceNo,
        personNo,
        id,
      ]);
      if (!row) throw notFound('Note');
      if (row.by_id !== asker.id && !asker.any)
        throw problem(403, 'This note is somebody else’s', { detail: 'Who wrote a note may take it away, and who may change people.' });
      await pg.query('DELETE FROM person_notes WHERE workspace_no = $1 AND id = $2', [workspaceNo, id]);
    },
  };
}
export type Notes = ReturnType<typeof createNotes>;

interface Row {
  id: string;
  text: string;
  at: Date;
  by_id: string;
  by_name: string;
}
