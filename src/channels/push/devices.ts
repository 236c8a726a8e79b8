import { createHash } from 'node:crypto';
import type { Clock, Pg } from '../../base/index.ts';
import { survivingPeople } from '../../people/index.ts';
import { createSeal } from '../seal.ts';
import type { DeviceView, NewDevice, PushProviderName } from './schema.ts';

export interface Device {
  provider: PushProviderName;
  token: string;
}

/** A person has as many devices as they use; the oldest go when there are more. */
const mostDevices = 20;

interface Row {
  person_no: number;
  provider: PushProviderName;
  hash: string;
  sealed: string;
  platform: string | null;
  seen_at: Date;
}

export type Devices = ReturnType<typeof createDevices>;

/** Which devices people can be reached on. A token belongs to whoever used the app last; one that is dead is forgotten. */
export function createDevices(deps: { pg: Pg; clock: Clock; secretKeys: readonly Buffer[] }) {
  const { pg, clock } = deps;
  const { seal, open } = createSeal(deps.secretKeys);
  const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
  const tokenOf = (row: Row): string => String(open(row.sealed).token);
  const columns = 'person_no, provider, hash, sealed, platform, seen_at';
  return {
    register: async (workspaceNo: number, personNo: number, device: NewDevice, at: Date = clock.now()): Promise<string> => {
      const hash = hashOf(device.token);
      await pg.query(
        `INSERT INTO push_devices AS d (workspace_no, provider, hash, person_no, sealed, platform, device_id, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (workspace_no, provider, hash) DO UPDATE SET person_no = excluded.person_no, seen_at = excluded.seen_at,
           first_no = CASE WHEN d.person_no = excluded.person_no THEN d.first_no END,
           platform = coalesce(excluded.platform, d.platform), device_id = coalesce(excluded.device_id, d.device_id) WHERE d.seen_at <= excluded.seen_at`,
        [workspaceNo, device.provider, hash, personNo, seal({ token: device.token }), device.platform ?? null, device.deviceId ?? null, at],
      );
      await pg.query(
        `DELETE FROM push_devices WHERE workspace_no = $1 AND (provider, hash) IN (
           SELECT provider, hash FROM push_devices WHERE workspace_no = $1 AND person_no = $2 ORDER BY seen_at DESC OFFSET $3)`,
        [workspaceNo, personNo, mostDevices],
      );
      return hash;
    },
    forget: async (workspaceNo: number, provider: PushProviderName, token: string): Promise<void> => {
      await pg.query('DELETE FROM push_devices WHERE workspace_no = $1 AND provider = $2 AND hash = $3', [
        workspaceNo,
        provider,
        hashOf(token),
      ]);
    },
    remove: async (workspaceNo: number, personNo: number, id: string): Promise<boolean> => {
      const rows = await pg.query('DELETE FROM push_devices WHERE workspace_no = $1 AND person_no = $2 AND hash = $3 RETURNING 1 AS one', [
        workspaceNo,
        personNo,
        id,
      ]);
      return rows.length > 0;
    },
    list: async (workspaceNo: number, personNo: number): Promise<DeviceView[]> => {
      const rows = await pg.query<Row>(
        `SELECT ${columns} FROM push_devices WHERE workspace_no = $1 AND person_no = $2 ORDER BY seen_at DESC`,
        [workspaceNo, personNo],
      );
      return rows.map((row) => ({
        ...{ id: row.hash, provider: row.provider, platform: row.platform },
        ...{ tokenEnd: tokenOf(row).slice(-4), seenAt: row.seen_at.toISOString() },
      }));
    },
    /** Of many people, with their tokens: for sending alone. */
    of: async (workspaceNo: number, people: readonly number[]): Promise<Map<number, Device[]>> => {
      const rows = await pg.query<Row>(`SELECT ${columns} FROM push_devices WHERE workspace_no = $1 AND person_no = ANY ($2)`, [
        workspaceNo,
        [...people],
      ]);
      const found = new Map<number, Device[]>();
      for (const row of rows)
        found.set(row.person_no, [...(found.get(row.person_no) ?? []), { provider: row.provider, token: tokenOf(row) }]);
      return found;
    },
    /** Who of these has a device. Who was merged a moment ago is reached as the one who stays. */
    reached: async (workspaceNo: number, people: readonly number[]): Promise<Set<number>> => {
      const stays = await survivingPeople(pg, workspaceNo, people);
      const rows = await pg.query<{ no: number }>(
        'SELECT DISTINCT person_no AS no FROM push_devices WHERE workspace_no = $1 AND person_no = ANY ($2)',
        [workspaceNo, [...stays.values()]],
      );
      const have = new Set(rows.map((row) => row.no));
      return new Set([...stays].flatMap(([no, now]) => (have.has(now) ? [no] : [])));
    },
    onMerge: async (workspaceNo: number, moves: readonly { from: number; to: number }[]): Promise<void> => {
      if (moves.length === 0) return;
      await pg.query(
        `UPDATE push_devices d SET person_no = m.to_no, first_no = coalesce(d.first_no, d.person_no) FROM unnest($2::bigint[], $3::bigint[]) AS m (from_no, to_no)
         WHERE d.workspace_no = $1 AND d.person_no = m.from_no`,
        [workspaceNo, moves.map((m) => m.from), moves.map((m) => m.to)],
      );
    },
    /** A device goes with the identity of it that leaves, or with whom it was before a merge. */
    onSplit: async (
      workspaceNo: number,
      split: { from: number; to: number; former: readonly number[]; identities: readonly { type: string; value: string }[] },
    ): Promise<void> => {
      const ids = split.identities.filter((one) => one.type === 'device_id').map((one) => one.value);
      await pg.query(
        'UPDATE push_devices SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2 AND (first_no = ANY ($4) OR device_id = ANY ($5))',
        [workspaceNo, split.from, split.to, [...split.former], ids],
      );
    },
  };
}
