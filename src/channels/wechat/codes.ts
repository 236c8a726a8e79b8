import type { WechatClient } from './client.ts';

/** Codes and links with a key in them: of an official account (scene), and of a mini program (code, link). */

const MONTH_S = 2_592_000;

export interface SceneCode {
  ticket: string;
  /** What the code says: draw it yourself. */
  url: string;
  /** Absent: for good. */
  expiresInS?: number;
}

/** `state` comes back when somebody follows (`Account Followed`) or scans (`Account Scanned`). Lasting ones: 100,000 an account. */
export async function sceneCode(client: WechatClient, wish: { state: string; lasting: boolean; expiresInS?: number }): Promise<SceneCode> {
  const answer = await client.call('qrcode.create', {
    action_name: wish.lasting ? 'QR_LIMIT_STR_SCENE' : 'QR_STR_SCENE',
    action_info: { scene: { scene_str: wish.state } },
    ...(wish.lasting ? {} : { expire_seconds: wish.expiresInS ?? MONTH_S }),
  });
  return { ticket: answer.ticket, url: answer.url, ...(answer.expire_seconds ? { expiresInS: answer.expire_seconds } : {}) };
}

/** The round code of a mini program: a picture. `scene` is at most 32 characters, and the page must be published. */
export async function miniCode(
  client: WechatClient,
  wish: { scene: string; page?: string; checkPath?: boolean; width?: number },
): Promise<{ contentType: string; data: Uint8Array }> {
  return client.call('wxa.getwxacodeunlimit', {
    scene: wish.scene,
    ...(wish.page ? { page: wish.page } : {}),
    ...(wish.checkPath === undefined ? {} : { check_path: wish.checkPath }),
    ...(wish.width ? { width: wish.width } : {}),
  });
}

/** A link that opens the mini program from outside WeChat: thirty days at most. One serves many people; `channel` tells them apart. */
export async function miniLink(
  client: WechatClient,
  wish: { path?: string; query?: string; days?: number; channel?: string },
): Promise<{ url: string }> {
  const { url_link } = await client.call('wxa.generate_urllink', {
    ...(wish.path ? { path: wish.path } : {}),
    ...(wish.query ? { query: wish.query } : {}),
    expire_type: 1,
    expire_interval: wish.days ?? 30,
  });
  return { url: wish.channel ? `${url_link}?cq=${encodeURIComponent(wish.channel)}` : url_link };
}
