import { Worker } from 'node:worker_threads';
import type { Chosen, Work } from './choose.ts';

/** Chooses a model on a thread of its own: seconds of arithmetic would keep everyone else waiting. */
export function chooseAway(work: Work): Promise<Chosen> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./away-worker.ts', import.meta.url), { workerData: work });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => code !== 0 && reject(new Error(`the fit ended with ${code}`)));
  });
}
