import { JWT } from 'google-auth-library';
import { eachOf } from '../platform/paging.ts';
import type { PushAnswer, PushNote, PushService } from './provider.ts';
import { type PushConfig, serviceAccount } from './schema.ts';

/** Google's service by its HTTP v1 API. The same tag replaces the notification that bears it, so one that is sent twice is shown once. */

const scope = 'https://www.googleapis.com/auth/firebase.messaging';

export function createFcm(config: PushConfig, at: { baseUrl: string | undefined }): PushService {
  const account = serviceAccount.parse(JSON.parse(config.fcmServiceAccount ?? '{}'));
  const client = new JWT({
    ...{ email: account.client_email, key: account.private_key, scopes: [scope] },
    transporterOptions: { timeout: 15_000, ...(at.baseUrl ? { fetchImplementation: elsewhere(at.baseUrl) } : {}) },
  });
  const url = `${at.baseUrl?.replace(/\/$/, '') ?? 'https://fcm.googleapis.com'}/v1/projects/${encodeURIComponent(account.project_id)}/messages:send`;

  const one = async (token: string, note: PushNote): Promise<PushAnswer> => {
    let bearer: string | null | undefined;
    try {
      bearer = (await client.getAccessToken()).token;
    } catch (error) {
      const { status, response } = error as { status?: number; response?: { status?: number } };
      const refused = status ?? response?.status;
      return refused !== undefined && refused < 500
        ? { how: 'later', reason: 'fcm_credentials', fault: 'credentials' }
        : { how: 'later', reason: 'fcm_unreachable', fault: 'unreachable' };
    }
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify({ message: messageOf(token, note) }),
        signal: AbortSignal.timeout(15_000),
      });
      return answer.ok ? { how: 'taken' } : answerOf(answer.status, await answer.text());
    } catch {
      return { how: 'later', reason: 'fcm_unreachable', fault: 'unreachable' };
    }
  };
  return {
    async send(tokens, note) {
      const answers = new Map<string, PushAnswer>();
      await eachOf(tokens, 5, async (token) => void answers.set(token, await one(token, note)));
      return tokens.map((token) => answers.get(token)!);
    },
    close: () => {},
  };
}

const messageOf = (token: string, note: PushNote) => ({
  token,
  notification: { title: note.title, body: note.text, ...(note.picture ? { image: note.picture } : {}) },
  data: { outboxId: note.outboxId, ...(note.link ? { link: note.link } : {}) },
  android: { collapse_key: note.outboxId, notification: { tag: note.outboxId } },
  apns: { headers: { 'apns-collapse-id': note.outboxId } },
});

function answerOf(status: number, body: string): PushAnswer {
  const code = /"errorCode":\s*"([A-Z_]+)"/.exec(body)?.[1] ?? /"status":\s*"([A-Z_]+)"/.exec(body)?.[1] ?? String(status);
  if (code === 'UNREGISTERED' || code === 'SENDER_ID_MISMATCH' || status === 404) return { how: 'dead' };
  if (status === 400 && /message\.token|registration token/i.test(body)) return { how: 'dead' };
  if (status === 401 || status === 403) return { how: 'later', reason: `fcm_${code}`, fault: 'credentials' };
  if (status === 429 || status >= 500) return { how: 'later', reason: `fcm_${code}` };
  return { how: 'failed', reason: `fcm_${code}` };
}

/** Google's library knows one address for tokens; this leads it to a stand-in. */
const elsewhere =
  (baseUrl: string): typeof fetch =>
  (input, init) => {
    const asked = new URL(input instanceof Request ? input.url : input);
    return fetch(new URL(asked.pathname, baseUrl), init);
  };
