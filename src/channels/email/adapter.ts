import { boundary, createTokens } from '../../base/index.ts';
import type { ChannelAccount, ChannelAdapter, OutboundMessage, SubmitOutcome } from '../adapter.ts';
import { outboxNo } from '../ids.ts';
import { type PosterBatch, postersOf } from '../posters.ts';
import { everyOne, sortKnown } from '../sending/known.ts';
import { composeMail } from './compose.ts';
import type { EmailDeps } from './ports.ts';
import { refusalOf } from './reactions.ts';
import { type EmailConfig, emailConfig } from './schema.ts';
import { openSmtp, type Smtp, SmtpClosed } from './smtp.ts';

const pauseMs = 5 * 60_000;
/** A grey list lets through whoever comes again after some minutes. */
const againMs = 10 * 60_000;

export interface EmailAdapter extends ChannelAdapter {
  recover(account: ChannelAccount, inDoubt: OutboundMessage[]): Promise<SubmitOutcome[]>;
  /** One mail to somebody, to see that it arrives. */
  tryOut(account: ChannelAccount, to: string): Promise<{ ok: boolean; error?: string; elapsedMs: number }>;
}

/**
 * Carries mail out by SMTP. A server knows no key of ours: each mail is written down before its text leaves, and one of which nobody can say whether it
 * left is not sent again.
 */
