import type { Graph, JourneyNode } from './graph.ts';
import type { Deps } from './ports.ts';
import { contentsOf } from './wants.ts';

/** Rooms that a step needs and that may not be here. */
export type Room = 'tags' | 'coupons' | 'tasks' | 'groups' | 'matching' | 'notify' | 'traits';

/** What must be known outside the graph to say whether it can run. */
export interface Surroundings {
  /** Content items that exist: their texts. */
  contents: ReadonlyMap<string, string>;
  /** Channels that are set up. */
  channels: ReadonlySet<string>;
  /** Ids of the audiences that exist; undefined when it is not known here. */
  audiences: ReadonlySet<string> | undefined;
  rooms: ReadonlySet<Room>;
  coupons: ReadonlySet<string>;
  touchpoints: ReadonlySet<string> | undefined;
  /** Ids of the workspace's journeys that are not archived. */
  journeys: ReadonlySet<string>;
  /** Why a tag cannot be given so, by `tagAsk`. */
  tags: ReadonlyMap<string, string>;
}

const rooms: Room[] = ['tags', 'coupons', 'tasks', 'groups', 'matching', 'notify', 'traits'];
export const tagAsk = (node: Extract<JourneyNode, { type: 'tag' }>): string => JSON.stringify([node.add, node.remove, node.value]);
const texts = (ids: (string | undefined | null)[]): string[] => [...new Set(ids.filter((id): id is string => typeof id === 'string'))];

/** Asks the other rooms once for all that some graphs name. */
export async function lookAround(deps: Deps, workspaceNo: number, graphs: readonly Graph[]): Promise<Surroundings> {
  const nodes = graphs.flatMap((g) => g.nodes);
  const tagged = new Map(nodes.flatMap((n) => (n.type === 'tag' && (n.add ?? n.remove) ? [[tagAsk(n), n] as const] : [])));
  const couponIds = texts(nodes.map((n) => (n.type === 'coupon' ? n.couponId : null)));
  const pointIds = texts(nodes.map((n) => (n.type === 'entry' ? n.touchpoint : n.type === 'group' ? n.touchpointId : null)));
  const [contents, accounts, audiences, coupons, touchpoints, journeys, tags] = await Promise.all([
    deps.content.some(workspaceNo, [...new Set(nodes.flatMap(contentsOf))]),
    deps.channels.accounts.all(workspaceNo),
    deps.audience.audienceIds?.(workspaceNo),
    couponIds.length > 0 ? deps.coupons?.issuable(workspaceNo, couponIds) : undefined,
    pointIds.length > 0 ? deps.touchpoints?.(workspaceNo, pointIds) : undefined,
    nodes.some((n) => n.type === 'jump' && n.journey)
      ? deps.pg.query<{ id: string }>("SELECT id FROM journeys WHERE workspace_no = $1 AND state <> 'archived'", [workspaceNo])
      : [],
    Promise.all(
      [...tagged].map(async ([ask, n]) => {
        const said = await deps.tags?.problem(workspaceNo, { key: (n.add ?? n.remove)!, remove: Boolean(n.remove), value: n.value });
        return [ask, said] as const;
      }),
    ),
  ]);
  return {
    contents: new Map(contents.map((c) => [c.id, c.body])),
    channels: new Set(accounts.map((a) => a.kind)),
    audiences,
    rooms: new Set(rooms.filter((room) => deps[room] !== undefined)),
    coupons: coupons ?? new Set(),
    touchpoints,
    journeys: new Set(journeys.map((j) => j.id)),
    tags: new Map(tags.flatMap(([ask, said]) => (said === undefined ? [] : [[ask, said] as const]))),
  };
}
