import { createHash } from 'node:crypto';
import { boundary, type Clock, type Log } from '../../base/index.ts';
import type { ChannelAccount, ChannelAdapter, OutboundMessage, SubmitOutcome } from '../adapter.ts';
import { eachOf } from '../platform/paging.ts';
import { type PosterBatch, type PosterPort, postersOf } from '../posters.ts';
import type { Faults } from '../sending/faults.ts';
import type { Journal } from '../sending/journal.ts';
import { everyOne, sortKnown } from '../sending/known.ts';
import { createApns } from './apns.ts';
import type { Device, Devices } from './devices.ts';
import { createFcm } from './fcm.ts';
import { createJpush } from './jpush.ts';
import type { PushAnswer, PushNote, PushService } from './provider.ts';
import { type PushConfig, type PushProviderName, pushConfig, setUp } from './schema.ts';

export interface PushDeps {
  clock: Clock;
  log: Log;
  journal: Journal;
  faults: Faults;
  devices: Devices;
  publicUrl: string;
  posters?: PosterPort | undefined;
  /** Where the services are; absent: the real ones. */
  at: { apns?: string | undefined; fcm?: string | undefined; jpush?: string | undefined; ca?: string | undefined };
}

export interface PushAdapter extends ChannelAdapter {
  recover(account: ChannelAccount, inDoubt: OutboundMessage[]): Promise<SubmitOutcome[]>;
  /** One notification to all devices of a person. */
  tryOut(account: ChannelAccount, personNo: number): Promise<{ ok: boolean; error?: string; elapsedMs: number }>;
  close(): void;
}

const atOnce = 20;
const pauseMs = 5 * 60_000;

/**
 * Carries notifications to every device of a person. The services know a message by its id (or by a key that they gave for it), so one in doubt is sent
 * again and shown once. A message has left when one device has taken it.
 */
