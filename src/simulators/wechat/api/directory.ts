import { z } from 'zod';
import type { Department } from '../departments.ts';
import { ApiError } from '../errors.ts';
import type { Corp } from '../state.ts';
import { type Endpoint, endpoint, inRange } from './endpoint.ts';

/** Every corp has a root, whatever else it has. */
const departmentsOf = (corp: Corp): Department[] => corp.departments ?? [{ id: 1, name: corp.name, parentid: 0, order: 1 }];

export const directoryEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/cgi-bin/department/list',
    input: z.object({ id: z.coerce.number().optional() }),
    emptyOnError: { department: [] },
    run({ corp }, { id }) {
      const all = departmentsOf(corp);
      if (id === undefined) return { department: all };
      const below = new Set([id]);
      for (const _ of all) for (const d of all) if (below.has(d.parentid)) below.add(d.id);
      return { department: all.filter((d) => below.has(d.id)) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/cgi-bin/user/list',
    input: z.object({ department_id: z.coerce.number({ error: '60003' }) }),
    emptyOnError: { userlist: [] },
    run(call, { department_id }) {
      if (!departmentsOf(call.corp).some((d) => d.id === department_id)) throw new ApiError(60003);
      // Who has left the company is not in its directory any more.
      const here = [...call.corp.staff.values()].filter(
        (s) => s.leftAt === undefined && inRange(call, s.userid) && (s.departments ?? [1]).includes(department_id),
      );
      return {
        userlist: here.map((s) => ({
          userid: s.userid,
          name: s.name,
          department: s.departments ?? [1],
          position: s.position ?? '',
          status: s.active ? 1 : 4,
        })),
      };
    },
  }),
];
