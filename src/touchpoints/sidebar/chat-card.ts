import type { ContentCard } from '../../content/index.ts';
import type { Prepared, SidebarDeps } from './ports.ts';

/** WeCom keeps what was uploaded for three days; what is about to end is sent anew. */
const mediaHours = 71;

type Deps = Pick<SidebarDeps, 'pg' | 'clock' | 'publicUrl' | 'picture'> & { wecom: Pick<SidebarDeps['wecom'], 'upload'> };

/** A card as WeCom's chat takes it: pictures are sent to WeCom once in three days. */
export async function chatCard(deps: Deps, workspaceNo: number, accountId: string, card: ContentCard | null): Promise<Prepared['card']> {
  if (!card) return null;
  if (card.kind === 'mini_program') {
    const { kind, appId, page, title, picture } = card;
    return { kind, appId, page, title, imageUrl: `${deps.publicUrl}/api/content/files/${picture}` };
  }
  const key = [workspaceNo, accountId, card.picture];
  const [kept] = await deps.pg.query<{ media_id: string }>(
    'SELECT media_id FROM sidebar_media WHERE workspace_no = $1 AND account_id = $2 AND picture = $3 AND until_at > $4',
    [...key, deps.clock.now()],
  );
  if (kept) return { kind: 'picture', mediaId: kept.media_id };
  const mediaId = await deps.wecom.upload(accountId, await deps.picture(card.picture));
  await deps.pg.query(
    `INSERT INTO sidebar_media (workspace_no, account_id, picture, media_id, until_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (workspace_no, account_id, picture) DO UPDATE SET media_id = excluded.media_id, until_at = excluded.until_at`,
    [...key, mediaId, new Date(deps.clock.ms() + mediaHours * 3_600_000)],
  );
  return { kind: 'picture', mediaId };
}
