import { type Micro, readDecimal, toMinor, toNumber } from './decimal.ts';
import { context, dayMs, digest, iso, type Plan, type Reading, text, when, who } from './plan.ts';
import type { Row } from './table.ts';

const refuse = (row: Row, code: string, reason: string): Plan => ({ planned: [], rejects: [{ row, code, reason }] });

/** A row about a member becomes an `identify` too, with what makes somebody a member under names of its own. */
export function planMember(r: Reading, row: Row): Plan {
  if (row.broken) return refuse(row, 'unreadable', row.broken);
  const member = text(r.get(row, 'member_id'));
  if (member === undefined) return refuse(row, 'no_member_id', 'has no member id');
  const stated = r.get(row, 'joined_at');
  const joined = stated === undefined ? undefined : r.instant(stated);
  if (stated !== undefined && joined === undefined)
    return refuse(row, 'bad_time', `joined_at "${String(stated).slice(0, 40)}" is not a time; write 2026-01-31 08:00:00`);
  const points = r.get(row, 'points');
  const counted = points === undefined ? undefined : readDecimal(points);
  if (points !== undefined && counted === undefined)
    return refuse(row, 'bad_amount', `points "${String(points).slice(0, 40)}" is not a number`);
  const level = text(r.get(row, 'level'));
  return planPerson(r, row, {
    member_id: member,
    ...(joined === undefined ? {} : { joinedAt: iso(joined + r.options.shiftDays * dayMs) }),
    ...(level === undefined ? {} : { level }),
    ...(counted === undefined ? {} : { points: toNumber(counted) }),
  });
}

/** A row about a person becomes an `identify`. The same row twice is one. */
export function planPerson(r: Reading, row: Row, more: Record<string, unknown> = {}): Plan {
  if (row.broken) return refuse(row, 'unreadable', row.broken);
  const person = who(r, row);
  if (!person) return refuse(row, 'no_identity', 'names nobody: needs a user id, member id, phone or another identity');
  if ('reason' in person) return refuse(row, 'bad_identity', person.reason);
  const stated = r.get(row, 'time');
  const time = stated === undefined ? r.startedAt : when(r, stated);
  if (time === undefined) return refuse(row, 'bad_time', `"${String(stated).slice(0, 40)}" is not a time; write 2026-01-31 08:00:00`);
  const whole = r.get(row, 'traits');
  const traits = { ...(isObject(whole) ? whole : {}), ...r.free(row), ...more };
  const where = context(r, row);
  return one(row, {
    event: {
      messageId: `import-person-${digest('person', person.key, JSON.stringify(sorted(traits)), stated === undefined ? '' : iso(time))}`,
      type: 'identify',
      event: '',
      timestamp: iso(time),
      ...person.fields,
      traits,
      ...(where ? { context: where } : {}),
      source: r.source,
    },
    tally: { people: 1 },
  });
}

/** A row that is an event becomes a `track`. Known by its message id, else by all it says: the same row twice is one. */
export function planTrack(r: Reading, row: Row): Plan {
  if (row.broken) return refuse(row, 'unreadable', row.broken);
  const event = text(r.get(row, 'event'));
  if (event === undefined) return refuse(row, 'no_event', 'has no event name');
  const person = who(r, row);
  if (!person) return refuse(row, 'no_identity', 'names nobody: needs a user id, anonymous id or another identity');
  if ('reason' in person) return refuse(row, 'bad_identity', person.reason);
  const stated = r.get(row, 'time');
  const time = when(r, stated);
  if (time === undefined)
    return refuse(
      row,
      'bad_time',
      stated === undefined ? 'has no time' : `"${String(stated).slice(0, 40)}" is not a time; write 2026-01-31 08:00:00`,
    );
  const whole = r.get(row, 'properties');
  const properties = { ...(isObject(whole) ? whole : {}), ...r.free(row) };
  const where = context(r, row);
  const own = text(r.get(row, 'message_id'));
  return one(row, {
    event: {
      messageId:
        own ?? `import-event-${digest('event', r.options.origin, event, person.key, iso(time), JSON.stringify(sorted(properties)))}`,
      event,
      timestamp: iso(time),
      ...person.fields,
      properties,
      ...(where ? { context: where } : {}),
      source: r.source,
    },
    tally: { events: 1 },
  });
}

export function planProduct(r: Reading, row: Row): Plan {
  if (row.broken) return refuse(row, 'unreadable', row.broken);
  const productId = text(r.get(row, 'product_id'));
  if (productId === undefined) return refuse(row, 'no_product_id', 'has no product id');
  const name = text(r.get(row, 'product_name'));
  if (name === undefined) return refuse(row, 'no_name', 'has no product name');
  const currency = text(r.get(row, 'currency'))?.toUpperCase() ?? r.currency;
  if (!/^[A-Z]{3}$/.test(currency)) return refuse(row, 'bad_currency', `currency "${currency.slice(0, 20)}" is not a code such as CNY`);
  const numbers: Record<string, Micro | undefined> = {};
  for (const field of ['price', 'cost', 'stock']) {
    const raw = r.get(row, field);
    if (raw === undefined) continue;
    const value = readDecimal(raw);
    // Stock may be owed.
    if (value === undefined || (value < 0n && field !== 'stock'))
      return refuse(row, 'bad_amount', `${field} "${String(raw).slice(0, 40)}" is not a number of 0 or more`);
    numbers[field] = value;
  }
  const { price, cost, stock } = numbers;
  return one(row, {
    product: {
      productId,
      name,
      category: text(r.get(row, 'category')) ?? null,
      priceFen: price === undefined ? null : toMinor(price, currency),
      costFen: cost === undefined ? null : toMinor(cost, currency),
      stock: stock === undefined ? null : toNumber(stock),
      currency,
    },
    tally: { products: 1 },
  });
}

const one = (row: Row, planned: Omit<Plan['planned'][number], 'rows'>): Plan => ({ planned: [{ rows: [row], ...planned }], rejects: [] });

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The same content in another order of keys is the same. */
function sorted(object: Record<string, unknown>): [string, unknown][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
}
