import { boundary, type Ch, type Pg } from '../base/index.ts';
import { cacheKey } from '../people/index.ts';
import type { Privacy } from '../people/privacy/index.ts';
import { allLanded } from './all-landed.ts';
import { hashKey } from './dedupe.ts';

export interface SealPlainDeps {
  pg: Pg;
  ch: Ch;
  privacy: Pick<Privacy, 'hide' | 'vault' | 'erased' | 'batch'>;
  /** Re-writes events of merged and split people; meanwhile rows would move under our hands. */
  settle(): Promise<unknown>;
}

export interface SealPlain {
  /** Batches after this one are sealed already. */
  through: number;
  /** Phones and e-mails in clear and as they are kept: rows say through which identity they came. */
  identities: readonly { type: string; value: string; token: string }[];
  /** Whether a partition was done by a run before. */
  isDone(partition: string): boolean;
  /** A partition holds nothing in clear any more. */
  done(partition: string, sealed: number, rows: number): Promise<void>;
}

interface Row {
  person_no: number;
  time: string;
  key: number;
  type: string;
  via: number;
  properties: Record<string, unknown>;
  context: string;
}

const copy = 'events_sealing';
const atOnce = 5_000;

/**
 * Seals the personal values in events of a workspace from before they were sealed: one partition after another is copied without them, and the copy put in
 * its place in one step, so that readers see each event once, in clear or sealed. A run that is cut short leaves whole partitions, and the next goes on.
 */
export async function sealPlainEvents(deps: SealPlainDeps, workspaceNo: number, run: SealPlain): Promise<void> {
  const { ch } = deps;
  const vias = new Map(
    run.identities.map(({ type, value, token }) => [
      hashKey(cacheKey(workspaceNo, { type, value })),
      hashKey(cacheKey(workspaceNo, { type, value: token })),
    ]),
  );
  const partitions = await ch.query<{ id: string }>(
    `SELECT DISTINCT _partition_id AS id FROM events WHERE workspace_no = ${workspaceNo} AND batch <= ${run.through} ORDER BY id`,
  );
  for (const { id } of partitions) {
    if (run.isDone(id)) continue;
    await deps.settle();
    await ch.command(`DROP TABLE IF EXISTS ${copy} SYNC`);
    await ch.command(`CREATE TABLE ${copy} AS events`);
    const { rows, sealed } = await copyPartition(deps, workspaceNo, id, run.through, vias);
    boundary('privacy.sealed.copied');
    if (sealed > 0) await swap(deps, workspaceNo, id, run.through);
    await run.done(id, sealed, rows);
    boundary('privacy.sealed.events');
  }
  await ch.command(`DROP TABLE IF EXISTS ${copy} SYNC`);
}

async function copyPartition(
  { pg, ch, privacy }: SealPlainDeps,
  ws: number,
  partition: string,
  through: number,
  vias: Map<number, number>,
) {
  const from = `FROM events WHERE _partition_id = '${partition}' AND workspace_no = ${ws} AND batch <= ${through}`;
  let sealed = 0;
  let rows = 0;
  let after = '';
  for (;;) {
    const page = await ch.query<Row>(
      `SELECT *, toUnixTimestamp64Milli(time) AS ms ${from}${after} ORDER BY workspace_no, person_no, time, key LIMIT ${atOnce}`,
    );
    const last = page.at(-1);
    if (!last) return { rows, sealed };
    after = ` AND (person_no, time, key) > (${last.person_no}, fromUnixTimestamp64Milli(${(last as unknown as { ms: number }).ms}, 'UTC'), ${last.key})`;
    // Of somebody erased nothing may come into the vault again; their rows are about to go.
    const kept = page.filter((row) => !privacy.batch.isErased(row.person_no));
    const given = kept.map((row) => ({
      type: row.type,
      identities: [],
      properties: row.properties,
      context: row.context === '' ? undefined : (JSON.parse(row.context) as Record<string, unknown>),
    }));
    const { items, secrets } = await privacy.hide(ws, given);
    await privacy.vault.store(pg, ws, secrets);
    privacy.batch.stored(ws, secrets);
    const lines = kept.map((row, i) => {
      const via = vias.get(row.via) ?? row.via;
      const item = items[i]!;
      if (item !== given[i] || via !== row.via) sealed += 1;
      const { ms: time, ...rest } = row as Row & { ms: number };
      const context = item.context === given[i]!.context ? row.context : JSON.stringify(item.context);
      return JSON.stringify({ ...rest, time, via, properties: item.properties, context });
    });
    if (lines.length > 0) await ch.insertText(copy, lines.join('\n'));
    rows += page.length;
  }
}

/** Puts the copy in place of the partition, with what came into it meanwhile and with the rows of other workspaces. Nobody writes while it lasts. */
async function swap({ pg, ch, privacy }: SealPlainDeps, ws: number, partition: string, through: number): Promise<void> {
  for (;;) {
    const swapped = await pg.tx(async (tx) => {
      await privacy.erased.alone(tx);
      if (!(await allLanded(pg))) return false;
      await ch.command(
        `INSERT INTO ${copy} SELECT * FROM events WHERE _partition_id = '${partition}' AND NOT (workspace_no = ${ws} AND batch <= ${through})`,
      );
      await ch.command(`ALTER TABLE events REPLACE PARTITION ID '${partition}' FROM ${copy}`);
      return true;
    });
    if (swapped) return;
  }
}
