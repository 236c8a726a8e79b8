import { type Clock, type Log, narrow, type Pg } from '../../base/index.ts';
import { createProcessor } from '../platform/callback-process.ts';
import { field, parseXml } from '../platform/xml.ts';
import type { OpenAccount } from './account.ts';
import type { CallbackWork, Verdict } from './callback-work.ts';
import type { EventWriter } from './events.ts';
import { onFriendAdded, onFriendEdited, onFriendRemoved, onWelcomeOnly } from './on-friend.ts';
import { onGroupChanged, onGroupDismissed, onGroupJoined, onGroupLeft } from './on-group.ts';
import type { Welcome } from './schema.ts';

/** What each of WeCom's callbacks sets off. Every handler may run twice, or in any order, and says the same. */

const handlers: Record<string, (work: CallbackWork) => Promise<Verdict>> = {
  'change_external_contact/add_external_contact': onFriendAdded,
  'change_external_contact/add_half_external_contact': onFriendAdded,
  'change_external_contact/edit_external_contact': onFriendEdited,
  'change_external_contact/del_external_contact': (work) => onFriendRemoved(work, 'staff'),
  'change_external_contact/del_follow_user': (work) => onFriendRemoved(work, 'customer'),
  'change_external_contact/msg_audit_approved': onWelcomeOnly,
  'change_external_chat/create': onGroupJoined,
  'change_external_chat/dismiss': onGroupDismissed,
  'change_external_chat/update/add_member': onGroupJoined,
  'change_external_chat/update/del_member': onGroupLeft,
  'change_external_chat/update/change_owner': onGroupChanged,
  'change_external_chat/update/change_name': onGroupChanged,
  'change_external_chat/update/change_notice': onGroupChanged,
};

export interface CallbackDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  events: EventWriter;
  account: OpenAccount;
  render: CallbackWork['render'];
  /** What is said to who came by a code, where the code says it. */
  welcomeOf?: ((workspaceNo: number, state: string) => Promise<Welcome | undefined>) | undefined;
  /** No other process works on this database. */
  alone: boolean;
  ownPoster: CallbackWork['ownPoster'];
}

/**
 * A comparison with the platform's lists holds friendships until it has written its events, and callbacks of the same friendships wait for it: so
 * many connections and no more may wait, or the comparison never gets those that it needs itself.
 */
const WAITING = 6;

export function createCallbackProcessor(deps: CallbackDeps) {
  const { pg, clock, log, alone } = deps;
  const patient = narrow(pg, WAITING);
  return createProcessor({
    ...{ pg, clock, log, alone },
    platform: 'wecom',
    async handle(callback) {
      const account = await deps.account(callback.accountId);
      // Mended or not, this account's events are worth keeping for a while.
      if (!account) return { again: new Date(clock.ms() + 600_000), error: 'the account is not usable' };
      const node = parseXml(callback.plaintext);
      const kind = [field(node, 'Event'), field(node, 'ChangeType'), field(node, 'UpdateDetail')].filter(Boolean).join('/');
      const handler = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined;
      if (!handler) return { state: 'ignored' };
      const state = field(node, 'State');
      const own = state !== '' && field(node, 'WelcomeCode') !== '' ? await deps.welcomeOf?.(account.workspaceNo, state) : undefined;
      const said = own ? { ...account, config: { ...account.config, welcome: own } } : account;
      return handler({
        pg: patient,
        clock,
        log,
        events: deps.events,
        render: deps.render,
        ownPoster: deps.ownPoster,
        account: said,
        callback,
        node,
      });
    },
  });
}
