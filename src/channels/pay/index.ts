import { type Clock, type Log, type Pg, problem, boundary as stopHere } from '../../base/index.ts';
import type { ChannelAccount } from '../adapter.ts';
import type { Limits } from '../limits/limits.ts';
import { createProcessor } from '../platform/callback-process.ts';
import type { ChannelEvent } from '../platform/events.ts';
import type { OwnEvent } from '../ports.ts';
import { type PayAccount, payOpener } from './account.ts';
import { askTransfer } from './ask.ts';
import { createPayIntake, NOTIFY_PATH } from './door.ts';
import { payHealth } from './health.ts';
import { listTransfers } from './list.ts';
import { workNotice } from './notices.ts';
import { readTransfer } from './read.ts';
import type { Pay } from './room.ts';
import { tellTransfers } from './tell.ts';
import { createTransfers } from './transfers.ts';

export type { PayClient } from './client.ts';
export { NOTIFY_PATH, payNoticeRoutes } from './door.ts';
export { payEndpoints } from './endpoints.ts';
export { PayError, PayUnreachable, payReactions } from './errors.ts';
export type { TransferList } from './list.ts';
export { payMigrations } from './migrations.ts';
export type { Pay } from './room.ts';
export { payRoutes } from './routes.ts';
export { type PayConfig, payConfig, type TransferAsk, type TransferView } from './schema.ts';
export { paymentOf } from './seals.ts';

export interface PayDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  /** Where WeChat Pay is (WECHATPAY_BASE_URL). */
  baseUrl: string;
  /** This server as WeChat Pay reaches it. */
  publicUrl: string;
  write(workspaceNo: number, items: (ChannelEvent | OwnEvent)[]): Promise<unknown>;
  accounts: {
    byId(id: string): Promise<ChannelAccount | undefined>;
    one(workspaceNo: number, kind: string): Promise<ChannelAccount | undefined>;
  };
  /** The platform's rules as the workspace has set them. */
  limits(workspaceNo: number): Promise<Limits>;
  /** One identity of the type, beginning with `prefix`, for each who has one. */
  addresses(workspaceNo: number, type: string, people: readonly number[], prefix?: string): Promise<Map<number, string>>;
  traits(workspaceNo: number, people: readonly number[]): Promise<Map<number, Record<string, unknown>>>;
  /** This process is the only one on its database. */
  alone: boolean;
  fetch?: typeof fetch;
  sleep?: (ms: number) => Promise<void>;
  /** Called at every commit boundary; a test stops there. */
  stop?: (name: string) => void | Promise<void>;
}

export function createPay(deps: PayDeps): Pay {
  const { pg, clock, log } = deps;
  const open = payOpener(deps);
  const account = async (id: string) => open(await deps.accounts.byId(id));
  const merchant = async (workspaceNo: number): Promise<PayAccount> => {
    const opened = open(await deps.accounts.one(workspaceNo, 'wechat_pay'));
    if (!opened) throw problem(409, 'WeChat Pay is not set up', { code: 'pay_transfer', detail: 'Fill in the merchant under channels' });
    return opened;
  };
  const transfers = createTransfers({ pg, clock, log, account, stop: deps.stop ?? stopHere });
  const write = (workspaceNo: number, items: (ChannelEvent | OwnEvent)[]) => deps.write(workspaceNo, items);
  const carrierOf = async (workspaceNo: number, appId: string) => {
    const mini = await deps.accounts.one(workspaceNo, 'mini_program');
    return mini?.config.appId === appId ? ('mini_program' as const) : ('official_account' as const);
  };
  const notices = createProcessor({
    ...{ pg, clock, log, platform: 'wechat_pay', alone: deps.alone },
    async handle(callback) {
      const opened = await account(callback.accountId);
      if (!opened) return { again: new Date(clock.ms() + 600_000), error: 'the merchant is not usable' };
      return workNotice({ pg, clock, log, write, carrierOf, account: opened, callback }, callback.changeType);
    },
  });
  // The platform wants https and no query, or this machine itself (a simulator).
  const notifyUrl = (id: string): string | undefined => {
    const url = new URL(deps.publicUrl);
    const near = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname) && /^http:/.test(deps.baseUrl);
    return url.protocol === 'https:' || near ? `${deps.publicUrl.replace(/\/+$/, '')}${NOTIFY_PATH}/${id}` : undefined;
  };
  const asking = {
    ...{ pg, clock, notifyUrl, limits: deps.limits },
    openidOf: async (workspaceNo: number, personNo: number, appId: string) => {
      const found = await deps.addresses(workspaceNo, 'wechat_openid', [personNo], `${appId}:`);
      return found.get(personNo)?.slice(appId.length + 1);
    },
  };

  return {
    ...createPayIntake({ pg, clock, log, account }),
    transfer: async (workspaceNo, ask) => askTransfer(asking, await merchant(workspaceNo), ask),
    get: (workspaceNo, key) => readTransfer(pg, workspaceNo, { key }),
    byId: (workspaceNo, id) => readTransfer(pg, workspaceNo, { id }),
    list: (workspaceNo, query) => listTransfers(deps, workspaceNo, query),
    cancel: transfers.cancel,
    merchant,
    health: (one) => payHealth({ pg, clock, notifyUrl }, one),
    async mend({ id }) {
      const opened = await account(id);
      if (opened) await transfers.mend(opened);
    },
    async work() {
      const { handled, nextDueAt } = await notices.processCallbacks();
      const carried = await transfers.work();
      const told = await tellTransfers(pg, write);
      const due = [nextDueAt, await transfers.nextDueAt()].filter((at) => at !== undefined).sort((a, b) => a.getTime() - b.getTime())[0];
      return { handled: handled + carried + told, ...(due ? { nextDueAt: due, nextInMs: Math.max(0, due.getTime() - clock.ms()) } : {}) };
    },
    async onMerge(workspaceNo, moves) {
      await pg.query(
        `UPDATE pay_transfers t SET person_no = m.to_no FROM unnest($2::bigint[], $3::bigint[]) AS m (from_no, to_no)
         WHERE t.workspace_no = $1 AND t.person_no = m.from_no`,
        [workspaceNo, moves.map((m) => m.from), moves.map((m) => m.to)],
      );
    },
    async onSplit(workspaceNo, { from, to, identities }) {
      const openids = identities.filter((one) => one.type === 'wechat_openid').map((one) => one.value);
      await pg.query(
        `UPDATE pay_transfers SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2 AND app_id || ':' || openid = ANY($4)`,
        [workspaceNo, from, to, openids],
      );
    },
  };
}
