import { problem } from '../base/index.ts';
import type { Accounts } from './accounts.ts';
import type { SyncView } from './groups-schema.ts';
import type { Deps } from './ports.ts';

/** Comparisons with the lists of WeCom: on demand, one at a time for an account, and how far each has come. */
export function createSyncs({ lists, log }: Deps, accounts: Pick<Accounts, 'one'>) {
  const running = new Set<string>();

  const view = async (workspaceNo: number): Promise<SyncView> => {
    const account = await accounts.one(workspaceNo, 'wecom');
    const sync = account && (await lists?.sync(workspaceNo, account.id));
    const nothing = { friends: 0, added: 0, ended: 0, groups: 0, joined: 0, gone: 0 };
    if (!sync) return { state: 'never', phase: null, startedAt: null, doneAt: null, members: { done: 0, total: 0 }, ...nothing };
    const { friends, added, ended, groups, joined, gone, phase, members } = sync;
    return {
      state: sync.doneAt === null ? 'running' : 'done',
      ...{ phase, startedAt: sync.startedAt.toISOString(), doneAt: sync.doneAt?.toISOString() ?? null },
      members: { done: phase === 'friends' ? Math.min(sync.at, members.length) : members.length, total: members.length },
      ...{ friends, added, ended, groups, joined, gone },
    };
  };
  return {
    view,
    async start(workspaceNo: number): Promise<SyncView> {
      const account = await accounts.one(workspaceNo, 'wecom');
      if (!account || !lists) throw problem(409, 'WeCom is not set up', { detail: 'Enter its settings under Settings, Channels.' });
      if (!running.has(account.id)) {
        running.add(account.id);
        void lists
          .reconcile(account.id)
          .catch((error: unknown) => log.warn({ err: error, account: account.id }, 'the lists of WeCom could not be read'))
          .finally(() => running.delete(account.id));
      }
      return view(workspaceNo);
    },
  };
}
