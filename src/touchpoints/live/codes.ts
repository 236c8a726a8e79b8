import { isDeepStrictEqual } from 'node:util';
import type { Pg } from '../../base/index.ts';
import { stateOf } from '../keys.ts';
import type { Made, TouchpointDeps, Way, Wish } from '../ports.ts';
import { begin, endFound, finish, lost } from './lost-codes.ts';

/** Every code that a platform made for us, until it is gone there: what we forget we could never take away again. */
export interface CodeOwner {
  workspaceNo: number;
  touchpointId: string;
  key: string;
  target?: number | undefined;
}

type Deps = Pick<TouchpointDeps, 'pg' | 'platform' | 'log' | 'clock'>;

/**
 * Has the platform's code be as wished: leaves it, changes where it leads (what is printed stays good), or has another made and ends the former.
 * @param anew although it is as wished: it is about to die
 * @returns what was made, or undefined when the code stays the same
 */
export async function settleCode(tx: Pg, deps: Deps, owner: CodeOwner, wish: Wish, anew = false): Promise<Made | undefined> {
  const { platform, clock } = deps;
  const { workspaceNo, touchpointId } = owner;
  const target = owner.target ?? null;
  const [held] = await tx.query<{ no: number; way: Way; handle: string; wish: Wish }>(
    `SELECT no, way, handle, wish FROM touchpoint_codes WHERE workspace_no = $1 AND touchpoint_id = $2 AND target_no IS NOT DISTINCT FROM $3 AND ended_at IS NULL`,
    [workspaceNo, touchpointId, target],
  );
  const state = stateOf(owner.key, owner.target);
  if (held && !anew && held.way === wish.way) {
    if (isDeepStrictEqual(held.wish, wish)) return undefined;
    const kept = held.wish as { temporary?: boolean };
    if (!kept.temporary && (await platform.change(workspaceNo, held.handle, state, wish))) {
      await tx.query('UPDATE touchpoint_codes SET wish = $2 WHERE no = $1', [held.no, JSON.stringify(wish)]);
      return undefined;
    }
  }
  const made = (await adopt(tx, deps, owner, wish)) ?? (await platform.make(workspaceNo, state, wish));
  if (held) await tx.query('UPDATE touchpoint_codes SET ended_at = $2 WHERE no = $1', [held.no, clock.now()]);
  await tx.query(
    'INSERT INTO touchpoint_codes (workspace_no, touchpoint_id, target_no, way, handle, wish, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
    [workspaceNo, touchpointId, target, wish.way, made.handle, JSON.stringify(wish), clock.now(), made.expiresAt ?? null],
  );
  await finish(tx, owner);
  return made;
}

/** One that the platform made before, and that was not written down then, is as good as a new one; what more there is ends. */
async function adopt(tx: Pg, deps: Deps, owner: CodeOwner, wish: Wish): Promise<Made | undefined> {
  const { workspaceNo } = owner;
  const before = await begin(deps, owner, wish.way);
  if (!before) return undefined;
  const state = stateOf(owner.key, owner.target);
  const found = await lost(deps, workspaceNo, before.way, state, before.since);
  const [first, ...rest] = found;
  const good = first && before.way === wish.way && (await deps.platform.change(workspaceNo, first.handle, state, wish));
  await endFound(tx, owner, before.way, good ? rest : found, wish, deps.clock.now());
  return good ? first : undefined;
}

/** Codes of touchpoints that are closed, and of targets that are no more or have another code now, end. */
export async function endCodes(tx: Pg, workspaceNo: number, now: Date, touchpointId: string | null = null): Promise<void> {
  await tx.query(
    `UPDATE touchpoint_codes c SET ended_at = $2 FROM touchpoints p
     WHERE c.workspace_no = $1 AND c.ended_at IS NULL AND ($3::text IS NULL OR c.touchpoint_id = $3) AND p.workspace_no = $1 AND p.id = c.touchpoint_id
       AND (p.archived_at IS NOT NULL OR c.target_no IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM touchpoint_targets t WHERE t.workspace_no = $1 AND t.touchpoint_id = c.touchpoint_id AND t.no = c.target_no AND t.made->>'handle' = c.handle))`,
    [workspaceNo, now, touchpointId],
  );
}

