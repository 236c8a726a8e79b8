import type { AddressInfo } from 'node:net';
import type { FirstRun } from '../access/index.ts';
import { type Clock, type Config, type Log, type Migration, type Pg, systemClock } from '../base/index.ts';
import type { System } from '../system.ts';
import { createDemo, type Demo, type DemoStatus } from './demo.ts';
import { type DemoPlatform, openDemoPlatform } from './platform.ts';
import type { DemoDeps } from './ports.ts';
import { isDemo, migrations } from './state.ts';

/** The demo beside the system: what the system must know before it is put together, and what begins when it stands. */
export interface DemoHost {
  migrations: Migration[];
  /** Called when the databases are ready: the address of the simulated WeCom platform where this installation is a demo. */
  wecomBaseUrl(pg: Pg): Promise<string | undefined>;
  /** Begins to load, or to live, in the background. Does nothing where this installation is no demo. */
  start(system: Pick<System, StartNeeds>, first: Pick<FirstRun, 'workspace'>): void;
  status(): DemoStatus;
  stop(): Promise<void>;
}

type StartNeeds = 'app' | Exclude<keyof DemoDeps, 'workspaceNo' | 'platform' | 'localUrl' | 'say' | 'sleep' | 'friends'>;

/** YUTANG_DEMO=0, or a process with only a part of the roles, is never a demo; nor is an installation that something else came into first. */
export function demoHost(config: Config, deps: { log: Log; clock?: Clock; say?: (line: string) => void }): DemoHost {
  const clock = deps.clock ?? systemClock;
  const say = deps.say ?? ((line) => process.stdout.write(`  ${line}\n`));
  let platform: DemoPlatform | undefined;
  let demo: Demo | undefined;
  let wanted = config.YUTANG_DEMO && config.YUTANG_ROLE === 'all';
  return {
    migrations,
    wecomBaseUrl: async (pg) => {
      wanted = wanted && (await isDemo(pg));
      // A platform that the operator named is not replaced: the shop is then loaded without one.
      if (!wanted || config.WECOM_BASE_URL) return config.WECOM_BASE_URL;
      const openHosts = config.YUTANG_PUBLIC_URL ? [new URL(config.YUTANG_PUBLIC_URL).hostname] : [];
      platform = await openDemoPlatform({ clock, log: deps.log, dataDir: config.dataDir, openHosts });
      return platform.baseUrl;
    },
    start: (system, first) => {
      if (!wanted) return;
      const { port } = system.app.server.address() as AddressInfo;
      demo = createDemo({ ...system, workspaceNo: first.workspace.no, platform, localUrl: `http://127.0.0.1:${port}`, say });
      void demo.load();
    },
    status: () => demo?.status() ?? { state: 'stopped', step: null },
    stop: async () => {
      await demo?.stop();
      await platform?.close();
    },
  };
}
