import { boundary, type Clock, type Log, type Pg } from '../../base/index.ts';
import type { OpenAccount } from './account.ts';
import { claimCallbacks, finishCallback, freeCallbacks, nextDue, postponeCallback, type StoredCallback } from './callback-store.ts';
import type { CallbackWork, Verdict } from './callback-work.ts';
import type { EventWriter } from './events.ts';
import { onFriendAdded, onFriendEdited, onFriendRemoved, onWelcomeOnly } from './on-friend.ts';
import { onGroupDismissed, onGroupJoined, onGroupLeft } from './on-group.ts';
import { field, parseXml } from './xml.ts';

/** Works off the inbox. Every handler may run twice, or in any order, and says the same. */

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
};

const AT_ONCE = 16;
const MOST_ATTEMPTS = 500;

export interface Processed {
  handled: number;
  /** When the next callback falls due, and how long that is from now. */
  nextDueAt?: Date;
  nextInMs?: number;
}

export interface CallbackDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  events: EventWriter;
  account: OpenAccount;
  render: CallbackWork['render'];
  /** No other process works on this database. */
  alone: boolean;
}

export function createCallbackProcessor(deps: CallbackDeps) {
  const { pg, clock, log } = deps;

  const verdictOn = async (callback: StoredCallback): Promise<Verdict> => {
    const account = await deps.account(callback.accountId);
    // Mended or not, this account's events are worth keeping for a while.
    if (!account) return { again: new Date(clock.ms() + 600_000), error: 'the account is not usable' };
    const node = parseXml(callback.plaintext);
    const kind = [field(node, 'Event'), field(node, 'ChangeType'), field(node, 'UpdateDetail')].filter(Boolean).join('/');
    const handler = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined;
    if (!handler) return { state: 'ignored' };
    return handler({ pg, clock, log, events: deps.events, render: deps.render, account, callback, node });
  };

  const workOff = async (callback: StoredCallback): Promise<void> => {
    let verdict: Verdict;
    try {
      verdict = await verdictOn(callback);
    } catch (error) {
      log.error({ err: error, callback: callback.id }, 'a callback could not be worked off');
      verdict = { again: new Date(clock.ms() + Math.min(600_000, 2_000 * 2 ** callback.attempts)), error: (error as Error).name };
    }
    boundary('wecom.callback.worked');
    if ('again' in verdict && callback.attempts < MOST_ATTEMPTS) await postponeCallback(pg, callback.id, verdict.again, verdict.error);
    else if ('again' in verdict) await finishCallback(pg, callback.id, 'failed', clock.now(), verdict.error);
    else await finishCallback(pg, callback.id, verdict.state, clock.now(), verdict.error);
  };

  const round = async (): Promise<number> => {
    let handled = 0;
    for (;;) {
      const claimed = await claimCallbacks(pg, clock.now(), AT_ONCE);
      await Promise.all(claimed.map(workOff));
      handled += claimed.length;
      if (claimed.length < AT_ONCE) return handled;
    }
  };

  let running: Promise<number> | undefined;
  let wanted = false;
  let mayBeLeft = deps.alone;
  return {
    /** Works off all that is due. Calls that come while it runs join it, and what arrived meanwhile is seen to. */
    async processCallbacks(): Promise<Processed> {
      wanted = true;
      running ??= (async () => {
        let handled = 0;
        try {
          if (mayBeLeft) await freeCallbacks(pg, clock.now());
          mayBeLeft = false;
          while (wanted) {
            wanted = false;
            handled += await round();
          }
        } finally {
          running = undefined;
        }
        return handled;
      })();
      const handled = await running;
      const nextDueAt = await nextDue(pg);
      return { handled, ...(nextDueAt ? { nextDueAt, nextInMs: Math.max(0, nextDueAt.getTime() - clock.ms()) } : {}) };
    },
  };
}
