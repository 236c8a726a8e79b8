import type { Ch } from '../../base/index.ts';
import type { Slice } from '../slice.ts';
import type { Devices } from './devices.ts';
import { newDevice, type PushConfig, type PushProviderName, setUp } from './schema.ts';

/** Apps tell their tokens as Segment's libraries do: `context.device.token` on what they send. These say that it holds no more. */
const gone = new Set(['Application Uninstalled', 'Device Deleted']);

interface Told {
  person: number;
  event: string;
  at: number;
  token: string;
  type: string;
  id: string;
  provider: string;
}

/** The provider as it is said in `context.device.provider`, else by the kind of telephone and what is set up. */
export function providerOf(config: PushConfig, said: string, type: string): PushProviderName | undefined {
  const have = setUp(config);
  if (said === 'apns' || said === 'fcm' || said === 'jpush') return said;
  if (/^(ios|ipados|iphone)/i.test(type)) return have.apns ? 'apns' : have.jpush ? 'jpush' : have.fcm ? 'fcm' : undefined;
  return have.fcm ? 'fcm' : have.jpush ? 'jpush' : undefined;
}

/** Reads tokens out of newly landed events. Reading them again changes nothing. */
export async function learnDevices(
  deps: {
    ch: Pick<Ch, 'query'>;
    source(workspaceNo: number): string;
    devices: Devices;
    /** What stands for tokens in events, opened; null: it was erased. */
    open(workspaceNo: number, tokens: readonly string[]): Promise<readonly (string | null)[]>;
  },
  config: PushConfig,
  slice: Slice,
): Promise<void> {
  const path = (name: string) => `JSONExtractString(context, 'device', '${name}')`;
  const rows = await deps.ch.query<Told>(
    `SELECT person_no AS person, toString(event) AS event, toUnixTimestamp64Milli(time) AS at, ${path('token')} AS token, ${path('type')} AS type,
       ${path('id')} AS id, ${path('provider')} AS provider
     FROM ${deps.source(slice.workspaceNo)}
     WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND position(context, '"token"') > 0 AND token <> '' ORDER BY time`,
  );
  // The last word on each token is enough.
  const last = [...new Map(rows.map((row) => [row.token, row])).values()];
  const tokens = await deps.open(
    slice.workspaceNo,
    last.map((row) => row.token),
  );
  for (const [i, { person, event, at, type, id, provider: said }] of last.entries()) {
    const token = tokens[i];
    const provider = providerOf(config, said, type);
    const platform = /^(ios|ipados|iphone)/i.test(type)
      ? 'ios'
      : /^android/i.test(type)
        ? 'android'
        : /^(harmony|ohos)/i.test(type)
          ? 'harmony'
          : undefined;
    const device = newDevice.safeParse({
      provider,
      token,
      ...(platform ? { platform } : {}),
      ...(id ? { deviceId: id.slice(0, 200) } : {}),
    });
    if (!token || !device.success) continue;
    if (gone.has(event)) await deps.devices.forget(slice.workspaceNo, device.data.provider, token);
    else await deps.devices.register(slice.workspaceNo, person, device.data, new Date(at));
  }
}
