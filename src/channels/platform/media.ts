import { createHash } from 'node:crypto';
import type { Clock, Pg } from '../../base/index.ts';

/** Platforms keep what was uploaded for three days; what is older than this is uploaded anew, so that it lives as long as the message needs it. */
const lifeMs = 60 * 3_600_000;

/** Whose file it is: an account's, by the workspace and the platform's own name for it. */
interface Owner {
  workspaceNo: number;
  /** The corp or the app: every app of a corp may use what another has uploaded. */
  at: string;
}

/** Pictures as a platform knows them: each is uploaded once in its life there, told by what is in it. A digest says nothing of whom it shows. */
export function createMedia({ pg, clock }: { pg: Pg; clock: Clock }) {
  const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');
  return {
    idOf: async ({ workspaceNo, at }: Owner, bytes: Uint8Array, upload: () => Promise<{ media_id: string }>): Promise<string> => {
      const key = [workspaceNo, at, digestOf(bytes)];
      const [kept] = await pg.query<{ media_id: string }>(
        'SELECT media_id FROM platform_media WHERE workspace_no = $1 AND owner = $2 AND digest = $3 AND until_at > $4',
        [...key, clock.now()],
      );
      if (kept) return kept.media_id;
      const { media_id } = await upload();
      await pg.query(
        `WITH old AS (DELETE FROM platform_media WHERE (workspace_no, owner, digest) IN (
           SELECT workspace_no, owner, digest FROM platform_media WHERE until_at <= $6 AND (workspace_no, owner, digest) <> ($1, $2, $3) LIMIT 100))
         INSERT INTO platform_media (workspace_no, owner, digest, media_id, until_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_no, owner, digest) DO UPDATE SET media_id = excluded.media_id, until_at = excluded.until_at`,
        [...key, media_id, new Date(clock.ms() + lifeMs), clock.now()],
      );
      return media_id;
    },
    /** The platform does not know it any more, before its time. */
    forget: async ({ workspaceNo, at }: Owner, mediaId: string): Promise<void> => {
      await pg.query('DELETE FROM platform_media WHERE workspace_no = $1 AND owner = $2 AND media_id = $3', [workspaceNo, at, mediaId]);
    },
  };
}
export type Media = ReturnType<typeof createMedia>;
