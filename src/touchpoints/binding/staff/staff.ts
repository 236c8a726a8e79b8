import { z } from 'zod';
import { badInput, type Clock, decodeCursor, encodeCursor, newId, notFound, type Pg, problem } from '../../../base/index.ts';

export interface StaffMember {
  /** The member's id at WeCom, or their number. */
  id: string;
  name: string;
  unitIds: string[];
  position: string | null;
  state: 'active' | 'left';
  leftAt: string | null;
  source: string;
  /** Customers bound to them now. */
  customers: number;
  /** Who takes over for them: several share their customers. */
  heirs: string[];
  /** Nobody wrote them down: they are known from events alone. */
  unlisted?: boolean;
}

export interface Unit {
  id: string;
  parentId: string | null;
  name: string;
  kind: 'department' | 'store';
  city: string | null;
  source: string;
  /** Members in it and below it who are there, and their customers. */
  staff: number;
  customers: number;
}

interface Row {
  id: string;
  name: string | null;
  unit_ids: string[] | null;
  position: string | null;
  state: 'active' | 'left' | null;
  left_at: Date | null;
  source: string | null;
  customers: number;
  heirs: string[] | null;
}

/** Those who are written down, and those whom events alone name. */
const everybody = `
  SELECT coalesce(s.id, h.staff_id) AS id, s.name, s.unit_ids, s.position, s.state, s.left_at, s.source, coalesce(h.n, 0) AS customers,
    (SELECT heirs FROM staff_successions x WHERE x.workspace_no = $1 AND x.leaver_id = coalesce(s.id, h.staff_id) AND x.until_at IS NULL ORDER BY at DESC LIMIT 1) AS heirs
  FROM (SELECT * FROM staff WHERE workspace_no = $1) s
  FULL JOIN (SELECT staff_id, count(*) AS n FROM bindings WHERE workspace_no = $1 AND (paused OR valid_until IS NULL OR valid_until > $2) GROUP BY 1) h ON h.staff_id = s.id`;

const shape = (r: Row): StaffMember => ({
  id: r.id,
  name: r.name ?? r.id,
  unitIds: r.unit_ids ?? [],
  position: r.position,
  state: r.state ?? 'active',
  leftAt: r.left_at?.toISOString() ?? null,
  source: r.source ?? 'events',
  customers: r.customers,
  heirs: r.heirs ?? [],
  ...(r.name === null ? { unlisted: true } : {}),
});

export interface StaffChange {
  name?: string | undefined;
  unitIds?: string[] | undefined;
  position?: string | null | undefined;
  state?: 'active' | 'left' | undefined;
}

