import { notFound } from '../../base/index.ts';
import type { ContentCard } from '../../content/index.ts';
import type { Prepared, SidebarDeps } from './ports.ts';

type Deps = Pick<SidebarDeps, 'publicUrl' | 'picture' | 'poster'> & { wecom: Pick<SidebarDeps['wecom'], 'upload'> };

/** A card as WeCom's chat takes it: a poster is the customer's own. */
export async function chatCard(
  deps: Deps,
  to: { workspaceNo: number; accountId: string; personNo: number },
  card: ContentCard | null,
): Promise<Prepared['card']> {
  if (!card) return null;
  if (card.kind === 'mini_program') {
    const { kind, appId, page, title, picture } = card;
    return { kind, appId, page, title, imageUrl: `${deps.publicUrl}/api/content/files/${picture}` };
  }
  if (card.kind === 'picture') return { kind: 'picture', mediaId: await deps.wecom.upload(to.accountId, await deps.picture(card.picture)) };
  const bytes = await deps.poster(to.workspaceNo, card.poster, to.personNo);
  if (!bytes) throw notFound('Poster');
  return { kind: 'picture', mediaId: await deps.wecom.upload(to.accountId, { mime: 'image/jpeg', bytes }) };
}
