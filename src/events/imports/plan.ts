import { hash } from 'node:crypto';
import { isBlocked, normaliseIdentity } from '../../people/index.ts';
import type { InstantReader } from './instant.ts';
import { type Reject, withoutMark } from './rejects.ts';
import type { ImportKind, ImportOptions, Mapping } from './schema.ts';
import type { Row } from './table.ts';
import { freePrefix, type IdentityTarget, identityTargets } from './targets.ts';

/** An event that an import writes, in the events room's own shape. */
export interface ImportedEvent {
  messageId: string;
  type?: 'track' | 'identify';
  event: string;
  timestamp: string;
  /** Where the row names nobody and its order says who it was. */
  personNo?: number;
  userId?: string;
  anonymousId?: string;
  externalIds?: { id: string; type: string }[];
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
  context?: Record<string, unknown>;
  source: string;
}

export interface ProductRow {
  productId: string;
  name: string;
  category: string | null;
  priceFen: number | null;
  costFen: number | null;
  stock: number | null;
  currency: string;
}

/** What some rows of a file become. */
export interface Planned {
  rows: Row[];
  event?: ImportedEvent;
  product?: ProductRow;
  /** Where content may change under the same name: the name and what it held. */
  claim?: { name: string; key: string; content: string };
  /** Added to the import's totals when it is accepted. */
  tally: Record<string, number>;
}

export interface Plan {
  planned: Planned[];
  rejects: Reject[];
}

/** How the rows of one import are read. */
export interface Reading {
  /** Where the events come from: `import:<id>`, `hook:<id>`. */
  source: string;
  kind: ImportKind;
  mapping: Mapping;
  options: ImportOptions;
  currency: string;
  instant: InstantReader;
  /** When the import was started: the time of rows that have none. */
  startedAt: number;
  /** The value of a target field in a row; undefined when it is not mapped or empty. */
  get(row: Row, target: string): unknown;
  has(target: string): boolean;
  /** Whether the value only repeats what was merged over several rows. */
  repeats(row: Row, target: string): boolean;
  /** Values under free names: `properties.x`, `traits.x`. */
  free(row: Row): Record<string, unknown>;
  /** Names of products that the file gives only by id. */
  productNames: ReadonlyMap<string, { name: string; category: string | null }>;
  /** Who made the orders that refunds name without saying whose they are. */
  orderOwners: ReadonlyMap<string, number>;
}

export function reading(deps: {
  source: string;
  kind: ImportKind;
  columns: readonly string[];
  mapping: Mapping;
  options: ImportOptions;
  currency: string;
  instant: InstantReader;
  startedAt: number;
}): Reading {
  const at = new Map(Object.entries(deps.mapping).map(([target, column]) => [target, deps.columns.indexOf(column)]));
  const prefix = freePrefix(deps.kind);
  const frees = [...at].flatMap(([target, i]) => (prefix && target.startsWith(prefix) ? [[target.slice(prefix.length), i] as const] : []));
  return {
    ...deps,
    productNames: new Map(),
    orderOwners: new Map(),
    has: (target) => at.has(target),
    repeats: (row, target) => row.filled?.includes(at.get(target) ?? -1) ?? false,
    get: (row, target) => {
      const i = at.get(target);
      return i === undefined ? undefined : given(row.values[i]);
    },
    free: (row) => {
      const found: Record<string, unknown> = {};
      for (const [name, i] of frees) {
        const value = given(row.values[i]);
        if (value !== undefined) found[name] = typed(value);
      }
      return found;
    },
  };
}

function given(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'string') return value;
  const text = withoutMark(value.trim());
  return text === '' ? undefined : text;
}

/** A number or a truth value written as text becomes one; codes with leading zeros stay text. */
function typed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/.test(value)) return Number(value);
  return value === 'true' ? true : value === 'false' ? false : value;
}

export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A code that a spreadsheet took for a number and shortened: its last digits are gone, and others become the same. */
export const isShortened = (code: string): boolean => /^\d(\.\d+)?E\+\d{1,3}$/i.test(code);
export const shortened = (code: string): string =>
  `"${code}" is a number that a spreadsheet shortened; format the column as text where it comes from`;

export interface Who {
  /** The same customer gives the same text. */
  key: string;
  fields: Pick<ImportedEvent, 'userId' | 'anonymousId' | 'externalIds'>;
}

/** Who a row is about; undefined when it names nobody; or the reason why a name cannot be taken. */
export function who(r: Reading, row: Row): Who | undefined | { reason: string } {
  const fields: Who['fields'] = {};
  const parts: string[] = [];
  let refused: string | undefined;
  for (const type of identityTargets) {
    const raw = text(r.get(row, type));
    if (raw === undefined || isBlocked(raw)) continue;
    if (isShortened(raw)) return { reason: `${type} ${shortened(raw)}` };
    const normal = normaliseIdentity(type, raw);
    if ('reason' in normal) {
      refused ??= `${type} ${normal.reason}`;
      continue;
    }
    parts.push(`${type}:${normal.identity.value}`);
    put(fields, type, normal.identity.value);
  }
  if (refused !== undefined) return { reason: refused };
  return parts.length > 0 ? { key: parts.join('|'), fields } : undefined;
}

function put(fields: Who['fields'], type: IdentityTarget, value: string): void {
  if (type === 'user_id') fields.userId = value;
  else if (type === 'anonymous_id') fields.anonymousId = value;
  else fields.externalIds = [...(fields.externalIds ?? []), { id: value, type }];
}

export const dayMs = 86_400_000;

/** The row's time in milliseconds, moved as the options say; undefined when it is not a time. */
export function when(r: Reading, value: unknown): number | undefined {
  const at = r.instant(value);
  return at === undefined ? undefined : at + r.options.shiftDays * dayMs;
}

export const iso = (ms: number): string => new Date(ms).toISOString();

/** A short name for content: the same content, the same name. */
export function digest(...parts: string[]): string {
  return hash('sha256', parts.join('\u001f')).slice(0, 32);
}

export function context(r: Reading, row: Row): Record<string, unknown> | undefined {
  const carrier = text(r.get(row, 'carrier'));
  return carrier === undefined ? undefined : { carrier: carriers[carrier] ?? carrier };
}

const carriers: Record<string, string> = {
  公众号: 'official_account',
  服务号: 'official_account',
  企业微信: 'wecom',
  企微: 'wecom',
  社群: 'group',
  微信群: 'group',
  小程序: 'mini_program',
  微信小程序: 'mini_program',
  APP: 'app',
  App: 'app',
  网页: 'web',
  官网: 'web',
  门店: 'store',
  线下门店: 'store',
};
