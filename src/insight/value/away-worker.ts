import { parentPort, workerData } from 'node:worker_threads';
import { choose, type Work } from './choose.ts';

parentPort?.postMessage(choose(workerData as Work));
