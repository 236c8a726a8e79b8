import { z } from 'zod';
import { cursor, id, ids, list, post } from '../platform/endpoint.ts';

/** Customers and groups passed from one member of staff to another. */

const externalcontact = '/cgi-bin/externalcontact';

const transfer = z.object({
  handover_userid: id,
  takeover_userid: id,
  external_userid: ids(100),
  transfer_success_msg: z.string().max(200).optional(),
});
const started = z.object({ customer: list(z.object({ external_userid: id, errcode: z.number().default(0) })) });
const asked = z.object({ handover_userid: id, takeover_userid: id, cursor: z.string().optional() });
const result = z.object({
  /** 1 done, 2 waiting, 3 refused, 4 takeover member full, 5 no record. */
  customer: list(z.object({ external_userid: id, status: z.number(), takeover_time: z.number().nullish() })),
  next_cursor: cursor,
});
const groups = z.object({ chat_id_list: ids(100), new_owner: id });
const failedGroups = z.object({ failed_chat_list: list(z.object({ chat_id: id, errcode: z.number(), errmsg: z.string().nullish() })) });

// Asked twice the platform says of each row that it is under way (40129), so a repeat is harmless.
export const handoverEndpoints = {
  'externalcontact.transfer_customer': post(`${externalcontact}/transfer_customer`, transfer, started),
  'externalcontact.transfer_result': post(`${externalcontact}/transfer_result`, asked, result),
  'resigned.transfer_customer': post(
    `${externalcontact}/resigned/transfer_customer`,
    transfer.omit({ transfer_success_msg: true }),
    started,
  ),
  'resigned.transfer_result': post(`${externalcontact}/resigned/transfer_result`, asked, result),
  'externalcontact.get_unassigned_list': post(
    `${externalcontact}/get_unassigned_list`,
    z.object({ cursor: z.string().optional(), page_size: z.number().int().min(1).max(1000).optional() }),
    z.object({
      info: list(z.object({ handover_userid: id, external_userid: id, dimission_time: z.number().nullish() })),
      is_last: z.boolean().nullish(),
      next_cursor: cursor,
    }),
  ),
  'groupchat.onjob_transfer': post(`${externalcontact}/groupchat/onjob_transfer`, groups, failedGroups),
  'groupchat.transfer': post(`${externalcontact}/groupchat/transfer`, groups, failedGroups),
};
