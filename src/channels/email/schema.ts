import { z } from 'zod';
import { priceFen } from '../sending/cost.ts';

const address = z.email({ error: 'must be an e-mail address such as hello@example.com' });

/** Settings of an e-mail account: any SMTP server that takes mail for the sender's domain. */
export const emailConfig = z
  .object({
    host: z
      .string({ error: 'must be the name of a mail server, such as smtp.example.com' })
      .trim()
      .toLowerCase()
      .regex(/^(\[?[0-9a-f:.]+\]?|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)$/, {
        error: 'must be the name of a mail server, such as smtp.example.com',
      }),
    port: z.number().int().min(1).max(65_535).default(465),
    /** tls: from the first byte (465). starttls: required before anything is said (587). none: only to a server of one's own. */
    security: z.enum(['tls', 'starttls', 'none']).default('tls'),
    user: z.string().trim().min(1).max(200).optional(),
    password: z.string().min(1).max(500).optional(),
    fromAddress: address,
    fromName: z.string().trim().max(80).optional(),
    replyTo: address.optional(),
    /** Stands at the foot of every mail: who writes, and where they are. */
    imprint: z.string().trim().max(300).optional(),
    /** A picture of one dot tells that a mail was opened; some programs load it without a reader, some never. */
    trackOpens: z.boolean().default(true),
    /** Connections at a time. */
    connections: z.number().int().min(1).max(10).default(2),
    priceFen: priceFen.default(0),
  })
  .refine((c) => (c.user === undefined) === (c.password === undefined), {
    path: ['password'],
    error: 'user and password belong together: give both or neither',
  });
export type EmailConfig = z.output<typeof emailConfig>;