/** A platform that says no to a removal is asked so often; then somebody has to look. */
const mostTries = 30;
const atOnce = 200;

/** Takes codes that have ended away at the platform: nobody who finds an old print comes in by it, and they use up no quota. */
export async function removeEnded(deps: Deps, workspaceNo: number): Promise<number> {
  const { pg, platform, clock, log } = deps;
  await endCodes(pg, workspaceNo, clock.now());
  const ended = await pg.query<{ no: number; way: Way; handle: string }>(
    `SELECT no, way, handle FROM touchpoint_codes
     WHERE workspace_no = $1 AND ended_at IS NOT NULL AND gone_at IS NULL AND tries < ${mostTries} ORDER BY tries, no LIMIT ${atOnce}`,
    [workspaceNo],
  );
  for (const { no, way, handle } of ended) {
    try {
      // What cannot be taken away (scenes, links, codes of mini programs) stays at the platform, and on its quota.
      const gone = await platform.remove(workspaceNo, way, handle);
      await pg.query('UPDATE touchpoint_codes SET gone_at = $2, tries = CASE WHEN $3 THEN tries ELSE $4 END, fault = NULL WHERE no = $1', [
        no,
        gone ? clock.now() : null,
        gone,
        mostTries,
      ]);
    } catch (error) {
      log.warn({ err: error, way }, 'a code that has ended could not be taken away at the platform');
      await pg.query('UPDATE touchpoint_codes SET tries = tries + 1, fault = $2 WHERE no = $1', [no, String((error as Error).message)]);
      // Whatever hinders this one hinders the others as well.
      break;
    }
  }
  return ended.length;
}

/** What a platform allows, as its documents say. */
export interface Quota {
  ways: Way[];
  most: number;
  source: string;
  asOf: string;
}
export const quotas: readonly Quota[] = [
  {
    ways: ['scene'],
    most: 100_000,
    source: 'https://developers.weixin.qq.com/doc/offiaccount/Account_Management/Generating_a_Parametric_QR_Code.html',
    asOf: '2026-02',
  },
  { ways: ['contact_way', 'join_way'], most: 500_000, source: 'https://developer.work.weixin.qq.com/document/path/92228', asOf: '2026-02' },
];

/** How much of each quota our lasting codes use; scenes that have ended stay on it. */
export async function quotaUse(
  pg: Pg,
  workspaceNo: number,
  of = quotas,
): Promise<{ ways: Way[]; most: number; used: number; latest: string }[]> {
  const rows = await pg.query<{ way: Way; used: number; latest: string }>(
    `SELECT way, count(*)::int AS used, max(touchpoint_id) AS latest FROM touchpoint_codes
     WHERE workspace_no = $1 AND gone_at IS NULL AND expires_at IS NULL GROUP BY way`,
    [workspaceNo],
  );
  return of.map(({ ways, most }) => {
    const some = rows.filter((r) => ways.includes(r.way));
    return {
      ways,
      most,
      used: some.reduce((sum, r) => sum + r.used, 0),
      latest:
        some
          .map((r) => r.latest)
          .sort()
          .at(-1) ?? '',
    };
  });
}

/** Codes that die soon and stand only where we show them are made anew in time: no one has printed them. */
const renewBeforeMs = 3 * 86_400_000;

/** Touchpoints of this workspace whose link of the platform is about to die. */
export async function dyingLinks(pg: Pg, workspaceNo: number, now: number): Promise<string[]> {
  const rows = await pg.query<{ touchpoint_id: string }>(
    `SELECT c.touchpoint_id FROM touchpoint_codes c JOIN touchpoints p ON p.workspace_no = $1 AND p.id = c.touchpoint_id AND p.archived_at IS NULL AND p.state = 'live'
     WHERE c.workspace_no = $1 AND c.ended_at IS NULL AND c.way = 'mini_link' AND c.expires_at < $2 ORDER BY c.expires_at LIMIT 500`,
    [workspaceNo, new Date(now + renewBeforeMs)],
  );
  return rows.map((r) => r.touchpoint_id);
}
