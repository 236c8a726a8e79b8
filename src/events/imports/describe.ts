import { type ImportKind, type Inspection, importKinds } from './schema.ts';
import type { Sample } from './table.ts';
import { guess, required, targets } from './targets.ts';

/** What the beginning of a file tells, for whoever confirms the import. */
export function describe(uploadId: string, file: string, s: Sample): Inspection {
  const { columns } = s.layout;
  const { kind, mapping } = guess(columns);
  const listed = (k: ImportKind) => targets[k].map((name) => ({ name, required: required[k].includes(name) }));
  return {
    uploadId,
    file,
    format: s.layout.format,
    encoding: s.layout.encoding,
    sheets: s.layout.format === 'xlsx' ? s.layout.sheets : [],
    sheet: s.layout.format === 'xlsx' ? s.layout.sheet : null,
    delimiter: s.layout.format === 'csv' ? s.layout.delimiter : null,
    rows: s.estimate,
    columns: columns.map((name, i) => ({ name, examples: examples(s.rows.map((r) => r[i])) })),
    kind,
    mapping,
    targets: Object.fromEntries(importKinds.map((k) => [k, listed(k)])) as Inspection['targets'],
    sample: s.rows.slice(0, 10).map((r) => Object.fromEntries(columns.map((name, i) => [name, r[i] ?? null]))),
  };
}

function examples(values: readonly unknown[]): unknown[] {
  const told = values.filter((v) => v !== undefined && v !== null && v !== '').map((v) => (typeof v === 'string' ? v.slice(0, 200) : v));
  return [...new Map(told.map((v) => [JSON.stringify(v), v])).values()].slice(0, 3);
}
