import { sqlStrings } from '../base/index.ts';
import type { Slice } from '../events/index.ts';
import { enteredProperties, type Via } from './enter.ts';
import { readState } from './keys.ts';
import type { TouchpointDeps } from './ports.ts';
import type { Kind } from './schema.ts';

/** Events in which a platform hands back the state of a code, and what each means. */
const arriving: Record<string, Via> = {
  'Friend Added': 'friend',
  'Group Joined': 'group',
  'Account Followed': 'follow',
  'Account Scanned': 'scan',
  'Mini Program Opened': 'open',
};

interface Point {
  id: string;
  key: string;
  name: string;
  kind: Kind;
  carrier: string;
  campaign: string;
  tags: string[];
  /** The key is that of a person's own code, and whose. */
  own: boolean;
  by: number | null;
  targets: { no: number; kind: string }[] | null;
}

type Deps = Pick<TouchpointDeps, 'pg' | 'ch' | 'log' | 'events' | 'tag'>;

/** Reads newly landed events: who came by a code of ours has entered a touchpoint, and gets its tags. Repeatable. */
export async function consumeArrivals(deps: Deps, slice: Slice): Promise<void> {
  if (Object.keys(arriving).some((name) => slice.names.has(name))) await tellArrivals(deps, slice);
  if (slice.names.has('Touchpoint Entered')) await tagArrivals(deps, slice);
}

const within = (slice: Slice) => `batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch}`;

async function tellArrivals({ pg, ch, events }: Deps, slice: Slice): Promise<void> {
  const ws = slice.workspaceNo;
  const rows = await ch.query<{ person: number; event: string; message_id: string; ms: number; state: string }>(
    `SELECT person_no AS person, event, message_id, toUnixTimestamp64Milli(time) AS ms, state
     FROM ${events.source(ws, undefined, ["ifNull(properties.`state`.:String, '') AS state"])}
     WHERE ${within(slice)} AND event IN (${sqlStrings(Object.keys(arriving))}) AND state != ''`,
  );
  const states = rows.flatMap((row) => {
    const read = readState(row.state);
    return read ? [{ row, read }] : [];
  });
  if (states.length === 0) return;
  const points = await pg.query<Point>(
    `SELECT p.id, k.key, k.by, k.own, name, kind, carrier, campaign, tags, (
       SELECT jsonb_agg(jsonb_build_object('no', t.no, 'kind', t.kind)) FROM touchpoint_targets t WHERE t.workspace_no = $1 AND t.touchpoint_id = p.id) AS targets
     FROM (SELECT id, key, NULL::int AS by, false AS own FROM touchpoints WHERE workspace_no = $1 AND key = ANY($2)
           UNION ALL SELECT c.touchpoint_id, c.key, o.person_no, true FROM personal_codes c LEFT JOIN personal_code_owners o ON o.key = c.key
             WHERE c.workspace_no = $1 AND c.key = ANY($2)) k JOIN touchpoints p ON p.workspace_no = $1 AND p.id = k.id`,
    [ws, [...new Set(states.map((s) => s.read.key))]],
  );
  const byKey = new Map(points.map((point) => [point.key, point]));
  await events.write(
    ws,
    states.flatMap(({ row, read }) => {
      const point = byKey.get(read.key);
      if (!point) return [];
      const via = arriving[row.event]!;
      const target = point.targets?.find((t) => t.no === read.target);
      return [
        {
          messageId: `tp:${row.message_id}`,
          event: 'Touchpoint Entered',
          timestamp: new Date(row.ms),
          personNo: row.person,
          properties: enteredProperties(point, via, target, point.own ? point : null),
          context: { carrier: via === 'group' ? 'group' : via === 'friend' ? 'wecom' : point.carrier },
          source: 'yutang',
        },
      ];
    }),
  );
}

async function tagArrivals({ pg, ch, events, log, tag }: Deps, slice: Slice): Promise<void> {
  const ws = slice.workspaceNo;
  const tagged = await pg.query<Pick<Point, 'id' | 'tags'>>("SELECT id, tags FROM touchpoints WHERE workspace_no = $1 AND tags <> '{}'", [
    ws,
  ]);
  if (tagged.length === 0) return;
  const rows = await ch.query<{ point: string; people: number[] }>(
    `SELECT point, groupUniqArray(person_no) AS people FROM ${events.source(ws, undefined, ["ifNull(properties.`touchpointId`.:String, '') AS point"])}
     WHERE ${within(slice)} AND event = 'Touchpoint Entered' AND point IN (${sqlStrings(tagged.map((t) => t.id))}) GROUP BY point`,
  );
  for (const { point, people } of rows) {
    const { tags } = tagged.find((t) => t.id === point)!;
    // A tag that can no longer be given must not hold up everything that comes after.
    for (const key of tags)
      await tag(ws, people, key, `tp:${point}:${key}`).catch((error: unknown) =>
        log.warn({ err: error, touchpoint: point }, 'the tags of a touchpoint could not be given'),
      );
  }
}
