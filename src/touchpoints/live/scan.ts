import { randomInt } from 'node:crypto';
import type { TouchpointDeps } from '../ports.ts';
import { admit, type Scan, seatOf } from './admit.ts';
import type { Door } from './book.ts';
import { choose, hindrance, type Layer, onDuty } from './choose.ts';
import type { Target, TargetView } from './schema.ts';
import { loadsOf, targetsOf } from './targets.ts';

export interface Scanned {
  outcome: 'target' | 'already' | 'standby' | 'full' | 'resting';
  layer: Layer | null;
  target: TargetView | null;
  /** Whether this scan took a place, so that the next group may have to be got ready. */
  placed: boolean;
}

export interface Visitor {
  identities: readonly { type: string; id: string }[];
  /** Whether they were here before; of a new visitor nothing can be known. */
  fresh: boolean;
  region?: string | undefined;
}

const random = (): number => randomInt(2 ** 32) / 2 ** 32;
const seated = (t: Target): boolean => t.kind === 'group' || t.kind === 'staff' || t.cap != null;

/** Decides where a scan of a live code leads. */
export function createScanner(deps: Pick<TouchpointDeps, 'pg' | 'clock' | 'platform' | 'personOf' | 'zone'>) {
  // Turns are taken by each process for itself, from anywhere in the round: over many scans that is in turn all the same.
  const turns = new Map<string, number>();
  const nextTurn = (id: string): number => {
    const turn = turns.get(id) ?? randomInt(1 << 20);
    turns.set(id, turn + 1);
    return turn;
  };

  return async (door: Door, visitor: Visitor): Promise<Scanned> => {
    const { code, workspaceNo } = door;
    const none = { layer: null, target: null, placed: false };
    if (!code || door.state !== 'live') return { outcome: 'resting', ...none };
    const targets = await targetsOf(deps.pg, workspaceNo, door.id);
    const byNo = new Map(targets.map((t) => [t.no, t]));
    const at = deps.clock.now();
    const zone = await deps.zone(workspaceNo);
    const person = visitor.fresh ? undefined : await deps.personOf(workspaceNo, visitor.identities);
    const scan: Scan = { workspaceNo, touchpointId: door.id, visitor: visitor.identities[0]!.id, known: person?.values ?? [], at };

    // Whoever is in one of these groups is never let into another of them.
    const groups = code.targets.filter((t) => t.kind === 'group' && t.chatIds?.length);
    if (person && groups.length > 0) {
      const chats = await deps.platform.groupsOf(
        workspaceNo,
        person.no,
        groups.flatMap((t) => t.chatIds!),
      );
      const home = groups.find((t) => t.chatIds!.some((id) => chats.includes(id)));
      if (home) return { outcome: 'already', layer: null, target: byNo.get(home.no) ?? null, placed: false };
    }
    if (!visitor.fresh) {
      const seat = await seatOf(deps.pg, scan);
      const held = code.targets.find((t) => t.no === seat);
      if (held && keeps(held, byNo.get(held.no), onDuty(code, at, zone).numbers))
        return { outcome: held.no === code.standby ? 'standby' : 'target', layer: null, target: byNo.get(held.no)!, placed: false };
    }
    const choice = choose(code, loadsOf(targets), { at, zone, region: visitor.region, turn: nextTurn(door.id), random });
    // A target that counts nobody takes everybody, so nobody behind it is asked.
    const open = choice.order.findIndex((t) => !seated(t));
    const counted = open < 0 ? choice.order : choice.order.slice(0, open);
    const taken = await admit(
      deps.pg,
      scan,
      counted.map((t) => t.no),
    );
    if (taken !== undefined) return { outcome: 'target', layer: choice.layer, target: byNo.get(taken)!, placed: true };
    const { layer } = choice;
    if (open >= 0) return { outcome: 'target', layer, target: byNo.get(choice.order[open]!.no)!, placed: false };
    const standby = code.targets.find((t) => t.no === code.standby);
    if (standby && !hindrance(standby, byNo.get(standby.no))) {
      if (!seated(standby)) return { outcome: 'standby', layer, target: byNo.get(standby.no)!, placed: false };
      const seat = await admit(deps.pg, scan, [standby.no]);
      if (seat !== undefined) return { outcome: 'standby', layer, target: byNo.get(seat)!, placed: true };
    }
    return { outcome: 'full', ...none, layer };
  };
}

/** A place in a group stays for good, also when the group is full by now; the same staff member answers as long as on duty. */
function keeps(target: Target, view: TargetView | undefined, onDutyNow: readonly number[]): boolean {
  if (view?.state !== 'ready' || target.off) return false;
  return target.kind === 'group' || onDutyNow.includes(target.no);
}

export type Scanner = ReturnType<typeof createScanner>;
