import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { startHttp } from './http.ts';
import { localCert, localKey } from './local-cert.ts';

export interface TakenPush {
  service: 'apns' | 'fcm' | 'jpush';
  token: string;
  title: string;
  text: string;
  link: string | undefined;
  /** What makes two of it one. */
  key: string;
}
/** How a token is answered: gone from its device, refused for the hour, or by wrong credentials. */
export type PushSaid = 'dead' | 'later' | 'credentials' | undefined;

/** APNs, FCM and JPush. They take a message once under its key, as a phone shows it once. */
export async function startPushServices() {
  const taken: TakenPush[] = [];
  const doubled: string[] = [];
  const answers = new Map<string, PushSaid>();
  const keys = new Set<string>();
  const take = (push: TakenPush): void => {
    const key = `${push.service}:${push.token}:${push.key}`;
    if (keys.has(key)) doubled.push(key);
    else taken.push(push);
    keys.add(key);
  };

  const apns = createSecureServer({ key: localKey, cert: localCert });
  apns.on('stream', (stream, headers) => {
    const token = String(headers[':path']).split('/').at(-1) ?? '';
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const said = answers.get(token);
      const refuse = (status: number, reason: string) => {
        stream.respond({ ':status': status });
        stream.end(JSON.stringify({ reason }));
      };
      if (said === 'dead') return refuse(410, 'Unregistered');
      if (said === 'later') return refuse(503, 'ServiceUnavailable');
      if (said === 'credentials' || !String(headers.authorization ?? '').startsWith('bearer ')) return refuse(403, 'InvalidProviderToken');
      const { aps, link } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      take({ service: 'apns', token, title: aps.alert.title, text: aps.alert.body, link, key: String(headers['apns-collapse-id']) });
      stream.respond({ ':status': 200 });
      return stream.end();
    });
  });
  await new Promise<void>((ready) => apns.listen(0, '127.0.0.1', ready));

  let cids = 0;
  const web = await startHttp(({ url, headers, body }) => {
    if (url.pathname === '/token') return { body: { access_token: 'fake-token', expires_in: 3600, token_type: 'Bearer' } };
    if (url.pathname.startsWith('/v1/projects/')) {
      const { message } = JSON.parse(body);
      const said = answers.get(message.token);
      const error = (status: number, code: string) => ({
        status,
        body: {
          error: {
            code: status,
            status: code,
            details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code }],
          },
        },
      });
      if (said === 'dead') return error(404, 'UNREGISTERED');
      if (said === 'later') return error(503, 'UNAVAILABLE');
      if (said === 'credentials' || headers.authorization !== 'Bearer fake-token') return error(401, 'THIRD_PARTY_AUTH_ERROR');
      const { notification, data, android } = message;
      take({
        service: 'fcm',
        token: message.token,
        title: notification.title,
        text: notification.body,
        link: data.link,
        key: android.notification.tag,
      });
      return { body: { name: 'projects/p/messages/1' } };
    }
    if (url.pathname === '/v3/push/cid') {
      const count = Number(url.searchParams.get('count'));
      return { body: { cidlist: Array.from({ length: count }, () => `cid-${++cids}`) } };
    }
    const { audience, notification, cid } = JSON.parse(body);
    const [token = ''] = audience.registration_id as string[];
    const said = answers.get(token);
    if (said === 'dead') return { status: 400, body: { error: { code: 1011, message: 'cannot find user by this audience' } } };
    if (said === 'later') return { status: 503, body: { error: { code: 1000, message: 'busy' } } };
    if (said === 'credentials') return { status: 401, body: { error: { code: 1004, message: 'authen failed' } } };
    const { title, alert, extras } = notification.android;
    for (const one of audience.registration_id as string[])
      take({ service: 'jpush', token: one, title, text: alert, link: extras.link, key: String(cid) });
    return { body: { sendno: '0', msg_id: '1' } };
  });
  return {
    apns: `https://localhost:${(apns.address() as AddressInfo).port}`,
    web: web.url,
    ca: localCert,
    taken,
    /** What came a second time under its key: shown once all the same. */
    doubled,
    answer: (token: string, said: PushSaid) => void answers.set(token, said),
    close: async () => {
      await web.close();
      await new Promise<void>((done) => {
        apns.close(() => done());
        setImmediate(() => done());
      });
    },
  };
}
