import { createSigner, problem } from '../../base/index.ts';
import type { SmsDeps } from './ports.ts';
import type { SmsReport } from './provider.ts';
import { smsConfig } from './schema.ts';

/** Where providers tell how messages ended and what people answered. Neither signs what it posts: the address is the secret. */

/** What people answer who want no more of it. */
const wantsNoMore = /^\s*(r|t|td|n|0000|stop|unsubscribe|退订|拒收|取消)\s*[.。!！]?\s*$/i;

export function createSmsDoor(deps: SmsDeps) {
  const signer = createSigner(deps.linkKeys);
  const about = (accountId: string) => `sms reports ${accountId}`;
  const take = async (workspaceNo: number, report: SmsReport, react: (code: string) => unknown): Promise<void> => {
    const send = report.ref ? await deps.journal.byRef(workspaceNo, 'sms', report.ref) : undefined;
    if (!send) return;
    const { outboxId } = send;
    if (report.delivered) return deps.journal.end(workspaceNo, { outboxId, state: 'sent' });
    const reaction = react(report.code);
    if (reaction === 'dead') await deps.dead.bury(workspaceNo, 'sms', report.phone, `sms_${report.code}`);
    if (reaction === 'refused') await deps.refuse(workspaceNo, report.phone, 'sms_provider');
    const reason = reaction === 'dead' ? 'address_dead' : reaction === 'refused' ? 'no_consent' : `sms_${report.code || 'undelivered'}`;
    return deps.journal.end(workspaceNo, { outboxId, state: 'failed', reason });
  };
  return {
    pathOf: (accountId: string): string => `/sms/reports/${accountId}/${signer.sign(about(accountId))}`,
    receive: async (accountId: string, secret: string, body: unknown): Promise<Record<string, unknown>> => {
      const account = signer.fits(about(accountId), secret) ? await deps.account(accountId) : undefined;
      const config = account?.kind === 'sms' ? smsConfig.safeParse(account.config) : undefined;
      if (!account || !config?.success) throw problem(404, 'There is no such SMS account');
      const provider = deps.providers[config.data.provider];
      let told: ReturnType<typeof provider.read>;
      try {
        told = provider.read(body);
      } catch {
        throw problem(400, 'The callback cannot be read', {
          errors: [{ field: 'body', reason: `is nothing that ${config.data.provider} posts` }],
        });
      }
      for (const report of told.reports) await take(account.workspaceNo, report, (code) => provider.reaction(code, ''));
      for (const { phone, text } of told.replies) if (wantsNoMore.test(text)) await deps.refuse(account.workspaceNo, phone, 'sms_reply');
      return provider.heard;
    },
  };
}
