import { parentPort } from 'node:worker_threads';
import { openFonts } from './fonts.ts';
import { paint } from './paint.ts';
import type { Wanted } from './wanted.ts';

openFonts();
parentPort?.on('message', ({ id, wanted }: { id: number; wanted: Wanted }) => {
  paint(wanted).then(
    (painted) => parentPort?.postMessage({ id, painted }),
    (error: Error) => parentPort?.postMessage({ id, failed: error.message }),
  );
});
