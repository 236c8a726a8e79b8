import type { Directory } from '../ports.ts';
import type { Listing } from './take-in.ts';

/** What WeCom lists, as a listing of ours. Its ids are kept, with a mark, so that they never meet those of files. */
export function fromDirectory({ departments, users }: Directory): Listing {
  const id = (of: string) => `w_${of}`;
  const known = new Set(departments.map((d) => d.id));
  return {
    source: 'wecom',
    whole: true,
    units: [...departments]
      .sort((a, b) => (b.order ?? 0) - (a.order ?? 0))
      .map((d) => ({
        id: id(d.id),
        parentId: d.parentId !== null && known.has(d.parentId) ? id(d.parentId) : null,
        name: d.name,
        kind: null,
        city: null,
      })),
    staff: users.map((u) => ({
      id: u.id,
      name: u.name || u.id,
      unitIds: u.departments.filter((d) => known.has(d)).map(id),
      position: u.position || null,
      active: u.active,
    })),
  };
}
