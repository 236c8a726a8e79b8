import { createHash } from 'node:crypto';
import { z } from 'zod';
import { badInput, newId, notFound } from '../base/index.ts';
import { newKey } from './keys.ts';
import { doorOf } from './points.ts';
import type { TouchpointDeps } from './ports.ts';
import type { Kind } from './schema.ts';

/** The same poster with two codes, drawn by lot for each person: what does the extra step of a live code cost? */
export const newTrial = z.object({
  name: z.string().trim().min(1, { error: 'must not be empty' }).max(60),
  text: z.string().trim().max(400).default(''),
  liveId: z.string().max(64),
  staticId: z.string().max(64),
});
export const trialSchema = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  text: z.string(),
  liveId: z.string(),
  staticId: z.string(),
  /** The page to share or print. */
  poster: z.string(),
  state: z.enum(['running', 'ended']),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});
export type Trial = z.output<typeof trialSchema>;

interface Row {
  id: string;
  workspace_no: number;
  key: string;
  name: string;
  text: string;
  live_id: string;
  static_id: string;
  state: Trial['state'];
  created_at: Date;
  ended_at: Date | null;
}
const columns = 'id, workspace_no, key, name, text, live_id, static_id, state, created_at, ended_at';

export type Arm = 'live' | 'static';
/** By lot, and for one person always the same: nobody can tell one arm's people from the other's. */
export const armOf = (key: string, visitor: string): Arm =>
  createHash('sha256').update(`${key}:${visitor}`).digest()[0]! % 2 === 0 ? 'live' : 'static';

export function createTrials(deps: Pick<TouchpointDeps, 'pg' | 'clock' | 'publicUrl'>) {
  const { pg, clock, publicUrl } = deps;
  const toTrial = (row: Row): Trial => ({
    id: row.id,
    key: row.key,
    name: row.name,
    text: row.text,
    liveId: row.live_id,
    staticId: row.static_id,
    poster: `${publicUrl}/p/${row.key}`,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  });
  const read = (ws: number, id: string | null) =>
    pg.query<Row>(
      `SELECT ${columns} FROM code_trials WHERE workspace_no = $1 AND ($2::text IS NULL OR id = $2) ORDER BY id DESC LIMIT 200`,
      [ws, id],
    );
  const get = async (ws: number, id: string): Promise<Trial> => {
    const [row] = await read(ws, id);
    if (!row) throw notFound('Trial');
    return toTrial(row);
  };
  return {
    list: async (ws: number): Promise<Trial[]> => (await read(ws, null)).map(toTrial),
    get,
    create: async (ws: number, given: z.output<typeof newTrial>): Promise<Trial> => {
      const found = await pg.query<{ id: string; kind: Kind; used: boolean }>(
        `SELECT id, kind, EXISTS (SELECT 1 FROM code_trials t WHERE t.workspace_no = $1 AND p.id IN (t.live_id, t.static_id)) AS used
         FROM touchpoints p WHERE workspace_no = $1 AND id = ANY($2) AND archived_at IS NULL`,
        [ws, [given.liveId, given.staticId]],
      );
      const errors = [];
      const at = (id: string) => found.find((f) => f.id === id);
      if (at(given.liveId)?.kind !== 'live_code') errors.push({ field: 'liveId', reason: 'must be a live code' });
      if (!['channel_code', 'group_code'].includes(at(given.staticId)?.kind ?? ''))
        errors.push({ field: 'staticId', reason: 'must be a code of WeCom itself, for staff or a group, so that who comes by it is told' });
      // Who came by a code says which arm they saw only if the code is nowhere else.
      for (const [field, id] of [
        ['liveId', given.liveId],
        ['staticId', given.staticId],
      ] as const)
        if (at(id)?.used) errors.push({ field, reason: 'is in another trial already; make a code for this trial alone' });
      if (errors.length > 0) throw badInput(errors);
      const [row] = await pg.query<Row>(
        `INSERT INTO code_trials (id, workspace_no, key, name, text, live_id, static_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${columns}`,
        [newId('trial', clock.ms()), ws, newKey(), given.name, given.text, given.liveId, given.staticId, clock.now()],
      );
      return toTrial(row!);
    },
    end: async (ws: number, id: string): Promise<Trial> => {
      await pg.query("UPDATE code_trials SET state = 'ended', ended_at = $3 WHERE workspace_no = $1 AND id = $2 AND state = 'running'", [
        ws,
        id,
        clock.now(),
      ]);
      return get(ws, id);
    },
    /** What a visitor of the poster is shown. */
    shown: async (key: string, visitor: string) => {
      const arm = armOf(key, visitor);
      const [row] = await pg.query<
        Row & {
          touchpoint: string;
          kind: Kind;
          point_key: string;
          url: string | null;
          content: string | null;
          point_state: string;
          sign_in: boolean;
        }
      >(
        `SELECT t.*, p.id AS touchpoint, p.kind, p.key AS point_key, p.url, p.content, p.state AS point_state, coalesce(s.know_in_wechat, false) AS sign_in FROM code_trials t
         JOIN touchpoints p ON p.workspace_no = t.workspace_no AND p.id = CASE WHEN $2 THEN t.live_id ELSE t.static_id END
         LEFT JOIN touchpoint_settings s ON s.workspace_no = t.workspace_no WHERE t.key = $1`,
        [key, arm === 'live'],
        'touchpoints.trial',
      );
      if (!row) return undefined;
      const content = row.content ?? doorOf(publicUrl, { kind: row.kind, key: row.point_key, url: row.url });
      return {
        workspaceNo: row.workspace_no,
        trialId: row.id,
        touchpointId: row.touchpoint,
        arm,
        name: row.name,
        text: row.text,
        running: row.state === 'running',
        signIn: row.sign_in,
        content: row.point_state === 'live' ? content : null,
      };
    },
  };
}
export type Trials = ReturnType<typeof createTrials>;