export function createPushAdapter(deps: PushDeps): PushAdapter {
  const { clock, log, journal, faults, devices } = deps;
  const services = new Map<string, Record<PushProviderName, PushService | undefined>>();

  const servicesOf = (accountId: string, config: PushConfig) => {
    const key = `${accountId}:${createHash('sha256').update(JSON.stringify(config)).digest('hex')}`;
    let made = services.get(key);
    if (!made) {
      const have = setUp(config);
      made = {
        apns: have.apns ? createApns(config, { baseUrl: deps.at.apns, ca: deps.at.ca }) : undefined,
        fcm: have.fcm ? createFcm(config, { baseUrl: deps.at.fcm }) : undefined,
        jpush: have.jpush ? createJpush(config, { baseUrl: deps.at.jpush }) : undefined,
      };
      for (const [old, before] of services) {
        if (!old.startsWith(`${accountId}:`)) continue;
        for (const one of Object.values(before)) one?.close();
        services.delete(old);
      }
      services.set(key, made);
    }
    return made;
  };

  const deliver = async (account: ChannelAccount, config: PushConfig, mine: readonly Device[], note: PushNote): Promise<PushAnswer[]> => {
    const ways = servicesOf(account.id, config);
    const answers: PushAnswer[] = [];
    for (const [provider, list] of Map.groupBy(mine, (device) => device.provider)) {
      const service = ways[provider];
      if (!service) continue;
      const tokens = list.map((device) => device.token);
      const came = await service.send(tokens, note);
      for (const [i, answer] of came.entries()) {
        answers.push(answer);
        if (answer.how === 'dead') await devices.forget(account.workspaceNo, provider, tokens[i]!);
        if (answer.how === 'taken') faults.clear(`${account.id}:${provider}`);
        if (answer.how === 'later' && answer.fault)
          faults.note(`${account.id}:${provider}`, { errcode: `${provider}.${answer.fault}`, endpoint: provider, hint: answer.reason });
      }
    }
    return answers;
  };

  /** The telephone fetches the picture, a poster as well. */
  const noteOf = (message: OutboundMessage, posters: PosterBatch, key: string | null): PushNote => {
    const { extra, text, link, outboxId } = message;
    const page = posters.pageOf(message)?.url;
    const kept = extra?.picture && `${deps.publicUrl.replace(/\/$/, '')}/api/content/files/${extra.picture}`;
    return { title: extra?.title ?? '', text, link: link?.url ?? page, outboxId, key, picture: page ? `${page}.jpg` : kept };
  };

  const summed = (outboxId: string, answers: readonly PushAnswer[]): SubmitOutcome => {
    if (answers.some((one) => one.how === 'taken')) return { outboxId, state: 'sent' };
    const later = answers.find((one) => one.how === 'later');
    if (later)
      return {
        outboxId,
        state: 'retry',
        reason: later.reason,
        retryAt: new Date(clock.ms() + pauseMs),
        ...(later.fault ? {} : { waitsAlone: true }),
      };
    const failed = answers.find((one) => one.how === 'failed');
    return { outboxId, state: 'failed', reason: failed?.reason ?? 'no_device' };
  };

  const submit = async (account: ChannelAccount, messages: OutboundMessage[]): Promise<SubmitOutcome[]> => {
    const parsed = pushConfig.safeParse(account.config);
    if (!parsed.success) return everyOne(messages, 'failed', 'account_settings');
    const { known, fresh, doubtful } = await sortKnown(journal, account.workspaceNo, messages);
    const sending = [...fresh, ...doubtful.map((one) => one.message)];
    const people = [...new Set(sending.map((message) => message.personNo))];
    const mine = await devices.of(account.workspaceNo, people);
    const keys = new Map(doubtful.flatMap(({ message, send }): [string, string][] => (send.ref ? [[message.outboxId, send.ref]] : [])));
    // Only JPush gives keys; they are written down before anything leaves, so that the second time has the same.
    const wanting = fresh.filter((message) => mine.get(message.personNo)?.some((device) => device.provider === 'jpush'));
    const service = servicesOf(account.id, parsed.data).jpush;
    for (let at = 0; service?.keys && at < wanting.length; at += 1000) {
      const some = wanting.slice(at, at + 1000);
      const given = await service.keys(some.length).catch((error: unknown) => {
        log.warn({ account: account.id, err: error }, 'no keys from JPush');
        return [];
      });
      for (const [i, message] of some.entries()) if (given[i]) keys.set(message.outboxId, given[i]);
    }
    const ids = sending.map((message) => message.outboxId);
    await journal.begin(
      account,
      ids,
      ids.map((id) => keys.get(id) ?? null),
    );
    boundary('push.journalled');
    const outcomes = [...known];
    const posters = await postersOf(deps, sending);
    await eachOf(sending, atOnce, async (message) => {
      const { outboxId, personNo } = message;
      const answers = await deliver(account, parsed.data, mine.get(personNo) ?? [], noteOf(message, posters, keys.get(outboxId) ?? null));
      const came = summed(outboxId, answers);
      await journal.end(account.workspaceNo, came);
      outcomes.push(came);
    });
    boundary('push.answered');
    return outcomes;
  };

  return {
    kind: 'push',
    submit,
    recover: submit,
    reaches: (workspaceNo, people) => devices.reached(workspaceNo, people),
    faults: async (account) =>
      (await Promise.all((['apns', 'fcm', 'jpush'] as const).map((one) => faults.of(`${account.id}:${one}`)))).flat(),
    async tryOut(account, personNo) {
      const config = pushConfig.parse(account.config);
      const started = clock.ms();
      const mine = (await devices.of(account.workspaceNo, [personNo])).get(personNo) ?? [];
      const note = {
        title: '鱼塘测试 / Yutang test',
        text: '推送渠道已经可以用了。App push works.',
        link: undefined,
        picture: undefined,
        key: null,
      };
      const answers = await deliver(account, config, mine, { ...note, outboxId: `test-${started}` });
      const { state, reason } = summed('', answers);
      return { ok: state === 'sent', ...(state === 'sent' ? {} : { error: reason ?? 'no_device' }), elapsedMs: clock.ms() - started };
    },
    close: () => {
      for (const made of services.values()) for (const one of Object.values(made)) one?.close();
      services.clear();
    },
  };
}
