import type { PushAnswer, PushService } from './provider.ts';
import type { PushConfig } from './schema.ts';

/**
 * JPush (极光) by its HTTP API v3: its own package has not been kept for years, and it is one call. It hands out keys (`cid`) under which it takes a message
 * once, whatever we do.
 */

export function createJpush(config: PushConfig, at: { baseUrl: string | undefined }): PushService {
  const base = at.baseUrl?.replace(/\/$/, '') ?? 'https://api.jpush.cn';
  const authorization = `Basic ${Buffer.from(`${config.jpushAppKey}:${config.jpushMasterSecret}`).toString('base64')}`;
  const call = (path: string, body?: unknown) =>
    fetch(`${base}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
  return {
    async send(tokens, note) {
      const extras = {
        outboxId: note.outboxId,
        ...(note.link ? { link: note.link } : {}),
        ...(note.picture ? { picture: note.picture } : {}),
      };
      // Style 3: a large picture.
      const shown = note.picture ? { style: 3, big_pic_path: note.picture } : {};
      let answer: PushAnswer;
      try {
        const response = await call('/v3/push', {
          ...(note.key ? { cid: note.key } : {}),
          platform: 'all',
          audience: { registration_id: [...tokens] },
          notification: {
            android: { alert: note.text, title: note.title, extras, ...shown },
            ios: {
              alert: { title: note.title, body: note.text },
              sound: 'default',
              extras,
              ...(note.picture ? { 'mutable-content': true } : {}),
            },
          },
          options: { time_to_live: 86_400, apns_production: config.apnsProduction, apns_collapse_id: note.outboxId },
        });
        answer = response.ok ? { how: 'taken' } : answerOf(response.status, await response.text());
      } catch {
        answer = { how: 'later', reason: 'jpush_unreachable', fault: 'unreachable' };
      }
      return tokens.map(() => answer);
    },
    async keys(count) {
      const response = await call(`/v3/push/cid?count=${Math.min(count, 1000)}&type=push`);
      if (!response.ok) return [];
      const { cidlist } = (await response.json()) as { cidlist?: unknown };
      return Array.isArray(cidlist) ? cidlist.map(String) : [];
    },
    close: () => {},
  };
}

function answerOf(status: number, body: string): PushAnswer {
  const code = /"code":\s*(\d+)/.exec(body)?.[1] ?? String(status);
  // 1011: nobody has these ids any more. 1003: they are none.
  if (code === '1011' || code === '1003') return { how: 'dead' };
  if (status === 401 || code === '1004' || code === '1008') return { how: 'later', reason: `jpush_${code}`, fault: 'credentials' };
  if (status === 429 || status >= 500 || code === '1000' || code === '2002' || code === '2003')
    return { how: 'later', reason: `jpush_${code}` };
  return { how: 'failed', reason: `jpush_${code}` };
}
