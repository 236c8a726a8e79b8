import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Keeps the process small while millions of rows pass through it. V8 lets the heap grow to several times of what lives before it looks for
 * garbage, the more so on a large machine, and before its first look it waits for hundreds of megabytes: so it is told to look when the heap has grown
 * by a fifth, and looks once at the end of the start.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
