import { type ClientDeps, createPlatformClient, type PlatformClient } from '../platform/client.ts';
import type { PlatformSpec } from '../platform/spec.ts';
import { endpoints } from './endpoints.ts';
import { hintOf, reactionTo, WecomError, WecomUnreachable } from './errors.ts';

/** WeCom, to the client that all platforms share. */
const wecomSpec: PlatformSpec<typeof endpoints> = {
  name: 'wecom',
  endpoints,
  tokenEndpoint: 'gettoken',
  tokenRequest: ({ id, secret }) => ({ corpid: id, corpsecret: secret }),
  reactionTo,
  failure: (errcode, endpoint, options) => new WecomError(errcode, endpoint, options),
  unreachable: (endpoint, why, inDoubt) => new WecomUnreachable(endpoint, why, inDoubt),
  hintOf,
};

export interface WecomClient extends PlatformClient<typeof endpoints> {
  readonly corpId: string;
}

export interface WecomCredential {
  corpId: string;
  secret: string;
}

type WecomClientDeps = Omit<ClientDeps<typeof endpoints>, 'spec' | 'credential'> & { credential: WecomCredential };

export function createWecomClient({ credential, ...deps }: WecomClientDeps): WecomClient {
  const { corpId, secret } = credential;
  return { corpId, ...createPlatformClient({ ...deps, spec: wecomSpec, credential: { id: corpId, secret } }) };
}
