import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Log } from '../base/index.ts';
import { createWechatSimulator, type DemoCorp, openDemoCorp, type WechatSimulator } from '../simulators/wechat/index.ts';

/** The platform that the demo shop lives on: a simulator in this process, with a corp and three members of staff. */
export interface DemoPlatform {
  /** For the WeCom client, in place of the real platform. */
  baseUrl: string;
  simulator: WechatSimulator;
  corp: DemoCorp;
  close(): Promise<void>;
}

/** `openHosts`: hosts, besides this machine, whose links simulated customers may open (the address that tracked links carry). */
export async function openDemoPlatform(deps: { clock: Clock; log: Log; dataDir: string; openHosts?: string[] }): Promise<DemoPlatform> {
  const dir = join(deps.dataDir, 'demo');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const simulator = createWechatSimulator({
    clock: deps.clock,
    log: deps.log,
    file: join(dir, 'wechat.json'),
    allowedHosts: deps.openHosts ?? [],
  });
  const corp = openDemoCorp(simulator);
  const baseUrl = await simulator.listen();
  return { baseUrl, simulator, corp, close: () => simulator.close() };
}
