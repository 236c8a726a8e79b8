/** One identity of a person: a type of the contract and a value in normal form. */
export interface Identity {
  type: string;
  value: string;
}

export interface IdentityType {
  strong: boolean;
  /** Most values of this type that one person may hold. */
  limit: number;
  /** The part of a value within which one person holds at most one: the app of an openid, the corp of an external user. */
  scope?: (value: string) => string;
}

const beforeColon = (value: string): string => value.slice(0, Math.max(0, value.indexOf(':')));

/** By priority, highest first; limits as the identity policy states them. */
export const identityTypes: ReadonlyMap<string, IdentityType> = new Map<string, IdentityType>([
  ['user_id', { strong: true, limit: 1 }],
  ['member_id', { strong: true, limit: 1 }],
  ['crm_id', { strong: true, limit: 1 }],
  ['erp_id', { strong: true, limit: 1 }],
  ['wechat_unionid', { strong: true, limit: 1 }],
  ['wecom_external_userid', { strong: true, limit: 5, scope: beforeColon }],
  ['wechat_openid', { strong: true, limit: 1000, scope: beforeColon }],
  ['phone', { strong: true, limit: 3 }],
  ['email', { strong: true, limit: 5 }],
  ['platform_id', { strong: true, limit: 1000, scope: beforeColon }],
  ['device_id', { strong: false, limit: 200 }],
  ['ad_id', { strong: false, limit: 200 }],
  ['cookie_id', { strong: false, limit: 200 }],
  ['anonymous_id', { strong: false, limit: 200 }],
]);

const priorities = new Map([...identityTypes.keys()].map((type, i) => [type, i]));

/** 0 is the highest priority. Unknown types come last. */
export function priorityOf(type: string): number {
  return priorities.get(type) ?? identityTypes.size;
}

export function isStrong(type: string): boolean {
  return identityTypes.get(type)?.strong ?? false;
}
