import { parentPort, workerData } from 'node:worker_threads';
import { type Training, train } from './train.ts';

parentPort?.postMessage(train(workerData as Training));
