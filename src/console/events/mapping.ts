import type { KindTargets, Mapping } from '../api/events.ts';

/** Which field a column goes to; a mapping is kept the other way round, since a field takes one column. */
export const targetOfColumn = (mapping: Mapping, column: string): string | undefined =>
  Object.entries(mapping).find(([, from]) => from === column)?.[0];

/** Sends a column to a field; whatever fed that field before is set free, and so is the column's former field. */
export function assign(mapping: Mapping, column: string, target: string | undefined): Mapping {
  const rest = Object.fromEntries(Object.entries(mapping).filter(([name, from]) => from !== column && name !== target));
  return target ? { ...rest, [target]: column } : rest;
}

/** Another kind has other fields: what fits stays. */
export function fitMapping(mapping: Mapping, kind: KindTargets): Mapping {
  const names = new Set(kind.targets.map((target) => target.name));
  const fitted: Mapping = {};
  for (const [name, column] of Object.entries(mapping)) {
    if (names.has(name)) fitted[name] = column;
    else if (kind.freePrefix) fitted[`${kind.freePrefix}${name.replace(/^(properties|traits)\./, '')}`] = column;
  }
  return fitted;
}

export const missingTargets = (mapping: Mapping, kind: KindTargets): string[] =>
  kind.targets.filter((target) => target.required && !mapping[target.name]).map((target) => target.name);

export const saysWho = (mapping: Mapping, kind: KindTargets): boolean => kind.targets.some((one) => one.identity && mapping[one.name]);
