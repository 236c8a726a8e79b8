import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { problem } from '../../../base/index.ts';
import type { Painted, Wanted } from './wanted.ts';

/** More than so many people wait for a picture: whoever comes then is asked to come again. */
const mostWaiting = 200;
/** A picture takes a tenth of a second; a thread that is silent for so long has broken down. */
const longestMs = 60_000;

interface Task {
  wanted: Wanted;
  done(painted: Painted): void;
  failed(error: Error): void;
}
interface Seat {
  worker: Worker;
  task: Task | undefined;
  timer?: NodeJS.Timeout;
}

/** Threads that draw, so that nobody else has to wait for a picture. They are started when there is something to draw. */
export function createPainters(threads = Math.max(1, Math.min(4, availableParallelism() - 1))) {
  const seats: Seat[] = [];
  const soon: Task[] = [];
  const patient: Task[] = [];
  let n = 0;
  let stopped = false;

  const open = (): Seat => {
    const seat: Seat = { worker: new Worker(new URL('./worker.ts', import.meta.url)), task: undefined };
    seat.worker.unref();
    seat.worker.on('message', (answer: { painted: Painted } | { failed: string }) => {
      const { task } = seat;
      free(seat);
      if ('painted' in answer) task?.done(answer.painted);
      else task?.failed(new Error(answer.failed));
      next();
    });
    const broken = (error: Error): void => {
      const at = seats.indexOf(seat);
      if (at < 0) return;
      seats.splice(at, 1);
      const { task } = seat;
      free(seat);
      task?.failed(error);
      void seat.worker.terminate();
      if (!stopped) next();
    };
    seat.worker.on('error', broken);
    seat.worker.on('exit', () => broken(new Error('a thread that draws has ended')));
    seats.push(seat);
    return seat;
  };
  const free = (seat: Seat): void => {
    clearTimeout(seat.timer);
    seat.task = undefined;
    seat.worker.unref();
  };
  const next = (): void => {
    while (soon.length > 0 || patient.length > 0) {
      const seat = seats.find((one) => !one.task) ?? (seats.length < threads ? open() : undefined);
      if (!seat) return;
      const task = (soon.shift() ?? patient.shift())!;
      seat.task = task;
      seat.worker.ref();
      seat.timer = setTimeout(() => seat.worker.emit('error', new Error('a picture took too long')), longestMs);
      seat.worker.postMessage({ id: n++, wanted: task.wanted });
    }
  };

  return {
    threads,
    /** `patiently`: whenever nobody who waits for a picture has to wait longer for it. */
    paint: (wanted: Wanted, patiently = false): Promise<Painted> =>
      new Promise((done, failed) => {
        if (!patiently && soon.length >= mostWaiting) {
          failed(problem(503, 'Too many pictures are being made', { detail: 'Try again in a few seconds.', code: 'busy' }));
          return;
        }
        (patiently ? patient : soon).push({ wanted, done, failed });
        next();
      }),
    stop: async (): Promise<void> => {
      stopped = true;
      for (const task of [...soon.splice(0), ...patient.splice(0)]) task.failed(new Error('the program is ending'));
      await Promise.all(seats.splice(0).map((seat) => seat.worker.terminate()));
    },
  };
}
export type Painters = ReturnType<typeof createPainters>;
