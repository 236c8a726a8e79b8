import { hash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { badInput, type FieldError } from '../../../base/index.ts';
import type { Listing } from './take-in.ts';

/** Names of columns, as they stand in files of ours and of WeCom's own export. */
const names: Record<string, readonly string[]> = {
  id: ['id', 'userid', 'staff_id', '账号', '帐号', '工号', '员工编号', '成员账号'],
  name: ['name', '姓名', '员工姓名'],
  department: ['department', '部门', '所属部门'],
  store: ['store', '门店', '所属门店', '店铺'],
  city: ['city', '城市'],
  position: ['position', 'title', '职务', '职位', '岗位'],
  state: ['state', 'status', '状态'],
};
const gone = /^(left|resigned|inactive|离职|已离职|禁用|退出)$/i;
const mostRows = 50_000;

/** A unit of a file has no id of its own: it is known by its path. */
const idOf = (path: readonly string[]): string => `f_${hash('sha1', path.join('\n'), 'base64url').slice(0, 12)}`;

/**
 * Reads a list of staff: one a line, departments as a path (`总部/华东`), the store below it.
 * @throws 400 with each line that does not fit
 */
export function readStaffFile(text: string, whole: boolean): Listing {
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, skip_empty_lines: true, trim: true, relax_column_count: true, delimiter: [',', '\t', ';'] });
  } catch (error) {
    throw badInput([{ field: 'text', reason: `cannot be read as a table: ${(error as Error).message}` }]);
  }
  const head = (rows.shift() ?? []).map((h) => h.toLowerCase());
  const column = Object.fromEntries(Object.entries(names).map(([key, words]) => [key, head.findIndex((h) => words.includes(h))])) as Record<
    'id' | 'name' | 'department' | 'store' | 'city' | 'position' | 'state',
    number
  >;
  const missing = (['id', 'name'] as const).filter((key) => column[key] < 0);
  if (missing.length > 0)
    throw badInput(
      missing.map((key) => ({
        field: 'text',
        reason: `the first line names no column for ${key}; call it one of: ${names[key]!.join(', ')}`,
      })),
    );
  if (rows.length > mostRows) throw badInput([{ field: 'text', reason: `has ${rows.length} lines; at most ${mostRows} at once` }]);

  const faults: FieldError[] = [];
  const units = new Map<string, Listing['units'][number]>();
  const staff = new Map<string, Listing['staff'][number]>();
  for (const [i, row] of rows.entries()) {
    const cell = (key: keyof typeof column): string => (column[key] < 0 ? '' : (row[column[key]] ?? '').trim());
    const line = i + 2;
    const id = cell('id');
    if (id === '' || id.length > 64)
      faults.push({ field: `line ${line}`, reason: id === '' ? 'has no id' : 'has an id of more than 64 characters' });
    else if (staff.has(id)) faults.push({ field: `line ${line}`, reason: `names ${id} again; one line for each` });
    else if (cell('name') === '') faults.push({ field: `line ${line}`, reason: 'has no name' });
    if (faults.length > 20) break;
    const path = cell('department')
      .split(/[/>\\]/)
      .map((p) => p.trim())
      .filter(Boolean);
    const store = cell('store');
    const full = store === '' ? path : [...path, store];
    for (let n = 1; n <= full.length; n++) {
      const at = full.slice(0, n);
      const isStore = store !== '' && n === full.length;
      const unit = { id: idOf(at), parentId: n === 1 ? null : idOf(at.slice(0, -1)), name: at.at(-1)! };
      const city = isStore ? cell('city') || null : null;
      units.set(unit.id, {
        ...unit,
        kind: isStore ? 'store' : (units.get(unit.id)?.kind ?? null),
        city: city ?? units.get(unit.id)?.city ?? null,
      });
    }
    const unitIds = full.length > 0 ? [idOf(full)] : [];
    staff.set(id, { id, name: cell('name'), unitIds, position: cell('position') || null, active: !gone.test(cell('state')) });
  }
  if (faults.length > 0) throw badInput(faults, 'The list does not fit; nothing was taken in');
  return { source: 'file', units: [...units.values()], staff: [...staff.values()], whole };
}
