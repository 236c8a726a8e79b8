import type { z } from 'zod';
import { miniEndpoints } from './endpoints-mini.ts';
import { officialEndpoints } from './endpoints-official.ts';

/** Every call to api.weixin.qq.com, whether an official account or a mini program makes it. */
export const wechatEndpoints = { ...officialEndpoints, ...miniEndpoints };

export type WechatEndpoint = keyof typeof wechatEndpoints;
export type WechatResponse<N extends WechatEndpoint> = z.output<(typeof wechatEndpoints)[N]['response']>;
