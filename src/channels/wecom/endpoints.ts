import type { z } from 'zod';
import { customerEndpoints } from './endpoints-customers.ts';
import { directoryEndpoints } from './endpoints-directory.ts';
import { doorEndpoints } from './endpoints-doors.ts';
import { groupEndpoints } from './endpoints-groups.ts';
import { handoverEndpoints } from './endpoints-handover.ts';
import { identityEndpoints } from './endpoints-identity.ts';
import { messageEndpoints } from './endpoints-messages.ts';
import { momentEndpoints } from './endpoints-moments.ts';
import { serviceEndpoints } from './endpoints-service.ts';

/** Every WeCom call that the product makes: the client is this table and a loop. */
export const endpoints = {
  ...messageEndpoints,
  ...customerEndpoints,
  ...directoryEndpoints,
  ...doorEndpoints,
  ...groupEndpoints,
  ...handoverEndpoints,
  ...identityEndpoints,
  ...momentEndpoints,
  ...serviceEndpoints,
};

export type EndpointName = keyof typeof endpoints;
export type RequestOf<N extends EndpointName> = z.input<(typeof endpoints)[N]['request']>;
export type ResponseOf<N extends EndpointName> = z.output<(typeof endpoints)[N]['response']>;
