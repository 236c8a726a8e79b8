import { createHash } from 'node:crypto';
import { numberOf, publishedLimits } from '../limits/limits.ts';
import { markWelcome } from '../platform/callback-store.ts';
import { field } from '../platform/xml.ts';
import { type CallbackWork, done, later, record, type Verdict } from './callback-work.ts';
import type { ExternalContact } from './endpoints-customers.ts';
import { WecomError, WecomUnreachable } from './errors.ts';
import { identitiesOf, traitsOf } from './events.ts';
import { attachmentsOf, type OwnPoster } from './pictures.ts';
import type { Welcome } from './schema.ts';

/** The platform takes the welcome for twenty seconds after the event, and once. */
const WINDOW_MS = numberOf(publishedLimits, 'wecom.welcome.seconds') * 1_000;
const AGAIN_MS = 1_000;

/** A name in the words, or a poster, waits for who it is. */
export const welcomeIsPersonal = (welcome: Welcome | undefined): boolean =>
  /\{\{|\{%/.test(welcome?.text ?? '') || welcome?.poster !== undefined;

export async function sayWelcome(work: CallbackWork, person: ExternalContact | undefined): Promise<Verdict> {
  const { pg, clock, callback, node, account, log } = work;
  const { welcome, corpId } = account.config;
  if (!welcome) return done;
  const end = async (how: string): Promise<Verdict> => {
    await markWelcome(pg, callback.id, how);
    callback.welcome = how;
    // Counted: how many welcomes come too late is a promise of service.
    log.info({ account: account.id, callback: callback.id, welcome: how, ms: clock.ms() - callback.happenedAt.getTime() }, 'welcome');
    return done;
  };
  const closes = callback.happenedAt.getTime() + WINDOW_MS;
  if (clock.ms() >= closes) return end('late');

  const text = await textOf(work, welcome.text, person);
  if (text === undefined) return end('failed:template');
  const externalUserId = field(node, 'ExternalUserID');
  const poster: OwnPoster = welcome.poster ? await work.ownPoster(account, welcome.poster, externalUserId) : {};
  const attachments = attachmentsOf(poster.mediaId, poster.link, welcome.link);
  if (text === '' && attachments.length === 0) return end('empty');
  const code = field(node, 'WelcomeCode');
  const delivered = async (): Promise<Verdict> => {
    await record(work, [
      {
        // By the code, which is good for one welcome, whichever event brought it.
        messageId: `wecom:welcome:${createHash('sha256').update(`${corpId}:${code}`).digest('hex')}`,
        event: 'Message Sent',
        timestamp: clock.now(),
        externalIds: identitiesOf(corpId, externalUserId, person?.unionid),
        properties: { channel: 'wecom', welcome: true, userId: field(node, 'UserID') },
        context: { carrier: 'wecom' },
        source: 'wecom',
      },
    ]);
    return end('sent');
  };
  try {
    await account.client.call(
      'externalcontact.send_welcome_msg',
      {
        welcome_code: code,
        ...(text ? { text: { content: text } } : {}),
        ...(attachments.length > 0 ? { attachments } : {}),
      },
      { quick: true, tell: true },
    );
  } catch (error) {
    const mayYet = clock.ms() + AGAIN_MS < closes;
    if (error instanceof WecomUnreachable) return mayYet ? later(clock, AGAIN_MS, error.message) : end('failed:unreachable');
    if (!(error instanceof WecomError)) throw error;
    // Either our own earlier try, whose answer was lost, or another event of the same friendship.
    if (error.class === 'S') return callback.attempts > 1 ? delivered() : end('already');
    if (error.class === 'R' && mayYet) return later(clock, AGAIN_MS, error.message);
    return end(error.errcode === 41050 ? 'late' : `failed:${error.errcode}`);
  }
  return delivered();
}

async function textOf(work: CallbackWork, template: string, person: ExternalContact | undefined): Promise<string | undefined> {
  const traits = person ? traitsOf(person) : {};
  const name = traits.name ?? '';
  try {
    const values = { name, person: { name, ...traits }, staff: { userId: field(work.node, 'UserID') }, state: field(work.node, 'State') };
    return (await work.render(template, values)).trim();
  } catch (error) {
    work.log.warn({ account: work.account.id, reason: (error as Error).name }, 'the welcome text cannot be rendered');
    return undefined;
  }
}
