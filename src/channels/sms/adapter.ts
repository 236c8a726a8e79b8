import { Liquid } from 'liquidjs';
import { boundary } from '../../base/index.ts';
import { smsParts } from '../../content/index.ts';
import type { ChannelAccount, ChannelAdapter, OutboundMessage, SubmitOutcome, SubmittedMessage } from '../adapter.ts';
import { unreported } from '../announce.ts';
import { eachOf } from '../platform/paging.ts';
import { outcomeOf, type Send } from '../sending/journal.ts';
import { everyOne, sortKnown } from '../sending/known.ts';
import { advertisingHours, tomorrow, waitsUntil } from './hours.ts';
import type { SmsDeps } from './ports.ts';
import type { SmsAnswer, SmsProvider, SmsReaction } from './provider.ts';
import { type SmsConfig, smsConfig } from './schema.ts';

const atOnce = 10;
const minuteMs = 60_000;
/** A provider shows a message some minutes after it took it. */
const shownAfterMs = 10 * minuteMs;
/** Reports come by themselves; so long after the call the provider is asked. */
const reportedAfterMs = 5 * minuteMs;
/** Carriers give up after so long: who has said nothing until then says nothing more, and the message counts as taken. */
const lastWordMs = 72 * 60 * minuteMs;
const mostAsked = 200;
const liquid = new Liquid({ parseLimit: 20_000, renderLimit: 500, memoryLimit: 1_000_000 });

export interface SmsAdapter extends ChannelAdapter {
  poll(account: ChannelAccount, submitted: SubmittedMessage[]): Promise<SubmitOutcome[]>;
  recover(account: ChannelAccount, inDoubt: OutboundMessage[]): Promise<SubmitOutcome[]>;
  tryOut(account: ChannelAccount, to: string): Promise<{ ok: boolean; error?: string; elapsedMs: number }>;
  /** A text as it would arrive, and what it would be paid as. */
  count(account: ChannelAccount, text: string, marketing: boolean): CountedText;
}

export interface CountedText {
  text: string;
  parts: number;
  /** null: the account says no price. */
  costFen: number | null;
}

interface Opened {
  account: ChannelAccount;
  config: SmsConfig;
  provider: SmsProvider;
  hours: { from: number; until: number };
}

/** As it arrives on the telephone: the signature before, and after an advertisement how to be rid of it. */
export const wholeText = (config: Pick<SmsConfig, 'signName' | 'optOut'>, text: string, marketing: boolean): string =>
  `【${config.signName}】${text}${marketing && !text.includes(config.optOut) ? ` ${config.optOut}` : ''}`;

