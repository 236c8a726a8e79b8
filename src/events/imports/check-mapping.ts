import type { FieldError } from '../../base/index.ts';
import type { ImportKind, Mapping } from './schema.ts';
import { identityTargets, isTarget, required, targets } from './targets.ts';

/** Why a mapping cannot be used for a file with these columns; `guessed`: nobody wrote it. */
export function mappingErrors(kind: ImportKind, mapping: Mapping, columns: readonly string[], guessed: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const hint = guessed ? '; none of the columns looks like it, name it in mapping' : '';
  const shown = columns.slice(0, 30).join(', ');
  for (const [target, column] of Object.entries(mapping)) {
    if (!isTarget(kind, target))
      errors.push({ field: `mapping.${target}`, reason: `is not a field of ${kind}; fields are ${targets[kind].join(', ')}` });
    else if (!columns.includes(column))
      errors.push({ field: `mapping.${target}`, reason: `the file has no column "${column}"; it has ${shown}` });
  }
  for (const target of required[kind]) {
    if (!(target in mapping)) errors.push({ field: `mapping.${target}`, reason: `a column must say this${hint}; the file has ${shown}` });
  }
  const any = (names: readonly string[]) => names.some((n) => n in mapping);
  if (kind === 'orders' && !any(['price', 'amount', 'order_total', 'products']))
    errors.push({
      field: 'mapping.amount',
      reason: `a column must say the price, the amount or the order's total${hint}; the file has ${shown}`,
    });
  if ((kind === 'people' || kind === 'events') && !any(identityTargets))
    errors.push({
      field: 'mapping.user_id',
      reason: `a column must say who it is about: ${identityTargets.join(', ')}${hint}; the file has ${shown}`,
    });
  return errors;
}
