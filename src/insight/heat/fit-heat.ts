import { Worker } from 'node:worker_threads';
import { iso } from '../period.ts';
import type { ModelDeps } from '../value/deps.ts';
import { decayOf } from './decay.ts';
import { aheadDays, columnCount, featureCount, featuresSql } from './features-sql.ts';
import { type HeatFit, least } from './heat-fit.ts';
import type { HeatSettings } from './schema.ts';
import { nextHeatFit, saveHeatFit } from './store.ts';
import type { Trained, Training } from './train.ts';

const mostWeeks = 26;
const mostRows = 300_000;
const day = 86_400_000;

type Progress = (p: { done: number; total: number }) => Promise<void>;

/** Fits the chance of an order within a week to the weeks that lie behind. */
export async function fitHeat(deps: ModelDeps, workspaceNo: number, settings: HeatSettings, progress: Progress): Promise<HeatFit> {
  const { ch, clock, pg } = deps;
  const asOf = clock.ms() + 1;
  const no = await nextHeatFit(pg, workspaceNo);
  const source = (columns?: readonly string[], people?: readonly number[]) => deps.source(workspaceNo, columns, people);
  const [size] = await ch.query<{ people: number; first: number }>(
    `SELECT uniq(person_no) AS people, toUnixTimestamp64Milli(min(time)) AS first FROM ${source()}
     WHERE event = 'Order Completed' AND time >= toDateTime64('1971-01-01 00:00:00', 3, 'UTC')`,
  );
  const weeks = size && size.people > 0 ? Math.min(mostWeeks, Math.floor((asOf - size.first - 28 * day) / (aheadDays * day))) : 0;
  const laterWeeks = Math.max(1, Math.floor(weeks / 4));
  const perMille = Math.min(1000, Math.max(1, Math.floor((mostRows * 1000) / Math.max(1, weeks * (size?.people ?? 1) * 2))));
  const { intents } = settings;
  const width = columnCount(intents);
  const parts: Buffer[] = [];
  let later = 0;
  let rows = 0;
  // The earliest week first: the later ones come last.
  for (let k = weeks; k >= 1; k--) {
    const at = asOf - k * aheadDays * day;
    const part = await ch.bytes(
      `SELECT label, features FROM (${featuresSql({ source, intents, at, labelled: true, perMille })})`,
      'RowBinary',
    );
    if (k === laterWeeks) later = rows;
    rows += part.length / stride(width);
    parts.push(part);
    await progress({ done: weeks - k + 1, total: weeks + 2 });
  }
  const { features, labels } = unpack(parts, rows, width);
  const count = (list: Uint8Array) => list.reduce((a, b) => a + b, 0);
  const orders = count(labels);
  const laterOrders = count(labels.subarray(later));
  const ready = weeks >= least.weeks && orders >= least.orders && laterOrders >= least.laterOrders;
  const trained = ready
    ? await trainAway({ width, columns: featureCount(intents), penalty: settings.penalty, features, labels, later })
    : undefined;
  await progress({ done: weeks + 1, total: weeks + 2 });
  const ago = (of: (row: number) => number) => Float32Array.from(labels, (_, i) => of(i * width));
  const first = featureCount(intents);
  const lastIntent = ago((at) => intents.reduce((least, _, i) => nearer(least, features[at + first + 2 * i]!), -1));
  const lastOrder = ago((at) => features[at + width - 3]!);
  const fit: HeatFit = {
    ...{ no, asOf: iso(asOf), settings, state: ready ? 'ready' : 'thin', least, weeks, laterWeeks, rows, orders, laterOrders, perMille },
    base: trained?.base ?? (rows > 0 ? orders / rows : 0),
    model: trained?.model ?? null,
    quality: trained?.quality ?? null,
    decay: { intents: decayOf(lastIntent, labels), orders: decayOf(lastOrder, labels) },
  };
  await saveHeatFit(pg, workspaceNo, fit);
  await progress({ done: weeks + 2, total: weeks + 2 });
  return fit;
}

const nearer = (a: number, b: number): number => (a < 0 ? b : b < 0 ? a : Math.min(a, b));

/** A label, the length of the list (one byte: below 128), the list. */
const stride = (width: number): number => 2 + 4 * width;

function unpack(parts: readonly Buffer[], rows: number, width: number) {
  const features = new Float32Array(rows * width);
  const labels = new Uint8Array(rows);
  let row = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += stride(width)) {
      labels[row] = part[at]!;
      for (let j = 0; j < width; j++) features[row * width + j] = part.readFloatLE(at + 2 + 4 * j);
      row += 1;
    }
  }
  return { features, labels };
}

/** On a thread of its own: seconds of arithmetic would keep everyone else waiting. */
function trainAway(training: Training): Promise<Trained> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./train-worker.ts', import.meta.url), { workerData: training });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => code !== 0 && reject(new Error(`the fit ended with ${code}`)));
  });
}
