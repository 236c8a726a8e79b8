import { boundary, type Jobs, openText, type Pg, sealText } from '../../base/index.ts';
import type { Privacy } from './privacy.ts';
import { aboutValue } from './vault.ts';

const kind = 'privacy.rotate';
const atOnce = 2_000;

/** A new data key for a workspace, and all sealed values sealed again with it, in the background. A repeat goes on where it stopped. */
export function createRotation(deps: { pg: Pg; jobs: Jobs; privacy: Privacy }) {
  const { pg, jobs, privacy } = deps;
  jobs.define<{ to: number }>(kind, async (job) => {
    const { workspaceNo } = job;
    const keys = await privacy.keys.reload(workspaceNo);
    const to = keys.data.get(job.payload.to)!;
    let done = 0;
    for (;;) {
      const rows = await pg.query<{ token: string; key_no: number; sealed: Buffer }>(
        'SELECT token, key_no, sealed FROM personal_values WHERE workspace_no = $1 AND key_no < $2 LIMIT $3',
        [workspaceNo, job.payload.to, atOnce],
      );
      if (rows.length === 0) break;
      const again = rows.map((r) =>
        sealText(to, openText(keys.data.get(r.key_no)!, r.sealed, aboutValue(workspaceNo, r.token)), aboutValue(workspaceNo, r.token)),
      );
      await pg.query(
        `UPDATE personal_values v SET sealed = n.sealed, key_no = $2 FROM unnest($3::text[], $4::bytea[]) AS n (token, sealed)
         WHERE v.workspace_no = $1 AND v.token = n.token AND v.key_no < $2`,
        [workspaceNo, job.payload.to, rows.map((r) => r.token), again],
      );
      boundary('privacy.resealed');
      done += rows.length;
      await job.progress({ done });
    }
    return { sealed: done, dataKey: job.payload.to };
  });
  return {
    /** Old keys stay, wrapped, for processes that still seal with them; nothing is left under them once this was run twice. */
    start: async (workspaceNo: number): Promise<{ id: string }> => {
      const { current } = await privacy.keys.add(workspaceNo);
      return jobs.start(workspaceNo, kind, { to: current }, { key: 'rotate' });
    },
  };
}
