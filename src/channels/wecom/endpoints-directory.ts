import { z } from 'zod';
import { get, id, list } from '../platform/endpoint.ts';

/** The corp's departments and members, as far as the app may see them. */

export const directoryEndpoints = {
  'department.list': get(
    '/cgi-bin/department/list',
    z.object({ id: z.number().int().optional() }),
    z.object({
      department: list(z.object({ id: z.number(), name: z.string(), parentid: z.number().nullish(), order: z.number().nullish() })),
    }),
  ),
  'user.list': get(
    '/cgi-bin/user/list',
    z.object({ department_id: z.number().int() }),
    z.object({
      userlist: list(
        z.object({
          userid: id,
          name: z.string().nullish(),
          department: list(z.number()),
          position: z.string().nullish(),
          /** 1 active, 2 disabled, 4 not yet active, 5 has left. */
          status: z.number().nullish(),
        }),
      ),
    }),
  ),
};
