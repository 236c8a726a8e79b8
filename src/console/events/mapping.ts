import type { ImportKind, Inspection, Mapping, Target } from '../api/events.ts';

/** Columns that say whose a row is. */
export const IDENTITIES = [
  'user_id',
  'member_id',
  'phone',
  'email',
  'wechat_unionid',
  'wechat_openid',
  'wecom_external_userid',
  'crm_id',
  'erp_id',
  'platform_id',
  'anonymous_id',
  'device_id',
];

const FREE: Partial<Record<ImportKind, 'properties.' | 'traits.'>> = { orders: 'properties.', events: 'properties.', people: 'traits.' };
export const freePrefix = (kind: ImportKind) => FREE[kind];

export const targetsOf = (inspection: Inspection, kind: ImportKind): Target[] => inspection.targets?.[kind] ?? [];

/** Which field a column goes to; a mapping is kept the other way round, since a field takes one column. */
export const targetOfColumn = (mapping: Mapping, column: string): string | undefined =>
  Object.entries(mapping).find(([, from]) => from === column)?.[0];

/** Sends a column to a field; whatever fed that field before is set free, and so is the column's former field. */
export function assign(mapping: Mapping, column: string, target: string | undefined): Mapping {
  const rest = Object.fromEntries(Object.entries(mapping).filter(([name, from]) => from !== column && name !== target));
  return target ? { ...rest, [target]: column } : rest;
}

/** Another kind has other fields: what fits stays. */
export function fitMapping(mapping: Mapping, inspection: Inspection, kind: ImportKind): Mapping {
  if (kind === inspection.kind) return inspection.mapping;
  const names = new Set(targetsOf(inspection, kind).map((target) => target.name));
  const prefix = freePrefix(kind);
  const fitted: Mapping = {};
  for (const [name, column] of Object.entries(mapping)) {
    if (names.has(name)) fitted[name] = column;
    else if (prefix) fitted[`${prefix}${name.replace(/^(properties|traits)\./, '')}`] = column;
  }
  return fitted;
}

export const missingTargets = (mapping: Mapping, inspection: Inspection, kind: ImportKind): string[] =>
  targetsOf(inspection, kind)
    .filter((target) => target.required && !mapping[target.name])
    .map((target) => target.name);

export const saysWho = (mapping: Mapping): boolean => IDENTITIES.some((name) => mapping[name]);
