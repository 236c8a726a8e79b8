import { type Ch, sqlString } from '../../base/index.ts';
import { personId } from '../../people/index.ts';
import { futureMs, lateMs, type Source } from './count.ts';
import type { Example } from './findings.ts';
import type { Suspicion } from './suspicion.ts';

const age = '(toUnixTimestamp64Milli(received_at) - toUnixTimestamp64Milli(time))';
const order = (name: string) => `event = '${name}'`;

/** What marks an event of a finding, beyond its subject; an event of what is missing is the last that came. */
const marks: Partial<Record<Suspicion['detector'], string>> = {
  late_events: `${age} > ${lateMs}`,
  future_times: `${age} < -${futureMs}`,
  shifted_times: `abs(${age}) BETWEEN ${7 * 3_600_000} AND ${9 * 3_600_000}`,
  orders_unled: order('Order Completed'),
  refunds_unmatched: order('Order Refunded'),
  merge_burst: order('Identity Merged'),
};
const missing = new Set(['source_silent', 'sdk_silent', 'carrier_silent', 'event_silent']);

/** A few events that show what was found; for what fell silent, the last ones before. */
export async function examplesOf(
  deps: { ch: Ch; source: Source },
  workspaceNo: number,
  s: Suspicion,
  messages?: readonly string[],
): Promise<Example[]> {
  // What was refused is no event; the finding has an outline of it instead.
  if (s.detector === 'refused_rise') return [];
  const wheres = [where(s.subject), marks[s.detector]].filter((w): w is string => w !== undefined);
  const [from, to] = missing.has(s.detector) ? [s.from - 48, s.from] : [s.from, s.to];
  wheres.push(
    `received_at >= toDateTime(${from * 3600}, 'UTC')`,
    `received_at < toDateTime(${to * 3600}, 'UTC')`,
    "NOT startsWith(source, 'import:')",
  );
  if (messages) wheres.splice(0, wheres.length, `message_id IN (${['', ...messages].map(sqlString).join(', ')})`);
  if (s.detector === 'property_lost') wheres.push(`NOT has(JSONAllPaths(properties), ${sqlString(propertyOf(s.subject)!.name)})`);
  if (['property_new', 'empty_values', 'unit_change', 'values_explode', 'type_clash'].includes(s.detector))
    wheres.push(`has(JSONAllPaths(properties), ${sqlString(propertyOf(s.subject)?.name ?? '')})`);
  const kinds = s.detector === 'type_clash' ? (s.details?.now as string[]) : [];
  if (kinds.length > 0)
    wheres.push(
      `JSONAllPathsWithTypes(properties)[${sqlString(propertyOf(s.subject)?.name ?? '')}] IN (${kinds.flatMap(typesOf).map(sqlString).join(', ')})`,
    );
  if (s.by?.length && propertyOf(s.subject) && s.by.some((b) => b.includes('@')))
    wheres.push(
      `concat(JSONExtractString(context, 'library', 'name'), '@', JSONExtractString(context, 'library', 'version')) IN (${s.by.map(sqlString).join(', ')})`,
    );
  const rows = await deps.ch.query<Omit<Example, 'personId'> & { person_no: number }>(
    `SELECT message_id AS messageId, event, type, time AS timestamp, received_at AS receivedAt, person_no, source,
       trim(concat(JSONExtractString(context, 'library', 'name'), ' ', JSONExtractString(context, 'library', 'version'))) AS sdk
     FROM ${deps.source(workspaceNo)} WHERE ${wheres.join(' AND ')} ORDER BY receivedAt DESC, key LIMIT 5`,
  );
  return rows.map(({ person_no, ...row }) => ({ ...row, personId: personId(person_no) }));
}

const typesOf = (kind: string): string[] =>
  ({ text: ['String'], number: ['Int64', 'Float64', 'UInt64'], boolean: ['Bool'] })[kind] ?? [
    'Array(Nullable(String))',
    'Array(Nullable(Int64))',
    'Array(Nullable(Float64))',
  ];

export function propertyOf(subject: string): { type: string; event: string; name: string } | undefined {
  const m = /^property:(\w+)\/(.*)\.([^.]+)$/s.exec(subject);
  return m ? { type: m[1]!, event: m[2]!, name: m[3]! } : undefined;
}

/** A subject as a condition on events. */
function where(subject: string): string | undefined {
  const rest = subject.slice(subject.indexOf(':') + 1);
  if (subject.startsWith('source:')) return `source = ${sqlString(rest)}`;
  if (subject.startsWith('carrier:')) return `carrier = ${sqlString(rest)}`;
  if (subject.startsWith('sdk:')) return `JSONExtractString(context, 'library', 'name') = ${sqlString(rest)}`;
  if (subject.startsWith('version:')) {
    const at = rest.lastIndexOf('@');
    return `JSONExtractString(context, 'library', 'name') = ${sqlString(rest.slice(0, at))} AND JSONExtractString(context, 'library', 'version') = ${sqlString(rest.slice(at + 1))}`;
  }
  if (subject.startsWith('event:')) {
    const at = rest.indexOf('/');
    return `type = ${sqlString(rest.slice(0, at))} AND event = ${sqlString(rest.slice(at + 1))}`;
  }
  if (subject.startsWith('person:')) return `person_no = ${Number(rest)}`;
  if (subject.startsWith('currency:')) return `event = 'Order Completed' AND toString(properties.currency) = ${sqlString(rest)}`;
  const property = propertyOf(subject);
  return property && `type = ${sqlString(property.type)} AND event = ${sqlString(property.event)}`;
}
