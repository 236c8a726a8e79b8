import { createSigner, problem } from '../../base/index.ts';
import { overturn } from '../sending/overturn.ts';
import { type Bounce, outboxIdOf, readBounces } from './bounce.ts';
import type { EmailDeps } from './ports.ts';
import { refusalOf } from './reactions.ts';

/** Where bounces come in: a mail provider's inbound route, or a mail server's pipe, posts the notification as it is. Its address is the secret. */
export function createBounceDoor(deps: EmailDeps) {
  const signer = createSigner(deps.linkKeys);
  const about = (accountId: string) => `email bounces ${accountId}`;
  const take = async (workspaceNo: number, bounce: Bounce): Promise<void> => {
    if (bounce.action !== 'failed') return;
    const refusal = refusalOf({
      taken: false,
      code: bounce.status.startsWith('5') ? 550 : 450,
      status: bounce.status,
      response: '',
      begun: true,
    });
    // A server that gave up after trying for days says so with a code of its own; the address may be well.
    const dead = refusal.kind === 'dead';
    if (dead) await deps.dead.bury(workspaceNo, 'email', bounce.recipient.trim().toLowerCase(), `bounced_${bounce.status}`);
    const outboxId = outboxIdOf(bounce.messageId);
    if (outboxId && (await overturn(deps.pg, deps.clock, workspaceNo, outboxId, dead ? 'address_dead' : `bounced_${bounce.status}`)))
      deps.told();
  };
  return {
    pathOf: (accountId: string): string => `/email/bounces/${accountId}/${signer.sign(about(accountId))}`,
    receive: async (accountId: string, secret: string, raw: string): Promise<number> => {
      const account = signer.fits(about(accountId), secret) ? await deps.account(accountId) : undefined;
      if (account?.kind !== 'email') throw problem(404, 'There is no such e-mail account');
      const bounces = readBounces(raw);
      for (const bounce of bounces) await take(account.workspaceNo, bounce);
      return bounces.length;
    },
  };
}
