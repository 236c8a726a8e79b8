import { z } from 'zod';
import { ApiError } from '../errors.ts';
import { putInInbox } from '../inbox.ts';
import { newId } from '../state.ts';
import { checkMessage, type Endpoint, endpoint, messageBody } from './endpoint.ts';

export const welcomeEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/send_welcome_msg',
    input: z.object({ welcome_code: z.string({ error: '41050' }).min(1, { error: '41050' }), ...messageBody }),
    run(call, input) {
      const { corp, app, nowMs, ctx } = call;
      const entry = corp.welcomeCodes.get(input.welcome_code);
      if (!entry || entry.agentid !== app.agentid) throw new ApiError(41050);
      const { welcome } = entry;
      // Delivered outranks late: a repeat after a lost answer must learn that the message is there.
      if (welcome.deliveredBy !== undefined) throw new ApiError(41051);
      if (welcome.expiresAt <= nowMs) throw new ApiError(41050);
      if (welcome.claim && welcome.claim.agentid !== app.agentid && welcome.claim.until > nowMs) throw new ApiError(41096);
      checkMessage(call, input);
      const customer = corp.customers.get(welcome.external_userid);
      if (!customer) throw new ApiError(41050);
      welcome.deliveredBy = app.agentid;
      putInInbox(customer, {
        id: newId(ctx.world, 'in', 16),
        at: nowMs,
        from: welcome.userid,
        kind: 'welcome',
        text: input.text?.content,
        attachments: input.attachments,
        clicks: [],
      });
      return {};
    },
  }),
];
