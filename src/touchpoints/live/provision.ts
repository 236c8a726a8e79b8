import { badInput, type Pg, Problem } from '../../base/index.ts';
import type { TouchpointDeps, Wish } from '../ports.ts';
import type { Touchpoint } from '../schema.ts';
import type { Door } from './book.ts';
import { filled } from './choose.ts';
import { settleCode } from './codes.ts';
import type { Code, Target, TargetView } from './schema.ts';
import { targetsOf } from './targets.ts';

type Deps = Pick<TouchpointDeps, 'pg' | 'platform' | 'log' | 'clock'>;

const notConnected = (what: string, reason: string) => badInput([{ field: what, reason }], 'The platform makes no such code');

/** What the platform is asked for, for a target; undefined: it makes no such thing. */
function wishOfTarget(t: Target): Wish | undefined {
  if (t.kind === 'group' && t.chatIds) return { way: 'join_way', chatIds: t.chatIds, baseName: t.name };
  if (t.kind === 'staff' && t.userIds) return { way: 'contact_way', userIds: t.userIds, skipVerify: true, temporary: false };
  if (t.kind === 'oa') return { way: 'scene', temporary: false };
  if (t.kind === 'mini' && t.page) return { way: 'mini_code', page: t.page };
  return undefined;
}

/** The same for a touchpoint that is one code of a platform. */
function wishOfPoint({ kind, name, provide }: Pick<Touchpoint, 'kind' | 'name' | 'provide'>): Wish | undefined {
  const temporary = provide?.temporary ?? false;
  const { userIds, chatIds, page = '', skipVerify = true } = provide ?? {};
  if (kind === 'channel_code') return { way: 'contact_way', userIds: userIds ?? [], skipVerify, temporary };
  if (kind === 'group_code') return { way: 'join_way', chatIds: chatIds ?? [], baseName: name };
  if (kind === 'oa_code') return { way: 'scene', temporary };
  if (kind === 'mini_code' || kind === 'mini_link') return { way: kind, page };
  return undefined;
}

/** One code of the platform at a time for each touchpoint: a second would be made for the same target. */
async function alone(pg: Pg, id: string, work: (tx: Pg) => Promise<void>): Promise<void> {
  await pg.tx(async (tx) => {
    const [lock] = await tx.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock(7122, hashtext($1)) AS mine', [id]);
    if (lock!.mine) await work(tx);
  });
}

/** What is wrong, in words for whoever set it up. */
const faultOf = (error: unknown): string =>
  error instanceof Problem
    ? [error.title, ...(error.errors ?? []).map((e) => `${e.field}: ${e.reason}`)].join(' · ')
    : String((error as Error).message ?? error);

/**
 * Gets the targets of a live code ready that may be needed next. `all`: every one. Else only so many that, beside what is taken, the look-ahead is
 * free: a code of the platform is made before the present group is full, and none for groups that may never be needed.
 */
export async function provision(deps: Deps, door: Door, all = false): Promise<number> {
  const { code } = door;
  if (!code) return 0;
  let made = 0;
  await alone(deps.pg, door.id, async (tx) => {
    const targets = await targetsOf(tx, door.workspaceNo, door.id);
    for (const view of wanted(code, targets, all)) {
      const target = code.targets.find((t) => t.no === view.no)!;
      try {
        const wish = wishOfTarget(target);
        if (!wish) throw notConnected('targets', 'give what the code of the target says');
        const owner = { workspaceNo: door.workspaceNo, touchpointId: door.id, key: door.key, target: view.no };
        const got = await settleCode(tx, deps, owner, wish);
        await tx.query(
          `UPDATE touchpoint_targets SET state = 'ready', fault = NULL, made = CASE WHEN $4 THEN $5 ELSE made END,
             content = CASE WHEN $4 THEN $6 ELSE content END, picture = CASE WHEN $4 THEN $7 ELSE picture END
           WHERE workspace_no = $1 AND touchpoint_id = $2 AND no = $3`,
          [
            ...[door.workspaceNo, door.id, view.no, got !== undefined],
            ...[got ? { handle: got.handle, at: deps.clock.now() } : null, got?.content ?? null, got?.picture ?? null],
          ],
        );
        made += 1;
      } catch (error) {
        deps.log.warn({ err: error, touchpoint: door.id, target: view.no }, 'a target could not be got ready');
        await tx.query('UPDATE touchpoint_targets SET fault = $4 WHERE workspace_no = $1 AND touchpoint_id = $2 AND no = $3', [
          door.workspaceNo,
          door.id,
          view.no,
          faultOf(error),
        ]);
      }
    }
  });
  return made;
}

