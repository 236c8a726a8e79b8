import type { Media } from '../platform/media.ts';
import type { WechatAccount } from './account.ts';
import type { Follower } from './allowances.ts';
import { WechatError } from './errors.ts';

/** A picture as a reply of its own. It is uploaded first, which may be repeated, so that only the reply itself can be in doubt. */

const owner = (account: WechatAccount) => ({ workspaceNo: account.workspaceNo, at: account.appId });

export const uploadPicture = (media: Media, account: WechatAccount, bytes: Uint8Array): Promise<string> =>
  media.idOf(owner(account), bytes, () =>
    account.client.call('media.upload', { type: 'image', filename: 'picture.jpg', data: new Uint8Array(bytes) }),
  );

export async function replyWithPicture(
  media: Media,
  account: WechatAccount,
  who: Follower,
  picture: { bytes: Buffer; mediaId: string },
): Promise<void> {
  const reply = (media_id: string) =>
    account.client.call('message.custom.send', { touser: who.openid, msgtype: 'image', image: { media_id } });
  try {
    await reply(picture.mediaId);
  } catch (error) {
    if (!(error instanceof WechatError) || error.errcode !== 40007) throw error;
    // The platform has dropped it before its time.
    await media.forget(owner(account), picture.mediaId);
    await reply(await uploadPicture(media, account, picture.bytes));
  }
}
