import { openDemoAccounts } from './demo_accounts.ts';
import { openDemoCorp } from './demo_corp.ts';
import { createWechatSimulator } from './simulator.ts';

const DEFAULT_PORT = 7190;

const port = Number(process.argv[2] ?? process.env.SIMULATOR_PORT ?? DEFAULT_PORT);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  process.stderr.write('usage: main.ts [port]\n');
  process.exit(2);
}

const print = (text: string) => process.stdout.write(`${text}\n`);
const simulator = createWechatSimulator({
  file: process.env.SIMULATOR_FILE,
  allowedHosts: process.env.SIMULATOR_ALLOWED_HOSTS?.split(',').filter(Boolean),
  log: { info: () => {}, warn: (fields, message) => print(`${message} ${JSON.stringify(fields)}`) },
});
const corp = openDemoCorp(simulator);
const wx = openDemoAccounts(simulator);
const url = await simulator.listen(port, process.env.SIMULATOR_HOST ?? '127.0.0.1');

print(`企业微信模拟器 WeCom simulator: ${url}/`);
print(`  WECOM_BASE_URL=${url}`);
print(`  WECHAT_BASE_URL=${url}  WECHATPAY_BASE_URL=${url}`);
print(`  corpid ${corp.corpid}  agentid ${corp.agentid}  secret ${corp.secret}`);
print(`  公众号 ${wx.official}  小程序 ${wx.mini}  secret ${wx.secret}  商户号 ${wx.mchid} (${url}/accounts)`);
print(`  control: POST ${url}/_control/<command> with JSON; staff: ${corp.staff.join(', ')}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}
