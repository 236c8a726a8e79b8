import type { Clock, Log, Pg } from '../../base/index.ts';
import { personByIdentity } from '../../people/index.ts';
import type { OutboundMessage, SubmitOutcome } from '../adapter.ts';
import type { Media } from '../platform/media.ts';
import { eachOf } from '../platform/paging.ts';
import { type PosterDeps, type PosterPort, postersOf } from '../posters.ts';
import type { WecomAccount } from './account.ts';
import type { Attachment } from './endpoints-messages.ts';
import { notSent } from './not-sent.ts';

/** Pictures in messages: uploaded first, which may be repeated, so that only the message itself can be in doubt. */

export interface Uploaded {
  mediaId: string;
  bytes: Buffer;
  /** It has been uploaded a second time for this message. */
  again?: true;
}

const AT_ONCE = 4;

export const uploadPicture = (media: Media, account: WecomAccount, bytes: Uint8Array, mime = 'image/jpeg'): Promise<string> =>
  media.idOf({ workspaceNo: account.workspaceNo, at: account.config.corpId }, bytes, () =>
    account.client.call('media.upload', {
      type: 'image',
      filename: `picture.${mime === 'image/png' ? 'png' : 'jpg'}`,
      data: new Uint8Array(bytes),
    }),
  );

export async function uploadAgain({ media }: { media: Media }, account: WecomAccount, { mediaId, bytes }: Uploaded): Promise<Uploaded> {
  await media.forget({ workspaceNo: account.workspaceNo, at: account.config.corpId }, mediaId);
  return { mediaId: await uploadPicture(media, account, bytes), bytes, again: true };
}

/** The posters of these messages as WeCom knows them, by message, or how a message ends for now without one. */
export async function picturesOf(
  deps: PosterDeps & { clock: Clock; media: Media },
  account: WecomAccount,
  to: readonly { message: OutboundMessage }[],
): Promise<Map<string, Uploaded | { end: Omit<SubmitOutcome, 'outboxId'> }>> {
  const found = new Map<string, Uploaded | { end: Omit<SubmitOutcome, 'outboxId'> }>();
  const carrying = to.map((one) => one.message).filter((message) => message.extra?.poster);
  if (carrying.length === 0) return found;
  const posters = await postersOf(deps, carrying);
  await eachOf(carrying, AT_ONCE, async (message) => {
    const drawn = await posters.draw(message);
    if (!drawn) return;
    if ('end' in drawn) found.set(message.outboxId, drawn);
    else
      found.set(
        message.outboxId,
        await uploadPicture(deps.media, account, drawn.bytes).then(
          (mediaId) => ({ mediaId, bytes: drawn.bytes }),
          (error: unknown) => ({ end: notSent(deps.clock, error) }),
        ),
      );
  });
  return found;
}

/** What goes beside the words of a message to customers. */
export const attachmentsOf = (mediaId: string | undefined, ...links: ({ url: string; title: string } | undefined)[]): Attachment[] => [
  ...(mediaId ? [{ msgtype: 'image' as const, image: { media_id: mediaId } }] : []),
  ...links.flatMap((link) => (link ? [{ msgtype: 'link' as const, link: { title: link.title, url: link.url } }] : [])),
];

/** A poster as it goes with a welcome: uploaded, else as a link to its page; nothing where there is neither. */
export interface OwnPoster {
  mediaId?: string;
  link?: { url: string; title: string };
}

interface OwnPosterDeps {
  pg: Pg;
  log: Log;
  posters?: PosterPort | undefined;
}

/** The poster of somebody who has just become a friend. A welcome has seconds: it goes without rather than late. */
export const ownPosterOf =
  ({ pg, log, posters }: OwnPosterDeps, media: Media) =>
  async (account: WecomAccount, posterId: string, externalUserId: string): Promise<OwnPoster> => {
    const { workspaceNo } = account;
    let link: OwnPoster['link'];
    try {
      const identity = { type: 'wecom_external_userid', value: `${account.config.corpId}:${externalUserId}` };
      const no = posters && (await personByIdentity(pg, workspaceNo, identity));
      const all = no === undefined ? undefined : await posters?.(workspaceNo, posterId, [no], true);
      if (no === undefined || !all) return {};
      link = { url: all.page(no), title: all.title };
      const bytes = await all.draw(no);
      return bytes ? { mediaId: await uploadPicture(media, account, bytes) } : {};
    } catch (error) {
      log.warn({ account: account.id, err: error }, 'a welcome goes without its poster');
      return link ? { link } : {};
    }
  };