export function createStaff(deps: { pg: Pg; clock: Clock }) {
  const { pg, clock } = deps;
  const units = async (ws: number): Promise<Omit<Unit, 'staff' | 'customers'>[]> =>
    pg.query(
      `SELECT id, parent_id AS "parentId", name, kind, city, source FROM org_units WHERE workspace_no = $1 AND NOT gone ORDER BY place, name, id`,
      [ws],
    );
  const all = async (ws: number): Promise<StaffMember[]> =>
    (await pg.query<Row>(`${everybody} ORDER BY customers DESC, id`, [ws, clock.now()])).map(shape);
  const checkUnits = async (ws: number, ids: readonly string[]): Promise<void> => {
    const known = new Set((await units(ws)).map((u) => u.id));
    const wrong = ids.find((id) => !known.has(id));
    if (wrong !== undefined) throw badInput([{ field: 'unitIds', reason: `there is no department or store "${wrong}"` }]);
  };
  const one = async (ws: number, id: string): Promise<StaffMember> => {
    const [row] = await pg.query<Row>(`SELECT * FROM (${everybody}) e WHERE id = $3`, [ws, clock.now(), id]);
    if (!row) throw notFound('Staff member');
    return shape(row);
  };

  return {
    one,
    all,
    /** Name and state of staff members by id; who is not written down is left out. */
    named: async (ws: number, ids: readonly string[]): Promise<Map<string, { name: string; state: 'active' | 'left' }>> => {
      const rows = await pg.query<{ id: string; name: string; state: 'active' | 'left' }>(
        'SELECT id, name, state FROM staff WHERE workspace_no = $1 AND id = ANY($2)',
        [ws, [...ids]],
        'staff.named',
      );
      return new Map(rows.map(({ id, ...one }) => [id, one]));
    },

    list: async (
      ws: number,
      query: {
        query?: string | undefined;
        unit?: string | undefined;
        state?: 'active' | 'left' | undefined;
        cursor?: string | undefined;
        limit: number;
      },
    ) => {
      const within = query.unit === undefined ? null : below(await units(ws), query.unit);
      const after = decodeCursor(query.cursor, z.tuple([z.number().int(), z.string()]));
      const rows = await pg.query<Row>(
        `SELECT * FROM (${everybody}) e WHERE ($3::text IS NULL OR strpos(lower(coalesce(name, '') || ' ' || id), lower($3)) > 0) AND ($4::text IS NULL OR coalesce(state, 'active') = $4)
           AND ($5::text[] IS NULL OR unit_ids && $5) AND ($6::bigint IS NULL OR (-customers, id) > (-$6::bigint, $7)) ORDER BY customers DESC, id LIMIT $8`,
        [ws, clock.now(), query.query || null, query.state ?? null, within, after?.[0] ?? null, after?.[1] ?? null, query.limit + 1],
      );
      const items = rows.slice(0, query.limit).map(shape);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > query.limit ? encodeCursor([last!.customers, last!.id]) : null };
    },

    units: async (ws: number): Promise<Unit[]> => {
      const [list, people] = await Promise.all([units(ws), all(ws)]);
      return list.map((unit) => {
        const inside = new Set(below(list, unit.id));
        const members = people.filter((p) => p.state === 'active' && p.unitIds.some((id) => inside.has(id)));
        return { ...unit, staff: members.length, customers: members.reduce((n, p) => n + p.customers, 0) };
      });
    },

    saveUnit: async (
      ws: number,
      unit: { id?: string | undefined; name: string; parentId: string | null; kind: Unit['kind']; city: string | null },
    ): Promise<string> => {
      const list = await units(ws);
      const id = unit.id ?? newId('org', clock.ms());
      if (unit.id !== undefined && !list.some((u) => u.id === id)) throw notFound('Department or store');
      if (unit.parentId !== null && !list.some((u) => u.id === unit.parentId))
        throw badInput([{ field: 'parentId', reason: 'there is no such department' }]);
      if (unit.parentId !== null && below(list, id).includes(unit.parentId))
        throw badInput([{ field: 'parentId', reason: 'lies below this one; a department cannot lie inside itself' }]);
      await pg.query(
        `INSERT INTO org_units (workspace_no, id, parent_id, name, kind, city, source) VALUES ($1, $2, $3, $4, $5, $6, 'hand')
         ON CONFLICT (workspace_no, id) DO UPDATE SET parent_id = $3, name = $4, kind = $5, city = $6`,
        [ws, id, unit.parentId, unit.name, unit.kind, unit.city],
      );
      return id;
    },

    add: async (ws: number, member: { id: string; name: string; unitIds: string[]; position: string | null }): Promise<StaffMember> => {
      await checkUnits(ws, member.unitIds);
      const added = await pg.query<{ id: string }>(
        `INSERT INTO staff (workspace_no, id, name, unit_ids, position, source, state, updated_at) VALUES ($1, $2, $3, $4, $5, 'hand', 'active', $6)
         ON CONFLICT DO NOTHING RETURNING id`,
        [ws, member.id, member.name, member.unitIds, member.position, clock.now()],
      );
      if (added.length === 0)
        throw problem(409, 'There is a staff member with this id', {
          errors: [{ field: 'id', reason: 'is taken; change that member instead' }],
        });
      return one(ws, member.id);
    },

    /** Who was known from events alone is written down by this. */
    change: async (ws: number, id: string, change: StaffChange): Promise<StaffMember> => {
      const now = await one(ws, id);
      if (change.unitIds) await checkUnits(ws, change.unitIds);
      const next = { ...now, ...Object.fromEntries(Object.entries(change).filter(([, v]) => v !== undefined)) } as StaffMember;
      const leftAt = next.state === 'active' ? null : (now.leftAt ?? clock.now());
      await pg.query(
        `INSERT INTO staff (workspace_no, id, name, unit_ids, position, source, state, left_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'hand', $6, $7, $8)
         ON CONFLICT (workspace_no, id) DO UPDATE SET name = $3, unit_ids = $4, position = $5, state = $6, left_at = $7, updated_at = $8`,
        [ws, id, next.name, next.unitIds, next.position, next.state, leftAt, clock.now()],
      );
      return one(ws, id);
    },
  };
}
export type Staff = ReturnType<typeof createStaff>;

/** A unit and all that lie below it. */
export function below(units: readonly { id: string; parentId: string | null }[], id: string): string[] {
  const found = [id];
  for (const one of found) for (const unit of units) if (unit.parentId === one && !found.includes(unit.id)) found.push(unit.id);
  return found;
}
