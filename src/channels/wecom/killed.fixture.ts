import { connectPg, manualClock, silentLog } from '../../base/index.ts';
import { createWecom } from './index.ts';

/** A process that does one thing and may be stopped dead at a commit boundary (YUTANG_STOP_AT). */
const { url, baseUrl, now, account, step, messages, callback } = JSON.parse(process.argv[2] ?? '{}');
const pg = connectPg(url, { max: 4 });
const wecom = createWecom({
  pg,
  clock: manualClock(now),
  log: silentLog,
  baseUrl,
  account: async () => account,
  events: { write: async () => ({ rejected: [] }) },
});
if (step === 'submit') await wecom.adapter.submit(account, messages);
if (step === 'receive') await wecom.receive(account.id, callback.query, callback.body);
if (step === 'reconcile') await wecom.reconcile(account.id);
if (step === 'process') await wecom.processCallbacks();
await pg.close();
