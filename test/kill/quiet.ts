import { setTimeout as sleep } from 'node:timers/promises';
import type { Importer } from './files.ts';
import type { Api } from './insist.ts';
import type { Leavers } from './leavers.ts';
import type { Platform } from './platform.ts';

/** Waits until nothing is under way any more: what is left then is left for good. */
export async function untilQuiet(
  api: Api,
  serverUrl: string,
  platform: Platform,
  importer: Importer,
  leavers: Leavers,
  patienceMs: number,
): Promise<void> {
  const until = Date.now() + patienceMs;
  let quiet = 0;
  for (;;) {
    const busy = [...(await underWay(api, serverUrl, platform, importer)), ...(await leavers.busy())];
    quiet = busy.length === 0 ? quiet + 1 : 0;
    if (quiet === 3) return;
    if (Date.now() > until) {
      // What is under way for so long will not come any more: the audit says what is missing.
      process.stdout.write(`  not quiet after ${patienceMs / 1000} s: ${busy.join(', ')}\n`);
      return;
    }
    await sleep(400);
  }
}

async function underWay(api: Api, serverUrl: string, platform: Platform, importer: Importer): Promise<string[]> {
  const busy: string[] = [];
  const metrics = await fetch(`${serverUrl}/metrics`).then((answer) => answer.text());
  for (const [, consumer, n] of metrics.matchAll(/^yutang_consumer_lag_batches\{consumer="(\w+)"\} (\d+)/gm))
    if (n !== '0') busy.push(`${consumer} is ${n} batches behind`);
  for (const state of ['queued', 'submitting', 'submitted']) {
    const { items } = await api.get(`/api/messages?state=${state}&limit=1`);
    if (items.length > 0) busy.push(`a message is ${state}`);
  }
  if ((await importer.open()) > 0) busy.push('an import runs');
  const told = new Map<string, number>();
  for (const { event, count } of (await api.get('/api/catalog/events')).items) told.set(event, (told.get(event) ?? 0) + count);
  if ((told.get('Friend Added') ?? 0) < platform.friends.length) busy.push('a new friend is not heard of yet');
  const { byState } = await api.get('/api/messages/summary?days=2');
  const sent = byState.sent ?? 0;
  if ((told.get('Message Sent') ?? 0) < sent) busy.push('a sent message is not told as an event yet');
  if (platform.pending() > 0) busy.push('staff have something to confirm');
  return busy;
}