/** Carries text messages. Providers know our id of a message and can be asked for it: one in doubt is looked for before anything is sent again. */
export function createSmsAdapter(deps: SmsDeps): SmsAdapter {
  const { clock, log, journal, dead, faults } = deps;

  const open = async (account: ChannelAccount): Promise<Opened | undefined> => {
    const parsed = smsConfig.safeParse(account.config);
    if (!parsed.success) return undefined;
    const hours = advertisingHours(await deps.limits(account.workspaceNo));
    return { account, config: parsed.data, provider: deps.providers[parsed.data.provider], hours };
  };
  const partsOf = ({ config }: Opened, message: OutboundMessage): number =>
    smsParts(wholeText(config, message.text, message.extra?.marketing === true));

  const retry = ({ hours }: Opened, reaction: SmsReaction): Pick<SubmitOutcome, 'retryAt' | 'waitsAlone'> => {
    const now = clock.ms();
    if (reaction === 'minute') return { retryAt: new Date(now + minuteMs), waitsAlone: true };
    if (reaction === 'hour') return { retryAt: new Date(now + 60 * minuteMs), waitsAlone: true };
    if (reaction === 'day') return { retryAt: tomorrow(now), waitsAlone: true };
    // It says that it is not the hour, whatever was thought here.
    if (reaction === 'morning') return { retryAt: waitsUntil(tomorrow(now).getTime(), hours) ?? tomorrow(now), waitsAlone: true };
    return { retryAt: new Date(now + 10 * minuteMs) };
  };

  /** What is known of an address by a refusal or a failed delivery, and how the message ends by it. */
  const ended = async (
    workspaceNo: number,
    phone: string,
    provider: SmsProvider,
    outboxId: string,
    code: string,
  ): Promise<SubmitOutcome> => {
    const reaction = provider.reaction(code, '');
    if (reaction === 'dead') await dead.bury(workspaceNo, 'sms', phone, `sms_${code}`);
    if (reaction === 'refused') await deps.refuse(workspaceNo, phone, 'sms_provider');
    const reason = reaction === 'dead' ? 'address_dead' : reaction === 'refused' ? 'no_consent' : `sms_${code}`;
    return { outboxId, state: 'failed', reason };
  };

  /** undefined: in doubt, and left in hand until it is found. */
  const refused = async (
    opened: Opened,
    message: OutboundMessage,
    answer: Extract<SmsAnswer, { taken: false }>,
  ): Promise<SubmitOutcome | undefined> => {
    const { account, provider } = opened;
    const { outboxId } = message;
    if (answer.code === '') {
      faults.note(account.id, { errcode: 'unreachable', endpoint: 'SendSms', hint: answer.said });
      return answer.begun ? undefined : { outboxId, state: 'retry', reason: 'sms_unreachable', ...retry(opened, 'later') };
    }
    const reaction = provider.reaction(answer.code, answer.said);
    const reason = `sms_${answer.code}`;
    if (reaction === 'dead' || reaction === 'refused') return ended(message.workspaceNo, message.address, provider, outboxId, answer.code);
    if (reaction === 'failed') return { outboxId, state: 'failed', reason };
    if (typeof reaction === 'object') {
      faults.note(account.id, { errcode: reaction.fault, endpoint: 'SendSms', hint: answer.code });
      // A template is the content's own; the others stop everything until they are mended.
      if (reaction.fault === 'template') return { outboxId, state: 'failed', reason };
    }
    return { outboxId, state: 'retry', reason, ...retry(opened, reaction) };
  };

  const sendOne = async (opened: Opened, message: OutboundMessage): Promise<SubmitOutcome | undefined> => {
    const { account, config, provider } = opened;
    const { outboxId, extra = {} } = message;
    const until = extra.marketing ? waitsUntil(clock.ms(), opened.hours) : undefined;
    if (until) return { outboxId, state: 'retry', reason: 'sms.marketing.hours', retryAt: until, waitsAlone: true };
    const template = extra.template ?? (config.template && fillDefault(config.template, message));
    if (!template) return { outboxId, state: 'failed', reason: 'no_template' };
    await journal.begin(account, [outboxId]);
    boundary('sms.journalled');
    const answer = await provider.send(config, { phone: message.address, outboxId, ...template });
    boundary('sms.answered');
    if (answer.taken) faults.clear(account.id);
    const came: SubmitOutcome | undefined = answer.taken
      ? { outboxId, state: 'submitted', providerRef: answer.ref, units: answer.units ?? partsOf(opened, message) }
      : await refused(opened, message, answer);
    if (came) await journal.end(account.workspaceNo, came);
    return came;
  };

  /** What became of a message that may have been taken; undefined: too early to tell. */
  const lookFor = async (opened: Opened, message: OutboundMessage, send: Send): Promise<SubmitOutcome | undefined> => {
    const { outboxId } = message;
    const found = await opened.provider
      .find(opened.config, { phone: message.address, outboxId, ref: send.ref, at: send.at })
      .catch((error: { code?: string }) => void log.warn({ outboxId, code: error.code }, 'the provider could not be asked'));
    if (!found) return undefined;
    const units = partsOf(opened, message);
    const came = ((): SubmitOutcome | Promise<SubmitOutcome> | undefined => {
      if (found.state === 'delivered') return { outboxId, state: 'sent', units };
      if (found.state === 'waiting') return { outboxId, state: 'submitted', units };
      if (found.state === 'failed') return ended(message.workspaceNo, message.address, opened.provider, outboxId, found.code);
      return clock.ms() - send.at.getTime() < shownAfterMs ? undefined : { outboxId, state: 'retry', reason: 'never_sent' };
    })();
    const outcome = await came;
    if (outcome) await journal.end(opened.account.workspaceNo, outcome);
    return outcome;
  };

  const settle = async (opened: Opened, doubtful: readonly { message: OutboundMessage; send: Send }[]): Promise<SubmitOutcome[]> => {
    const outcomes: SubmitOutcome[] = [];
    await eachOf(doubtful, atOnce, async ({ message, send }) => {
      const came = await lookFor(opened, message, send);
      if (came) outcomes.push(came);
    });
    return outcomes;
  };

  return {
    kind: 'sms',
    async submit(account, messages) {
      const opened = await open(account);
      if (!opened) return everyOne(messages, 'failed', 'account_settings');
      const { known, fresh, doubtful } = await sortKnown(journal, account.workspaceNo, messages);
      const numbers = fresh.map((m) => m.address);
      const gone = await dead.among(account.workspaceNo, 'sms', numbers);
      const outcomes = [...known, ...(await settle(opened, doubtful))];
      let stopped: SubmitOutcome | undefined;
      await eachOf(fresh, atOnce, async (message) => {
        const { outboxId } = message;
        const came: SubmitOutcome | undefined = gone.has(message.address)
          ? { outboxId, state: 'failed', reason: 'address_dead' }
          : stopped
            ? { ...stopped, outboxId }
            : await sendOne(opened, message);
        if (came) outcomes.push(came);
        if (came?.state === 'retry' && !came.waitsAlone) stopped = came;
      });
      return outcomes;
    },
    async recover(account, inDoubt) {
      const opened = await open(account);
      if (!opened) return everyOne(inDoubt, 'failed', 'account_settings');
      const { known, fresh, doubtful } = await sortKnown(journal, account.workspaceNo, inDoubt);
      return [...known, ...everyOne(fresh, 'retry', 'never_sent'), ...(await settle(opened, doubtful))];
    },
    async poll(account, submitted) {
      const opened = await open(account);
      const ids = submitted.map((m) => m.outboxId);
      const sends = await journal.read(account.workspaceNo, ids);
      const outcomes: SubmitOutcome[] = [];
      const silent: { message: SubmittedMessage; send: Send }[] = [];
      for (const message of submitted) {
        const { outboxId } = message;
        const send = sends.get(outboxId);
        const age = send ? clock.ms() - send.at.getTime() : 0;
        if (send?.state === 'ended') outcomes.push(outcomeOf(send)!);
        else if (age > lastWordMs) outcomes.push({ outboxId, state: 'sent', reason: unreported });
        else if (send && age > reportedAfterMs) silent.push({ message, send });
      }
      await eachOf(opened ? silent.slice(0, mostAsked) : [], atOnce, async ({ message: { outboxId, address }, send }) => {
        const { provider, config } = opened!;
        const phone = await deps.openAddress(account.workspaceNo, address);
        if (phone === null) return;
        const found = await provider.find(config, { phone, outboxId, ref: send.ref, at: send.at }).catch(() => undefined);
        if (found?.state === 'delivered') outcomes.push({ outboxId, state: 'sent' });
        if (found?.state === 'failed') outcomes.push(await ended(account.workspaceNo, phone, provider, outboxId, found.code));
      });
      // That nobody reported on it follows from its age, and is no answer of the provider's to keep.
      for (const one of outcomes) if (one.reason !== unreported) await journal.end(account.workspaceNo, one);
      return outcomes;
    },
    count: (account, text, marketing) => {
      const config = smsConfig.parse(account.config);
      const whole = wholeText(config, text, marketing);
      const parts = smsParts(whole);
      return { text: whole, parts, costFen: config.priceFen > 0 ? Math.round(config.priceFen * parts * 10) / 10 : null };
    },
    faults: (account) => faults.of(account.id),
    foresee: async (account, addresses) =>
      new Map([...(await dead.amongKept(account.workspaceNo, 'sms', addresses))].map((address) => [address, 'address_dead'])),
    async tryOut(account, to) {
      const config = smsConfig.parse(account.config);
      const provider = deps.providers[config.provider];
      const started = clock.ms();
      if (!config.template) return { ok: false, error: 'no_template', elapsedMs: 0 };
      const template = fillDefault(config.template, { text: '测试' });
      const answer = await provider.send(config, { phone: to, outboxId: `test-${started}`, ...template });
      const elapsedMs = clock.ms() - started;
      if (answer.taken) {
        faults.clear(account.id);
        return { ok: true, elapsedMs };
      }
      const reaction = answer.code ? provider.reaction(answer.code, answer.said) : { fault: 'unreachable' };
      if (typeof reaction === 'object')
        faults.note(account.id, { errcode: reaction.fault, endpoint: 'SendSms', hint: answer.code || answer.said });
      return { ok: false, error: answer.code || `sms_unreachable ${answer.said}`.trim(), elapsedMs };
    },
  };
}

/** The template for content that names none: its variables are made of the text and the link. */
function fillDefault(template: NonNullable<SmsConfig['template']>, message: Pick<OutboundMessage, 'text' | 'link'>) {
  const scope = { text: message.text, link: message.link?.url ?? '' };
  const fields = Object.entries(template.fields).map(([name, said]) => [name, String(liquid.parseAndRenderSync(said, scope))]);
  return { templateId: template.templateId, fields: Object.fromEntries(fields) as Record<string, string> };
}
