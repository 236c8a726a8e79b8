import { newId } from '../../base/index.ts';
import { personId, survivingPerson } from '../../people/index.ts';
import type { Accounts } from '../accounts.ts';
import { changeConsents } from '../consent-record.ts';
import { outboxId } from '../ids.ts';
import { readPolicy } from '../policy.ts';
import type { Deps } from '../ports.ts';
import { kindOf, type MessagePurpose } from '../purposes.ts';
import { type Standing, standingOf } from '../standing.ts';
import type { PreferenceAddress, PreferenceLinks } from './link.ts';

export interface PreferenceView {
  shop: string;
  purposes: MessagePurpose[];
  channels: string[];
  standing: Standing[];
  /** What the message that led here was about. */
  about: { purpose: MessagePurpose | undefined; channel: string | undefined };
}

export type PreferenceChange =
  /** Exactly these on, as `purpose:channel`; the others off. */
  | { to: 'these'; on: readonly string[] }
  /** No marketing any more. */
  | { to: 'no_marketing' }
  /** None of what the message that led here was about. */
  | { to: 'not_this'; oneClick: boolean };

/** Nobody changes their mind more often; whoever sends more means something else. */
const mostInAnHour = 30;
const hourMs = 3_600_000;

/** What people may decide themselves about what they are sent, at an address that is theirs alone. */
export function createPreferences(deps: Deps, accounts: Pick<Accounts, 'all'>, links: PreferenceLinks) {
  const { pg, clock } = deps;
  const tries = new Map<string, { since: number; n: number }>();

  const tooOften = (who: { workspaceNo: number; personNo: number }): boolean => {
    const key = `${who.workspaceNo}:${who.personNo}`;
    const now = clock.ms();
    if (tries.size > 10_000) for (const [old, { since }] of tries) if (since < now - hourMs) tries.delete(old);
    const seen = tries.get(key);
    const one = seen && seen.since > now - hourMs ? seen : { since: now, n: 0 };
    one.n += 1;
    tries.set(key, one);
    return one.n > mostInAnHour;
  };

  /** Whose page it is now: of whom the message is, who was merged since is the one who stays, who was erased is nobody. */
  const open = async (token: string) => {
    const at = links.read(token);
    if (!at) return undefined;
    const [message] = at.message
      ? await pg.query<{ person_no: number; journey_id: string | null; content_id: string }>(
          'SELECT person_no, journey_id, content_id FROM outbox WHERE workspace_no = $1 AND no = $2',
          [at.workspaceNo, at.message],
        )
      : [];
    const personNo = await survivingPerson(pg, at.workspaceNo, message?.person_no ?? at.personNo);
    return personNo === undefined ? undefined : { at, personNo, message };
  };

  const standing = async (at: PreferenceAddress, personNo: number) => {
    const [whole, have, known] = await Promise.all([
      readPolicy(pg, at.workspaceNo),
      accounts.all(at.workspaceNo),
      deps.people.traits(at.workspaceNo, [personNo]),
    ]);
    // What is retired is asked of nobody, but of who was sent it.
    const policy = { ...whole, purposes: whole.purposes.filter((one) => !one.retired || one.key === at.purpose) };
    const set = have.map((account) => account.kind).filter((kind) => kind !== 'wechat_pay');
    const channels = at.channel && !set.includes(at.channel) ? [...set, at.channel] : set;
    const traits = known.get(personNo) ?? {};
    return { whole, policy, channels, traits, now: await standingOf(pg, at.workspaceNo, { no: personNo, traits }, policy, channels) };
  };

  return {
    view: async (token: string): Promise<PreferenceView | undefined> => {
      const found = await open(token);
      if (!found) return undefined;
      const { at, personNo } = found;
      const [{ policy, channels, now }, workspaces] = await Promise.all([standing(at, personNo), deps.workspaces()]);
      return {
        shop: workspaces.find((one) => one.no === at.workspaceNo)?.name ?? '',
        ...{ purposes: policy.purposes, channels, standing: now },
        about: { purpose: policy.purposes.find((one) => one.key === at.purpose), channel: at.channel },
      };
    },
    /** What a person decides, as events like any other; it holds at once. Undefined: nobody's address. */
    change: async (token: string, change: PreferenceChange): Promise<'changed' | 'too_often' | undefined> => {
      const found = await open(token);
      if (!found) return undefined;
      const { at, personNo, message } = found;
      if (tooOften({ workspaceNo: at.workspaceNo, personNo })) return 'too_often';
      const { whole, policy, traits, now } = await standing(at, personNo);
      const words: { purpose: string; channel: string; granted: boolean }[] = [];
      if (change.to === 'these') {
        const wanted = new Set(change.on);
        for (const { purpose, channel, on } of now)
          if (on !== wanted.has(`${purpose}:${channel}`)) words.push({ purpose, channel, granted: !on });
      } else if (change.to === 'no_marketing') {
        for (const { key, kind } of whole.purposes) if (kind === 'marketing') words.push({ purpose: key, channel: '*', granted: false });
      } else words.push({ purpose: at.purpose ?? '*', channel: at.channel ?? '*', granted: false });
      if (words.length === 0) return 'changed';
      const source = change.to === 'not_this' && change.oneClick ? 'one_click' : 'preference_page';
      const about = message && {
        ...{ outboxId: outboxId(at.message!), contentId: message.content_id },
        ...(message.journey_id ? { journeyId: message.journey_id } : {}),
      };
      // Who says yes to something takes back the trait that refused everything; what they did not say yes to stays refused.
      if (words.some((one) => one.granted) && (traits.unsubscribed === true || traits.consent_marketing === false)) {
        const said = new Set(words.map((one) => `${one.purpose}:${one.channel}`));
        for (const { purpose, channel, on } of now)
          if (!on && !said.has(`${purpose}:${channel}`)) words.push({ purpose, channel, granted: false });
        const agrees = words.some((one) => one.granted && kindOf(policy.purposes, one.purpose) === 'marketing');
        const takenBack = {
          ...(traits.unsubscribed === true ? { unsubscribed: false } : {}),
          ...(agrees && traits.consent_marketing === false ? { consent_marketing: true } : {}),
        };
        await deps.events.write(at.workspaceNo, [
          {
            ...{ messageId: newId('cns', clock.ms()), type: 'identify', event: '', timestamp: clock.now(), personNo, source: 'yutang' },
            ...{ properties: {}, traits: takenBack },
          },
        ]);
      }
      await changeConsents(
        deps,
        at.workspaceNo,
        personId(personNo),
        words.map((one) => ({ ...one, source })),
        'customer',
        about,
      );
      return 'changed';
    },
  };
}
export type Preferences = ReturnType<typeof createPreferences>;
