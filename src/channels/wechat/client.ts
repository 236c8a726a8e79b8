import { type ClientDeps, createPlatformClient, type PlatformClient } from '../platform/client.ts';
import type { PlatformSpec } from '../platform/spec.ts';
import { wechatEndpoints } from './endpoints.ts';
import { reactionTo, ridOf, WechatError, WechatUnreachable } from './errors.ts';

const asking = (appid: string, secret: string) => ({ grant_type: 'client_credential', appid, secret });

/** Official accounts and mini programs, to the client that all platforms share. */
const wechatSpec: PlatformSpec<typeof wechatEndpoints> = {
  name: 'wechat',
  endpoints: wechatEndpoints,
  tokenEndpoint: 'stable_token',
  // Asked again the platform gives the same token until shortly before its end, so several programs do not push each other out.
  tokenRequest: ({ id, secret }) => asking(id, secret),
  otherTokenRequest: ({ id, secret }) => ({ ...asking(id, secret), force_refresh: true }),
  reactionTo,
  failure: (errcode, endpoint, options) => new WechatError(errcode, endpoint, options),
  unreachable: (endpoint, why, inDoubt) => new WechatUnreachable(endpoint, why, inDoubt),
  hintOf: ridOf,
};

export type WechatClient = PlatformClient<typeof wechatEndpoints> & { readonly appId: string };

type Deps = Omit<ClientDeps<typeof wechatEndpoints>, 'spec' | 'credential'> & { credential: { appId: string; secret: string } };

export function createWechatClient({ credential, ...deps }: Deps): WechatClient {
  const { appId, secret } = credential;
  return { appId, ...createPlatformClient({ ...deps, spec: wechatSpec, credential: { id: appId, secret } }) };
}
