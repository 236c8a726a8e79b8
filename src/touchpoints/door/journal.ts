import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsync, mkdirSync, openSync, readdirSync, unlinkSync, write } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log, lockFolder } from '../../base/index.ts';

/** One scan. Letters, digits and `-_:` alone, so that it is written down as it stands. */
export interface Mark {
  /** Of the event that it becomes: a line that is read twice is one event. */
  id: string;
  ms: number;
  visitor: string;
}
/** What all scans of a door have in common. */
export interface Common {
  ws: number;
  event: string;
  carrier: string;
  properties: Record<string, unknown>;
}
/** A scan as it is kept until it is an event. */
export type Line = Mark & Common;

/** Put into text once for many scans. */
export const commonText = (common: Common): string => JSON.stringify(common).slice(1);

/** A file is closed, and made into events, at this size or after this time. */
const mostBytes = 4_000_000;
const turnMs = 1_000;
/** So many lines become events at a time: no step holds the thread for long, and the engine's parts are not too small. */
const landedAtOnce = 2_000;
const readAtOnce = 128 * 1024;
/** Doors were busy so shortly ago: making events rests as long as it worked, so that people who scan are answered first. */
const busyMs = 20;

/**
 * Where scans wait to become events. A door answers when its line is in the file, many lines to a write, so that a process that is killed has lost
 * no scan that it answered; what a power cut may take is the last second, by which the files are forced to the disk. Each process has a folder of
 * its own; those that dead ones left behind are taken up at the next start.
 */
export function createJournal(deps: { dir: string; log: Log; land(lines: Line[]): Promise<void> }) {
  const { dir, log } = deps;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const own = claim(dir);
  let serial = 0;
  let file: { fd: number; path: string; bytes: number } | undefined;
  let waiting: { text: string; done: () => void; failed: (error: Error) => void }[] = [];
  let writing = false;
  let due = false;
  let lastMs = 0;
  let landing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  const closed: string[] = [...own.left];

  const current = () => {
    if (!file) {
      serial += 1;
      const path = join(own.dir, `${String(serial).padStart(12, '0')}-${randomBytes(4).toString('hex')}.jsonl`);
      file = { fd: openSync(path, 'a', 0o600), path, bytes: 0 };
    }
    return file;
  };
  /** All lines that gathered while the last were written go in one write. */
  const pump = (): void => {
    due = false;
    if (writing || waiting.length === 0) return;
    writing = true;
    const some = waiting;
    waiting = [];
    const to = current();
    const bytes = Buffer.from(some.map((w) => w.text).join(''));
    const ended = (error: Error | null): void => {
      writing = false;
      to.bytes += bytes.length;
      for (const one of some) error ? one.failed(error) : one.done();
      if (error || to.bytes > mostBytes) turn();
      soon();
    };
    const rest = (from: number): void =>
      write(to.fd, bytes, from, bytes.length - from, null, (error, n) =>
        error || from + n >= bytes.length ? ended(error) : rest(from + n),
      );
    rest(0);
  };
  /** Whoever comes within the same millisecond goes in the same write. */
  const soon = (): void => {
    if (due || writing || waiting.length === 0) return;
    due = true;
    setTimeout(pump, 1);
  };
  /** Closes the file; its lines are made events next. */
  const turn = (): void => {
    if (writing || !file) return;
    const { fd, path } = file;
    file = undefined;
    closed.push(path);
    fsync(fd, () => closeSync(fd));
  };
  const land = (): Promise<void> => {
    turn();
    landing = landing.then(async () => {
      while (closed.length > 0) {
        const path = closed[0]!;
        await landFile(path, async (lines) => {
          const began = performance.now();
          await deps.land(lines);
          const worked = performance.now() - began;
          if (!stopping && performance.now() - lastMs < busyMs) await new Promise((next) => setTimeout(next, worked));
        });
        unlinkSync(path);
        closed.shift();
      }
    });
    const done = landing;
    // What could not be landed stays in its file and is tried again.
    landing = landing.catch((error: unknown) => log.error({ err: error }, 'scans could not be made events; they are tried again'));
    return done;
  };

  return {
    /** Resolves when the line would survive the end of this process. */
    add: (mark: Mark, common: string): Promise<void> =>
      new Promise((done, failed) => {
        lastMs = performance.now();
        waiting.push({
          text: `{"id":"${mark.id}","ms":${mark.ms},"visitor":"${mark.visitor}",${common}\n`,
          done,
          failed,
        });
        soon();
      }),
    start: (): void => {
      let idle = true;
      timer = setInterval(() => {
        if (!idle) return;
        idle = false;
        void land()
          .catch(() => {})
          .finally(() => {
            idle = true;
          });
      }, turnMs).unref();
    },
    /** Makes events of all that is written so far. */
    flush: async (): Promise<void> => {
      while (writing || waiting.length > 0) await new Promise((next) => setTimeout(next, 1));
      await land();
    },
    stop: async (): Promise<void> => {
      clearInterval(timer);
      stopping = true;
      while (writing || waiting.length > 0) await new Promise((next) => setTimeout(next, 1));
      await land().catch(() => {});
      own.release();
    },
  };
}
export type Journal = ReturnType<typeof createJournal>;

/** A folder that no living process has, and the files of the dead. */
function claim(dir: string): { dir: string; left: string[]; release(): void } {
  let own: { dir: string; release(): void } | undefined;
  const left: string[] = [];
  for (let n = 0; n < 1_000; n++) {
    const place = join(dir, String(n));
    if (own && !existsSync(place)) break;
    try {
      const lock = lockFolder(place);
      for (const name of readdirSync(place)
        .filter((f) => f.endsWith('.jsonl'))
        .sort())
        left.push(join(place, name));
      if (own) lock.release();
      else own = { dir: place, release: lock.release };
    } catch {
      // Another process lives there.
    }
  }
  if (!own) throw new Error(`no folder for scans is free in ${dir}`);
  return { ...own, left };
}

async function landFile(path: string, land: (lines: Line[]) => Promise<void>): Promise<void> {
  if (!existsSync(path)) return;
  const file = await open(path);
  try {
    let lines: Line[] = [];
    for await (const texts of linesOf(file)) {
      for (const text of texts) {
        const line = parse(text);
        if (line) lines.push(line);
      }
      if (lines.length < landedAtOnce) continue;
      await land(lines);
      lines = [];
    }
    if (lines.length > 0) await land(lines);
  } finally {
    await file.close();
  }
}

/** A piece at a time: some hundred lines, and then others have their turn. */
async function* linesOf(file: FileHandle): AsyncGenerator<string[]> {
  const bytes = Buffer.allocUnsafe(readAtOnce);
  let rest = Buffer.alloc(0);
  for (;;) {
    const { bytesRead } = await file.read(bytes, 0, readAtOnce, null);
    if (bytesRead === 0) return;
    const all = Buffer.concat([rest, bytes.subarray(0, bytesRead)]);
    const end = all.lastIndexOf(10);
    rest = all.subarray(end + 1);
    if (end > 0) yield all.toString('utf8', 0, end).split('\n');
  }
}

/** A line that a killed process did not end was not answered either. */
function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
