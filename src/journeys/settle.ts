import type { Pg } from '../base/index.ts';
import type { Plan } from './plan.ts';
import type { Deps } from './ports.ts';
import type { Stand, Walked } from './walk.ts';
import { logWalks } from './way.ts';

interface Kind {
  kind: number;
  node: string;
  branch: string | null;
  due_at: Date | null;
  reason: string | null;
}

/** Many people, few places to stand: the places once, and for each stand which of them. */
export function standsByKind(stands: readonly Stand[]): { kinds: Kind[]; kindOf: number[] } {
  const kinds: Kind[] = [];
  const known = new Map<string, number>();
  const kindOf = stands.map(({ node, branch, dueAt, reason }) => {
    const key = `${node}|${branch ?? ''}|${dueAt?.getTime() ?? ''}|${reason ?? ''}|${branch === null}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, kinds.length);
    return kinds.push({ kind: kinds.length, node, branch, due_at: dueAt, reason }) - 1;
  });
  return { kinds, kindOf };
}

/** Writes down what a set of people did on the way to where they stand: the log, and their messages in the outbox. */
export async function settle(deps: Deps, tx: Pg, workspaceNo: number, plan: Plan, { stands, sends }: Walked, now: Date): Promise<void> {
  const { journeyNo, journeyId, version } = plan;
  await logWalks(
    tx,
    { workspaceNo, journeyNo, version, at: now },
    stands.map((s) => ({ passNo: s.no, way: s.way })),
  );
  for (const { node, items } of sends) {
    await deps.channels.enqueue(tx, workspaceNo, {
      channel: node.channel,
      contentId: node.contentId!,
      journey: { id: journeyId, version, node: node.id },
      dueAt: now,
      queuedAt: now,
      items,
    });
  }
}
