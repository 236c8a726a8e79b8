import type { Clock, Pg } from '../../base/index.ts';
import type { Kind } from '../schema.ts';
import type { Code } from './schema.ts';

/** What a door has to know of its touchpoint. */
export interface Door {
  workspaceNo: number;
  id: string;
  key: string;
  kind: Kind;
  name: string;
  carrier: string;
  campaign: string;
  url: string | null;
  code: Code | null;
  state: string;
  /** Who comes inside WeChat is to be known. */
  signIn: boolean;
  /** Through whose own code: its key, and who that is now. */
  share: { key: string; by: number | null } | null;
}

/** A printed code that leads elsewhere from now on does so everywhere within this time. */
const freshMs = 1_000;
const most = 50_000;

const columns = `p.workspace_no AS "workspaceNo", p.id, p.key, p.kind, p.name, p.carrier, p.campaign, p.url, p.code, p.state,
  coalesce(s.know_in_wechat, false) AS "signIn" FROM touchpoints p LEFT JOIN touchpoint_settings s ON s.workspace_no = p.workspace_no`;

/** Touchpoints by key, as the doors need them: read once a second at most, however many scan. */
export function createBook(deps: { pg: Pg; clock: Clock }) {
  const known = new Map<string, { at: number; door: Promise<Door | undefined> }>();
  const read = async (key: string): Promise<Door | undefined> => {
    const [own] = await deps.pg.query<Omit<Door, 'share'>>(`SELECT ${columns} WHERE p.key = $1`, [key], 'touchpoints.door');
    if (own) return { ...own, share: null };
    const [door] = await deps.pg.query<Omit<Door, 'share'> & { by: number | null }>(
      `SELECT o.person_no AS by, ${columns} JOIN personal_codes c ON c.touchpoint_id = p.id LEFT JOIN personal_code_owners o ON o.key = c.key
       WHERE c.key = $1 AND c.workspace_no = p.workspace_no`,
      [key],
      'touchpoints.personal',
    );
    if (!door) return undefined;
    const { by, ...rest } = door;
    return { ...rest, share: { key, by } };
  };
  return {
    of: (key: string): Promise<Door | undefined> => {
      const now = deps.clock.ms();
      const held = known.get(key);
      if (held && Math.abs(now - held.at) < freshMs) return held.door;
      const door = read(key);
      door.catch(() => known.delete(key));
      known.delete(key);
      known.set(key, { at: now, door });
      // The oldest goes: keys that nobody has are guesses, and must not fill the memory.
      if (known.size > most) known.delete(known.keys().next().value!);
      return door;
    },
    /** After a change here. */
    forget: (key: string): void => {
      known.delete(key);
    },
  };
}
export type Book = ReturnType<typeof createBook>;
