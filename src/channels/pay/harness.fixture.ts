import { generateKeyPairSync } from 'node:crypto';
import { testDatabase } from '../../../test/kit.ts';
import { connectPg, createHttp, silentLog } from '../../base/index.ts';
import { createWechatSimulator } from '../../simulators/wechat/index.ts';
import { stillClock } from '../../simulators/wechat/testkit.ts';
import type { ChannelAccount } from '../adapter.ts';
import { publishedLimits } from '../limits/limits.ts';
import type { ChannelEvent } from '../platform/events.ts';
import type { OwnEvent } from '../ports.ts';
import { wecomMigrations } from '../wecom/index.ts';
import { createPay, type Pay, payMigrations, payNoticeRoutes } from './index.ts';

/** A process that died at a boundary. */
export class Killed extends Error {}

type Told = ChannelEvent | OwnEvent;

/** Merchants, their database and their web door, facing simulated WeChat Pay over real HTTP on one virtual clock. */
export async function startPay() {
  const simulator = createWechatSimulator({ clock: stillClock(), seed: 'pay' });
  const baseUrl = await simulator.listen();
  const { control, clock } = simulator;
  const database = await testDatabase();
  const pg = connectPg(database.url, { max: 8 });
  for (const step of [...wecomMigrations, ...payMigrations]) await pg.query(step.pg ?? '');

  const appId = 'wxmini0000000001';
  const openidOf = (personNo: number) => `oPerson${String(personNo).padStart(6, '0')}`;
  const pem = {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  } as const;
  const own = generateKeyPairSync('rsa', pem);
  const accounts: Record<string, ChannelAccount> = {};
  const events = new Map<string, Told>();
  /** By workspace and rule: what was set there. */
  const allowed = new Map<string, number>();
  let repeats = 0;
  let stop: (name: string) => void = () => {};
  const kill = (name: string) => stop(name);

  const make = (publicUrl = door): Pay =>
    createPay({
      ...{ pg, clock, log: silentLog, baseUrl, publicUrl, alone: true, stop: kill },
      accounts: {
        byId: async (id) => accounts[id],
        one: async (workspaceNo, kind) => Object.values(accounts).find((one) => one.workspaceNo === workspaceNo && one.kind === kind),
      },
      write: async (_workspaceNo, items) => {
        for (const item of items) {
          if (events.has(item.messageId)) repeats += 1;
          events.set(item.messageId, item);
        }
      },
      addresses: async (_workspaceNo, _type, people, prefix = '') =>
        new Map(people.filter((no) => no < 9_000).map((no) => [no, `${prefix}${openidOf(no)}`])),
      traits: async () => new Map(),
      limits: async (workspaceNo) => ({
        get: (key) => ({ ...publishedLimits.get(key), value: allowed.get(`${workspaceNo}:${key}`) ?? publishedLimits.get(key).value }),
      }),
      sleep: async (ms) => void control.advance(ms),
    });

  const app = await createHttp({ log: silentLog, version: 'test' });
  let pay: Pay;
  await payNoticeRoutes(
    app,
    {
      receive: (...all) => pay.receive(...all),
      work: async () => {},
    },
    silentLog,
  );
  const door = await app.listen({ port: 0, host: '127.0.0.1' });
  pay = make();

  let workspaces = 0;
  /** A workspace of its own with a merchant. */
  const merchant = (
    more: { mode?: 'certificate'; balance?: number; limits?: Record<string, number>; settings?: Record<string, unknown> } = {},
  ) => {
    workspaces += 1;
    const workspaceNo = workspaces;
    const { mode, balance, limits, settings } = more;
    for (const [key, value] of Object.entries(limits ?? {})) allowed.set(`${workspaceNo}:pay.transfer.${key}`, value);
    const opened = control.pay.createMerchant({
      appids: [appId],
      publicKey: own.publicKey,
      ...(mode ? { mode } : {}),
      ...(balance === undefined ? {} : { balance }),
    });
    const { mchid, serial, apiV3Key, keys } = opened;
    const checked = mode ? {} : { publicKeyId: keys.public_key.id, publicKey: keys.public_key.publicKey };
    const id = `pay_${workspaceNo}`;
    accounts[id] = {
      id,
      workspaceNo,
      kind: 'wechat_pay',
      config: { mchid, appId, serial, privateKey: own.privateKey, apiV3Key, ...checked, ...settings },
    };
    return { id, mchid, workspaceNo, account: accounts[id] };
  };

  return {
    ...{ simulator, control, clock, pg, app, door, appId, openidOf, accounts, events, merchant },
    pay: () => pay,
    /** Another process on the same database. */
    restart: (publicUrl?: string) => {
      pay = make(publicUrl);
    },
    killAt: (name: string | undefined) => {
      stop = (at) => {
        if (at === name) throw new Killed(at);
      };
    },
    repeats: () => repeats,
    told: (name: string) => [...events.values()].filter((one) => one.event === name),
    /** Lets notifications arrive and everything due be done. */
    async settle() {
      for (let quiet = 0; quiet < 2; ) {
        await control.settle();
        quiet = (await pay.work()).handled === 0 ? quiet + 1 : 0;
      }
    },
    asked: (path: string) => control.pay.calls().filter((one) => one.path.endsWith(path)),
    async close() {
      await app.close();
      await simulator.close();
      await pg.close();
      await database.drop();
    },
  };
}
export type PayHarness = Awaited<ReturnType<typeof startPay>>;
