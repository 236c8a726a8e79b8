type Raw = Record<string, unknown>;

/** Keys of `identities` (the SDKs' newer way of saying who) and what they are here. A workspace's own keys keep their name. */
const types: Record<string, string> = {
  login_id: 'user_id',
  anonymous_id: 'anonymous_id',
  cookie_id: 'cookie_id',
  mp_unionid: 'wechat_unionid',
  unionid: 'wechat_unionid',
  mobile: 'phone',
  phone: 'phone',
  email: 'email',
  member_id: 'member_id',
  android_id: 'device_id',
  android_uuid: 'device_id',
  ios_uuid: 'device_id',
  idfv: 'device_id',
  harmony_uuid: 'device_id',
  imei: 'device_id',
  idfa: 'ad_id',
  oaid: 'ad_id',
  caid: 'ad_id',
  wecom_external_userid: 'wecom_external_userid',
};
/** Ids that mean something within one app alone. */
const openids: Record<string, string> = {
  mp_openid: 'wechat_openid',
  mp_id: 'anonymous_id',
  official_account_openid: 'wechat_openid',
  wechat_openid: 'wechat_openid',
  douyin_openid: 'platform_id',
  alipay_openid: 'platform_id',
  baidu_openid: 'platform_id',
};

export interface Who {
  userId?: string;
  anonymousId?: string;
  externalIds: { type: string; id: string }[];
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;

/** Who a record is about. `appId`: of the mini program, where the record or the address names one. */
export function whoOf(record: Raw, properties: Raw, appId: string | undefined): Who {
  const who: Who = { externalIds: [] };
  const user = text(record.login_id) ?? (properties.$is_login_id === true ? text(record.distinct_id) : undefined);
  if (user) who.userId = plain(user);
  const device = text(record.anonymous_id) ?? (user ? undefined : text(record.distinct_id));
  const given = record.identities;
  const keyed = [text(record.distinct_id), user].filter((id) => id !== undefined && isKeyed(id)).map((id) => split(id!));
  const list = typeof given === 'object' && given !== null && !Array.isArray(given) ? Object.entries(given) : [];
  // In the newer kind distinct_id repeats one of the identities.
  if (device && !isKeyed(device) && !list.some(([, value]) => value === device)) who.anonymousId = device;
  for (const [key, value] of [...list, ...keyed]) {
    const id = text(Array.isArray(value) ? value.at(-1) : value);
    if (id) add(who, key.replace(/^\$identity_/, ''), id, appId);
  }
  return who;
}

function add(who: Who, key: string, id: string, appId: string | undefined): void {
  if (key === 'login_id') {
    who.userId ??= id;
    return;
  }
  const scoped = openids[key];
  if (scoped === 'anonymous_id' || types[key] === 'anonymous_id') {
    who.anonymousId ??= id;
    return;
  }
  // An openid of we know not which app says nothing; where nobody else is named, the door says so.
  if (scoped) {
    const scope = scoped === 'platform_id' ? key.slice(0, key.indexOf('_')) : appId;
    if (scope || id.includes(':')) who.externalIds.push({ type: scoped, id: id.includes(':') ? id : `${scope}:${id}` });
    return;
  }
  who.externalIds.push({ type: types[key] ?? key, id });
}

/** `$identity_phone+13800000000`: an id of a person that names its own key. */
const isKeyed = (id: string): boolean => /^\$identity_\w+\+./.test(id);
const split = (id: string): [string, string] => [id.slice(0, id.indexOf('+')), id.slice(id.indexOf('+') + 1)];
const plain = (id: string): string =>
  isKeyed(id) && !id.startsWith('$identity_login_id+') ? id : id.replace(/^\$identity_login_id\+/, '');
