import type { Pg } from '../../base/index.ts';
import { choose, hindrance, weights } from './choose.ts';
import type { Code, Preview } from './schema.ts';
import { loadsOf, targetsOf } from './targets.ts';

/** Who would get what at an instant, as places are taken now. Nothing is taken by asking. */
export async function preview(
  pg: Pg,
  workspaceNo: number,
  touchpointId: string,
  code: Code,
  when: { at: Date; zone: string; region?: string | undefined },
): Promise<Preview> {
  const loads = loadsOf(await targetsOf(pg, workspaceNo, touchpointId));
  const { layer, order, dropped } = choose(code, loads, { ...when, turn: 0, random: () => 0 });
  const all = weights(order);
  // By region those of the region share what comes; what names no region is taken when there are none.
  const share = (i: number): number => {
    if (code.strategy === 'turn') return 1 / order.length;
    if (code.strategy === 'weight') return order[i]!.weight / all;
    return i === 0 ? 1 : 0;
  };
  const standby = code.targets.find((t) => t.no === code.standby);
  const able = standby && !hindrance(standby, loads.get(standby.no));
  return {
    at: when.at.toISOString(),
    layer,
    targets: order.map((t, i) => ({ no: t.no, name: t.name, share: share(i) })),
    dropped: dropped.map(({ target, why }) => ({ no: target.no, name: target.name, why })),
    standby: able ? { no: standby.no, name: standby.name } : null,
  };
}