export function createEmailAdapter(deps: EmailDeps): EmailAdapter {
  const { clock, log, journal, dead, faults } = deps;
  const tokens = createTokens(deps.linkKeys);
  const pixelOf = (workspaceNo: number, outboxId: string): string =>
    `${deps.publicUrl.replace(/\/$/, '')}/o/${tokens.token(workspaceNo, outboxNo(outboxId))}.gif`;

  const mailFor = (config: EmailConfig, message: OutboundMessage, poster: Buffer | undefined) =>
    composeMail(config, message, {
      publicUrl: deps.publicUrl,
      date: clock.now(),
      ...(poster ? { poster } : {}),
      ...(config.trackOpens ? { pixel: pixelOf(message.workspaceNo, message.outboxId) } : {}),
    });

  const outcome = async (
    account: ChannelAccount,
    smtp: Smtp,
    config: EmailConfig,
    message: OutboundMessage,
    posters: PosterBatch,
  ): Promise<SubmitOutcome & { stop?: true }> => {
    const { outboxId } = message;
    const drawn = await posters.draw(message);
    if (drawn && 'end' in drawn) return { outboxId, ...drawn.end };
    const mail = await mailFor(config, message, drawn?.bytes);
    await journal.begin(account, [outboxId]);
    boundary('email.journalled');
    const answer = await smtp.send(mail);
    boundary('email.answered');
    if (answer.taken) {
      faults.clear(account.id);
      return { outboxId, state: 'sent' };
    }
    const refusal = refusalOf(answer);
    if (refusal.kind === 'in_doubt') return { outboxId, state: 'failed', reason: 'in_doubt', stop: true };
    if (refusal.kind === 'failed') return { outboxId, state: 'failed', reason: refusal.reason };
    if (refusal.kind === 'later')
      return {
        ...{ outboxId, state: 'retry', reason: refusal.reason, retryAt: new Date(clock.ms() + (refusal.all ? pauseMs : againMs)) },
        ...(refusal.all ? { stop: true } : { waitsAlone: true }),
      };
    await dead.bury(message.workspaceNo, 'email', message.address, refusal.reason);
    return { outboxId, state: 'failed', reason: 'address_dead' };
  };

  const sendAll = async (account: ChannelAccount, config: EmailConfig, messages: readonly OutboundMessage[]): Promise<SubmitOutcome[]> => {
    const outcomes: SubmitOutcome[] = [];
    const line = messages.values();
    const posters = await postersOf(deps, messages);
    let stopped: { reason: string; retryAt: Date } | undefined;
    const worker = async () => {
      let smtp: Smtp | undefined;
      for (const message of line) {
        if (stopped) {
          outcomes.push({ outboxId: message.outboxId, state: 'retry', ...stopped });
          continue;
        }
        try {
          smtp ??= await openSmtp(config, deps);
          const { stop, ...came } = await outcome(account, smtp, config, message, posters);
          await journal.end(message.workspaceNo, came);
          outcomes.push(came);
          if (stop) {
            // The next one gets a conversation of its own, unless the server asked for rest.
            smtp.quit();
            smtp = undefined;
            if (came.state === 'retry') stopped = { reason: came.reason ?? 'smtp_broken', retryAt: came.retryAt! };
          }
        } catch (error) {
          if (!(error instanceof SmtpClosed)) throw error;
          faults.note(account.id, { errcode: error.reason, endpoint: config.host, hint: error.hint });
          log.warn({ account: account.id, reason: error.reason, hint: error.hint }, 'the mail server takes nothing');
          stopped = { reason: `smtp_${error.reason}`, retryAt: new Date(clock.ms() + pauseMs) };
          outcomes.push({ outboxId: message.outboxId, state: 'retry', ...stopped });
        }
      }
      smtp?.quit();
    };
    await Promise.all(Array.from({ length: Math.min(config.connections, messages.length) }, worker));
    return outcomes;
  };

  return {
    kind: 'email',
    async submit(account, messages) {
      const parsed = emailConfig.safeParse(account.config);
      if (!parsed.success) return everyOne(messages, 'failed', 'account_settings');
      const { known, fresh, doubtful } = await sortKnown(journal, account.workspaceNo, messages);
      const gone = await dead.among(
        account.workspaceNo,
        'email',
        fresh.map((m) => m.address),
      );
      const alive = fresh.filter((m) => !gone.has(m.address));
      return [
        ...known,
        ...everyOne(
          doubtful.map((d) => d.message),
          'failed',
          'in_doubt',
        ),
        ...everyOne(
          fresh.filter((m) => gone.has(m.address)),
          'failed',
          'address_dead',
        ),
        ...(await sendAll(account, parsed.data, alive)),
      ];
    },
    async recover(account, inDoubt) {
      const { known, fresh, doubtful } = await sortKnown(journal, account.workspaceNo, inDoubt);
      const lost = everyOne(
        doubtful.map((d) => d.message),
        'failed',
        'in_doubt',
      );
      for (const one of lost) await journal.end(account.workspaceNo, one);
      return [...known, ...lost, ...everyOne(fresh, 'retry', 'never_sent')];
    },
    faults: (account) => faults.of(account.id),
    async foresee(account, addresses) {
      return new Map([...(await dead.amongKept(account.workspaceNo, 'email', addresses))].map((address) => [address, 'address_dead']));
    },
    async tryOut(account, to) {
      const config = emailConfig.parse(account.config);
      const started = clock.ms();
      const took = () => clock.ms() - started;
      try {
        const smtp = await openSmtp(config, deps);
        const mail = await composeMail(
          config,
          {
            ...{
              outboxId: `test-${started}`,
              address: to,
              text: '这是一封测试邮件：渠道已经可以发信。\n\nThis is a test: the channel can send mail.',
            },
            extra: { title: '鱼塘：邮件渠道测试 / Yutang: e-mail test' },
          },
          { publicUrl: deps.publicUrl, date: clock.now() },
        );
        const answer = await smtp.send(mail);
        smtp.quit();
        if (answer.taken) {
          faults.clear(account.id);
          return { ok: true, elapsedMs: took() };
        }
        return { ok: false, error: answer.response.slice(0, 300) || 'smtp_broken', elapsedMs: took() };
      } catch (error) {
        if (!(error instanceof SmtpClosed)) throw error;
        faults.note(account.id, { errcode: error.reason, endpoint: config.host, hint: error.hint });
        return { ok: false, error: `smtp_${error.reason} ${error.hint}`.trim(), elapsedMs: took() };
      }
    },
  };
}