/** Targets to be got ready now: those that are no groups at once, groups as the seats of those that are ready run out. */
export function wanted(code: Code, targets: readonly TargetView[], all: boolean): TargetView[] {
  const pooled = targets.filter((t) => t.state === 'pooled');
  if (all || code.strategy !== 'order') return pooled;
  const free = (t: TargetView): number => (t.cap === null ? Number.POSITIVE_INFINITY : t.cap - filled(t));
  let seats = targets.filter((t) => t.state === 'ready' && t.kind === 'group').reduce((sum, t) => sum + Math.max(0, free(t)), 0);
  return pooled.filter((t) => {
    if (t.kind !== 'group') return true;
    if (seats > code.lookAhead) return false;
    seats += free(t);
    return true;
  });
}

/**
 * Learns how full groups are: who came another way counts too, and who was sent within the last hour may still be on the way. Places of those who
 * never came are free again.
 */
export async function recount(deps: Deps, door: Door): Promise<void> {
  const groups = (door.code?.targets ?? []).filter((t) => t.kind === 'group' && t.chatIds?.length);
  if (groups.length === 0) return;
  const sizes = await deps.platform.groupSizes(
    door.workspaceNo,
    groups.flatMap((t) => t.chatIds!),
  );
  const known = groups.filter((t) => t.chatIds!.some((id) => sizes.has(id)));
  if (known.length === 0) return;
  await deps.pg.tx(async (tx) => {
    // Held first, and counted in a statement that begins after: who is being admitted meanwhile waits, or is seen.
    await tx.query('SELECT no FROM touchpoint_targets WHERE workspace_no = $1 AND touchpoint_id = $2 ORDER BY no FOR UPDATE', [
      door.workspaceNo,
      door.id,
    ]);
    await tx.query(
      `UPDATE touchpoint_targets t SET members = s.members, taken = s.members + (
         SELECT count(*) FROM touchpoint_seats p WHERE p.workspace_no = $5 AND p.touchpoint_id = t.touchpoint_id AND p.target_no = t.no AND p.at > $4)
       FROM unnest($2::int[], $3::int[]) AS s (no, members) WHERE t.workspace_no = $5 AND t.touchpoint_id = $1 AND t.no = s.no`,
      [
        door.id,
        known.map((t) => t.no),
        known.map((t) => t.chatIds!.reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0)),
        new Date(deps.clock.ms() - 3_600_000),
        door.workspaceNo,
      ],
    );
  });
}

/**
 * The platform's code of a touchpoint that is one code: made, changed where it leads, or made anew before it dies.
 * @returns whether it is as wished now
 */
export async function provisionPoint(deps: Deps, workspaceNo: number, point: Touchpoint, anew = false): Promise<boolean> {
  let good = false;
  await alone(deps.pg, point.id, async (tx) => {
    const [still] = await tx.query('SELECT 1 FROM touchpoints WHERE workspace_no = $1 AND id = $2 AND archived_at IS NULL', [
      workspaceNo,
      point.id,
    ]);
    const wish = wishOfPoint(point);
    if (!still || !wish) return;
    try {
      const got = await settleCode(tx, deps, { workspaceNo, touchpointId: point.id, key: point.key }, wish, anew);
      good = true;
      // A link of the platform lies behind a door of ours: the door stays when another link takes its place.
      const [content, url] = point.kind === 'mini_link' ? [null, got?.content ?? null] : [got?.content ?? null, null];
      const dies = point.kind === 'mini_link' ? null : (got?.expiresAt ?? null);
      if (got)
        await tx.query(
          `UPDATE touchpoints SET made = $3, content = $4, picture = $5, url = coalesce($6, url), expires_at = coalesce($7, expires_at), fault = NULL
           WHERE workspace_no = $1 AND id = $2`,
          [workspaceNo, point.id, { handle: got.handle, at: deps.clock.now() }, content, got.picture ?? null, url, dies],
        );
      else await tx.query('UPDATE touchpoints SET fault = NULL WHERE workspace_no = $1 AND id = $2', [workspaceNo, point.id]);
    } catch (error) {
      await tx.query('UPDATE touchpoints SET fault = $3 WHERE workspace_no = $1 AND id = $2', [workspaceNo, point.id, faultOf(error)]);
    }
  });
  return good;
}
