import apn from '@parse/node-apn';
import type { PushAnswer, PushService } from './provider.ts';
import type { PushConfig } from './schema.ts';

/** Apple's service, over HTTP/2 by a token of the developer's key. The same collapse id shows one notification, however often it is sent. */

const dead = new Set(['BadDeviceToken', 'DeviceTokenNotForTopic', 'Unregistered', 'ExpiredToken']);
const credentials = new Set([
  ...['InvalidProviderToken', 'MissingProviderToken', 'ExpiredProviderToken', 'Forbidden', 'BadEnvironmentKeyIdInToken'],
  ...['BadTopic', 'TopicDisallowed', 'MissingTopic', 'BadCertificate', 'BadCertificateEnvironment'],
]);

export function createApns(config: PushConfig, at: { baseUrl: string | undefined; ca: string | undefined }): PushService {
  const provider = new apn.Provider({
    token: { key: Buffer.from(config.apnsKey ?? ''), keyId: config.apnsKeyId ?? '', teamId: config.apnsTeamId ?? '' },
    production: config.apnsProduction,
    ...(at.baseUrl ? { address: new URL(at.baseUrl).host, port: Number(new URL(at.baseUrl).port || 443) } : {}),
    ...(at.ca ? { ca: at.ca } : {}),
    // The outbox tries again; two who try would be too many.
    connectionRetryLimit: 0,
    requestTimeout: 15_000,
  } as apn.ProviderOptions);
  return {
    async send(tokens, note) {
      const notification = new apn.Notification();
      notification.topic = config.apnsBundleId ?? '';
      notification.alert = { title: note.title, body: note.text };
      notification.sound = 'default';
      notification.pushType = 'alert';
      notification.collapseId = note.outboxId;
      notification.payload = {
        outboxId: note.outboxId,
        ...(note.link ? { link: note.link } : {}),
        ...(note.picture ? { picture: note.picture } : {}),
      };
      if (note.picture) notification.mutableContent = true;
      const { failed } = await provider.send(notification, [...tokens]);
      const refused = new Map(failed.map((one) => [one.device, one]));
      return tokens.map((token): PushAnswer => {
        const one = refused.get(token);
        return one ? answerOf(one) : { how: 'taken' };
      });
    },
    close: () => void provider.shutdown(() => {}),
  };
}

function answerOf({ status, response, error }: apn.ResponseFailure): PushAnswer {
  const reason = response?.reason ?? '';
  if (Number(status) === 410 || dead.has(reason)) return { how: 'dead' };
  if (credentials.has(reason)) return { how: 'later', reason: `apns_${reason}`, fault: 'credentials' };
  if (error && !reason) return { how: 'later', reason: 'apns_unreachable', fault: 'unreachable' };
  if (Number(status) === 429 || Number(status) >= 500) return { how: 'later', reason: `apns_${reason || status}` };
  return { how: 'failed', reason: `apns_${reason || status || 'refused'}` };
}
