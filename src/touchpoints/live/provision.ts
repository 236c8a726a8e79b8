import { badInput, type Pg, Problem } from '../../base/index.ts';
import { stateOf } from '../keys.ts';
import type { Made, PlatformPort, TouchpointDeps } from '../ports.ts';
import type { Kind, Touchpoint } from '../schema.ts';
import type { Door } from './book.ts';
import { filled } from './choose.ts';
import type { Code, Target, TargetView } from './schema.ts';
import { targetsOf } from './targets.ts';

type Deps = Pick<TouchpointDeps, 'pg' | 'platform' | 'log' | 'clock'>;

const notConnected = (what: string, reason: string) => badInput([{ field: what, reason }], 'The platform is not connected');

/** Asks the platform for the code of a target. */
async function makeTarget(platform: PlatformPort, door: Pick<Door, 'workspaceNo' | 'key' | 'name'>, t: Target): Promise<Made> {
  const state = stateOf(door.key, t.no);
  if (t.kind === 'group' && t.chatIds && platform.joinWay)
    return platform.joinWay(door.workspaceNo, { state, chatIds: t.chatIds, baseName: t.name });
  if (t.kind === 'staff' && t.userIds && platform.contactWay)
    return platform.contactWay(door.workspaceNo, { state, userIds: t.userIds, skipVerify: true, temporary: false });
  if (t.kind === 'oa' && platform.sceneCode) return platform.sceneCode(door.workspaceNo, { state, temporary: false });
  if (t.kind === 'mini' && t.page && platform.miniCode) return platform.miniCode(door.workspaceNo, { state, page: t.page });
  throw notConnected('targets', 'set the account up under Settings, Channels, or give what the code of the target says');
}

/** The same for a touchpoint that is one code of a platform. */
export async function makePointCode(
  platform: PlatformPort,
  workspaceNo: number,
  point: Pick<Touchpoint, 'kind' | 'key' | 'name' | 'provide'>,
): Promise<Made> {
  const { provide } = point;
  const temporary = provide?.temporary ?? false;
  const state = stateOf(point.key);
  const make: Partial<Record<Kind, () => Promise<Made> | undefined>> = {
    channel_code: () =>
      platform.contactWay?.(workspaceNo, { state, userIds: provide?.userIds ?? [], skipVerify: provide?.skipVerify ?? true, temporary }),
    group_code: () => platform.joinWay?.(workspaceNo, { state, chatIds: provide?.chatIds ?? [], baseName: point.name }),
    oa_code: () => platform.sceneCode?.(workspaceNo, { state, temporary }),
    mini_code: () => platform.miniCode?.(workspaceNo, { state, page: provide?.page ?? '' }),
  };
  const made = await make[point.kind]?.();
  if (!made) throw notConnected('kind', 'set the account up under Settings, Channels; the code is made then');
  return made;
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
        const got = await makeTarget(deps.platform, door, target);
        await tx.query(
          `UPDATE touchpoint_targets SET state = 'ready', made = $4, content = $5, picture = $6, fault = NULL
           WHERE workspace_no = $1 AND touchpoint_id = $2 AND no = $3`,
          [door.workspaceNo, door.id, view.no, { handle: got.handle, at: deps.clock.now() }, got.content ?? null, got.picture ?? null],
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

/** The platform's code of a touchpoint that is one code. */
export async function provisionPoint(deps: Deps, workspaceNo: number, point: Touchpoint): Promise<void> {
  await alone(deps.pg, point.id, async (tx) => {
    const [now] = await tx.query<{ made: object | null }>('SELECT made FROM touchpoints WHERE workspace_no = $1 AND id = $2', [
      workspaceNo,
      point.id,
    ]);
    if (!now || now.made) return;
    try {
      const got = await makePointCode(deps.platform, workspaceNo, point);
      await tx.query('UPDATE touchpoints SET made = $3, content = $4, picture = $5, fault = NULL WHERE workspace_no = $1 AND id = $2', [
        workspaceNo,
        point.id,
        { handle: got.handle, at: deps.clock.now() },
        got.content ?? null,
        got.picture ?? null,
      ]);
    } catch (error) {
      await tx.query('UPDATE touchpoints SET fault = $3 WHERE workspace_no = $1 AND id = $2', [workspaceNo, point.id, faultOf(error)]);
    }
  });
}
