import { IdentityRules, type TypeRule } from './rules.ts';

export type { Identity } from './rules.ts';

/** By priority, highest first; limits as the identity policy states them. A workspace may set its own. */
export const defaultTypes: readonly TypeRule[] = [
  { type: 'user_id', strong: true, limit: 1 },
  { type: 'member_id', strong: true, limit: 1 },
  { type: 'crm_id', strong: true, limit: 1 },
  { type: 'erp_id', strong: true, limit: 1 },
  { type: 'wechat_unionid', strong: true, limit: 1 },
  { type: 'wecom_external_userid', strong: true, limit: 5, scoped: true },
  { type: 'wechat_openid', strong: true, limit: 1000, scoped: true },
  { type: 'phone', strong: true, limit: 3 },
  { type: 'email', strong: true, limit: 5 },
  { type: 'platform_id', strong: true, limit: 1000, scoped: true },
  { type: 'device_id', strong: false, limit: 200 },
  { type: 'ad_id', strong: false, limit: 200 },
  { type: 'cookie_id', strong: false, limit: 200 },
  { type: 'anonymous_id', strong: false, limit: 200 },
];

/** An identity that meets more people than this within so many days says nothing of who somebody is. */
export const defaultQuarantine = { people: 10, days: 30 };

/** What holds where a workspace has set nothing. */
export const defaultRules = new IdentityRules({ types: defaultTypes, blocked: {}, quarantine: defaultQuarantine });

export const identityTypes: ReadonlyMap<string, TypeRule> = defaultRules.types;
