import { z } from 'zod';
import { type App, problem } from '../../base/index.ts';
import { AT, type Callers, customerId } from './callers.ts';
import type { SidebarDeps } from './ports.ts';

const tags = ['sidebar'];
const params = z.object({ id: customerId });

/** Coupons that staff may give a customer in the chat, one tap each. */
export function couponRoutes(app: App, { coupons }: SidebarDeps, callers: Callers): void {
  app.get(
    `${AT}customers/:id/coupons`,
    { config: { permission: 'people.read' }, schema: { tags, summary: 'What a customer may be given now', params } },
    async (req) => {
      const { no } = await callers.customer(req, req.params.id);
      return { items: await coupons.offers(req.auth.workspaceNo, no) };
    },
  );
  app.post(
    `${AT}customers/:id/coupons`,
    {
      config: { permission: 'notes.write' },
      schema: {
        ...{
          tags,
          summary:
            'Gives a customer a coupon: the words to send with it, and the address of their own page. Sent again with its key it is the same',
          params,
        },
        body: z.object({ couponId: z.string().max(64), key: z.string().min(8).max(64) }),
      },
    },
    async (req): Promise<{ name: string; url: string }> => {
      const { no, staff } = await callers.customer(req, req.params.id);
      const { couponId, key } = req.body;
      const given = await coupons.give(req.auth.workspaceNo, no, couponId, { key, by: staff?.id ?? req.auth.actor.name });
      if ('refused' in given)
        throw problem(409, 'The coupon cannot be given', {
          code: `coupon_${given.refused}`,
          detail: 'It is sold out, over, or the customer has had it.',
        });
      return given;
    },
  );
}
