import { createHash } from 'node:crypto';

/** Official accounts and mini programs, their users, and what was said to those. */

export interface WxCallback {
  url: string;
  token: string;
  /** 43 characters: messages travel encrypted (safe mode) */
  encodingAesKey?: string;
}

export interface WxSent {
  id: string;
  at: number;
  openid: string;
  kind: 'custom' | 'template' | 'subscribe' | 'subscribe_notice';
  template_id?: string;
  client_msg_id?: string;
  body: unknown;
}

/** How many messages may still be said to somebody, and until when. */
export interface Allowance {
  until: number;
  left: number;
}

export interface WxUser {
  openid: string;
  /** the person behind it: the same in every account of one owner */
  person: string;
  subscribed: boolean;
  subscribedAt: number;
  subscribe_scene: string;
  qr_scene_str: string;
  phone?: string;
  /** refuses messages of this account: 48002 */
  refuses?: boolean;
  /** 5 in 48 h after a message, 3 in a minute after follow, scan or menu, any number in 48 h after paying */
  talk?: Allowance;
  touch?: Allowance;
  paidUntil?: number;
}

export interface WxScene {
  ticket: string;
  scene: string;
  url: string;
  permanent: boolean;
  createdAt: number;
  expiresAt: number;
}

/** A template: names of its fields with their kinds, such as thing1, time2. */
export interface WxTemplate {
  template_id: string;
  title: string;
  kind: 'template' | 'subscribe';
  fields: string[];
}

export interface WxCode {
  openid: string;
  use: 'js' | 'oauth' | 'phone';
  scope: string;
  expiresAt: number;
  used: boolean;
  snapshot?: boolean;
}

export interface WxAccount {
  appid: string;
  secret: string;
  kind: 'official_account' | 'mini_program';
  name: string;
  original: string;
  /** accounts of one owner on the open platform share unionids; absent: no unionid is told */
  owner?: string;
  trustedIps?: string[];
  callback?: WxCallback;
  users: Map<string, WxUser>;
  scenes: Map<string, WxScene>;
  templates: Map<string, WxTemplate>;
  /** openid|template -> grants not yet used */
  grants: Map<string, number>;
  pages: string[];
  codes: Map<string, WxCode>;
  links: Map<string, { path: string; query: string; expiresAt: number }>;
  sent: WxSent[];
  /** Pictures that live three days. */
  media: Map<string, { base64: string; createdAt: number }>;
  rids: Map<string, { at: number; path: string; errcode: number }>;
  forcedAt: number[];
  clearedAt: number[];
}

export interface WxToken {
  token: string;
  appid: string;
  expiresAt: number;
  killed: boolean;
  stable: boolean;
}

export interface WxWorld {
  accounts: Map<string, WxAccount>;
  tokens: Map<string, WxToken>;
  oauthTokens: Map<string, { openid: string; appid: string; expiresAt: number; scope: string }>;
}

export const createWxWorld = (): WxWorld => ({ accounts: new Map(), tokens: new Map(), oauthTokens: new Map() });

const digest = (text: string, length: number) => createHash('sha256').update(text).digest('base64url').slice(0, length);
/** One person has another openid in every account. */
export const openidOf = (appid: string, person: string): string => `o${digest(`openid:${appid}:${person}`, 27)}`;
export const unionidOf = (owner: string, person: string): string => `o${digest(`unionid:${owner}:${person}`, 27)}`;

export const grantKey = (openid: string, templateId: string): string => `${openid}|${templateId}`;
