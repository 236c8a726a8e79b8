import type { App, Log } from '../../base/index.ts';
import { openDoor, readQuery } from '../platform/door.ts';
import type { CallbackIntake } from './callback-intake.ts';

type Receiver = CallbackIntake & { processCallbacks(): Promise<{ nextInMs?: number }> };

export const wecomCallbackRoutes = (app: App, wecom: Receiver, log?: Log): Promise<void> =>
  openDoor(
    app,
    {
      path: '/wecom/callback',
      name: 'WeCom',
      verify: (id, url) => wecom.verify(id, readQuery(url, ['msg_signature', 'timestamp', 'nonce', 'echostr'])),
      receive: (id, url, body) => wecom.receive(id, readQuery(url, ['msg_signature', 'timestamp', 'nonce']), body),
      work: () => wecom.processCallbacks(),
    },
    log,
  );
