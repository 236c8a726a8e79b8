import { createReadStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Clock, type Jobs, newId, notFound, openText, type Pg, sealText } from '../../base/index.ts';
import { personId } from '../numbers.ts';
import type { Privacy } from './privacy.ts';

/** One part of what is known of a person: its name in the file, and its items. */
export interface ExportSection {
  name: string;
  read(workspaceNo: number, personNo: number): Promise<unknown>;
}

export interface ExportDeps {
  pg: Pg;
  clock: Clock;
  jobs: Jobs;
  privacy: Privacy;
  /** Folder of finished files; they are sealed. */
  dir: string;
  sections: readonly ExportSection[];
}

/** A finished file can be fetched for so long. */
const keptMs = 24 * 3_600_000;
const kind = 'people.export';
const aboutFile = (id: string) => `export ${id}`;

export type Exports = ReturnType<typeof createExports>;

/** All that is known of one person as one JSON file, put together in the background. */
export function createExports(deps: ExportDeps) {
  const { pg, clock, jobs, privacy, dir } = deps;
  const path = (id: string) => join(dir, id);

  jobs.define<{ exportId: string }>(kind, async (job) => {
    const { exportId } = job.payload;
    const [row] = await pg.query<{ workspace_no: number; person_no: number }>('SELECT workspace_no, person_no FROM exports WHERE id = $1', [
      exportId,
    ]);
    if (!row) return { exportId, gone: true };
    const file: Record<string, unknown> = { person: personId(row.person_no), writtenAt: clock.now().toISOString() };
    for (const [i, section] of deps.sections.entries()) {
      file[section.name] = await privacy.openAll(row.workspace_no, await section.read(row.workspace_no, row.person_no));
      await job.progress({ done: i + 1, total: deps.sections.length });
    }
    const keys = await privacy.keys.of(row.workspace_no);
    const packed = gzipSync(JSON.stringify(file, null, 1));
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const head = Buffer.alloc(4);
    head.writeUInt32BE(keys.current);
    await writeFile(path(exportId), Buffer.concat([head, sealText(keys.data.get(keys.current)!, packed, aboutFile(exportId))]), {
      mode: 0o600,
    });
    const [still] = await pg.query('UPDATE exports SET ready_at = $2, bytes = $3 WHERE id = $1 RETURNING id', [
      exportId,
      clock.now(),
      packed.length,
    ]);
    // The person was erased while the file was written.
    if (!still) await rm(path(exportId), { force: true });
    return { exportId, fileUrl: `/api/exports/${exportId}/file` };
  });

  const tidy = async (): Promise<void> => {
    const old = await pg.query<{ id: string }>('DELETE FROM exports WHERE asked_at < $1 RETURNING id', [new Date(clock.ms() - keptMs)]);
    for (const { id } of old) await rm(path(id), { force: true });
  };

  return {
    ask: async (workspaceNo: number, personNo: number, by: string): Promise<{ exportId: string; jobId: string }> => {
      await tidy();
      const exportId = newId('exp', clock.ms());
      await pg.query('INSERT INTO exports (id, workspace_no, person_no, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)', [
        exportId,
        workspaceNo,
        personNo,
        by,
        clock.now(),
      ]);
      const { id } = await jobs.start(workspaceNo, kind, { exportId });
      await pg.query('UPDATE exports SET job_id = $2 WHERE id = $1', [exportId, id]);
      return { exportId, jobId: id };
    },
    /** The file in clear. */
    file: async (workspaceNo: number, id: string): Promise<{ name: string; personNo: number; bytes: Buffer }> => {
      const [row] = await pg.query<{ person_no: number }>(
        'SELECT person_no FROM exports WHERE workspace_no = $1 AND id = $2 AND ready_at IS NOT NULL AND asked_at >= $3',
        [workspaceNo, id, new Date(clock.ms() - keptMs)],
      );
      if (!row) throw notFound('Export');
      const parts: Buffer[] = [];
      for await (const part of createReadStream(path(id))) parts.push(part as Buffer);
      const sealed = Buffer.concat(parts);
      const keys = await privacy.keys.of(workspaceNo);
      const key = keys.data.get(sealed.readUInt32BE(0));
      if (!key) throw notFound('Export');
      return {
        name: `${personId(row.person_no)}.json`,
        personNo: row.person_no,
        bytes: gunzipSync(openText(key, sealed.subarray(4), aboutFile(id))),
      };
    },
    /** Files about somebody who is erased. */
    remove: async (workspaceNo: number, people: readonly number[]): Promise<number> => {
      const gone = await pg.query<{ id: string }>('DELETE FROM exports WHERE workspace_no = $1 AND person_no = ANY($2) RETURNING id', [
        workspaceNo,
        [...people],
      ]);
      for (const { id } of gone) await rm(path(id), { force: true });
      return gone.length;
    },
    tidy,
  };
}
