import { type FieldError, problem } from '../../../base/index.ts';
import type { Reject } from '../rejects.ts';
import type { Mapping } from '../schema.ts';
import { storable } from '../storable.ts';
import type { Row } from '../table.ts';
import { identityTargets } from '../targets.ts';
import { parsePath, valueAt } from './json-path.ts';

const mostRows = 5000;
const longest = 32_768;

const bad = (errors: FieldError[]) => problem(400, 'The payload does not fit', { errors });

/** What was sent, parsed: JSON, or a form whose values may hold JSON. */
export function parseBody(body: Buffer, contentType: string | undefined): unknown {
  const text = body.toString('utf8');
  if (contentType?.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw bad([{ field: 'body', reason: 'must be JSON' }]);
  }
}

/** The rows of a payload, each with its values by path. */
export function rowsOf(payload: unknown, rows: string, mapping: Mapping): { rows: Row[]; columns: string[] } {
  const at = parsePath(rows)!;
  const found = valueAt(at, payload, payload);
  if (found === undefined || found === null) throw bad([{ field: rows || 'body', reason: 'is missing: the rows should be there' }]);
  const list: unknown[] = Array.isArray(found) ? found : [found];
  if (list.length > mostRows) throw bad([{ field: rows || 'body', reason: `has more than ${mostRows} rows; send them in parts` }]);
  const columns = [...new Set(Object.values(mapping))];
  const paths = columns.map((c) => parsePath(c)!);
  return {
    columns,
    rows: list.map((item, i): Row => {
      if (item === null || typeof item !== 'object') return { n: i, values: [], broken: 'must be an object' };
      const values = paths.map((path) => valueAt(path, item, payload));
      if (!storable(values)) return { n: i, values: [], broken: 'holds a NUL or half a character, which cannot be stored' };
      const long = values.findIndex((v) => typeof v === 'string' && v.length > longest);
      return long < 0 ? { n: i, values } : { n: i, values: [], broken: `${columns[long]} is longer than ${longest} characters` };
    }),
  };
}

const fieldOfCode: Record<string, string> = {
  bad_time: 'time',
  no_order_id: 'order_id',
  shortened_id: 'order_id',
  unknown_status: 'status',
  no_amount: 'amount',
  bad_currency: 'currency',
  no_event: 'event',
  no_product_id: 'product_id',
  no_name: 'product_name',
  no_member_id: 'member_id',
  no_refund_id: 'refund_id',
  bad_products: 'products',
};
const aboutWho = ['no_customer', 'no_identity', 'two_customers'];

/** Where in the payload the trouble of a row lies. */
export function fieldOf(reject: Reject, mapping: Mapping): string {
  const first = /^[a-z_]+/.exec(reject.reason)?.[0] ?? '';
  const who = aboutWho.includes(reject.code) ? identityTargets.find((t) => t in mapping) : undefined;
  const target = who ?? (first in mapping ? first : fieldOfCode[reject.code]);
  return (target && mapping[target]) ?? (target ? `mapping.${target}` : 'body');
}
