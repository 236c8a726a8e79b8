import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Pg } from '../../base/index.ts';

const day = 86_400_000;

/** Removes uploads that were never imported (after a day), pages of imports that ended, and rejected rows after 90 days. */
export async function tidy(pg: Pg, clock: Clock, dir: string): Promise<void> {
  const open = await pg.query<{ id: string; upload_id: string }>("SELECT id, upload_id FROM imports WHERE state <> 'done'");
  const needed = new Set(open.flatMap((o) => [o.id, o.upload_id]));
  const age = { uploads: day, pages: 0, rejected: 90 * day };
  for (const [folder, keep] of Object.entries(age)) {
    for (const name of await readdir(join(dir, folder)).catch(() => [])) {
      const path = join(dir, folder, name);
      // Gone already: an import that was taken up again has ended meanwhile.
      const file = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (!file || needed.has(name.replace(/\.(csv|half)$/, ''))) continue;
      if (clock.ms() - file.mtimeMs >= keep) await rm(path, { recursive: true, force: true });
    }
  }
}
