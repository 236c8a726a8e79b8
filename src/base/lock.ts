import { closeSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** When the process with this number was started, in a form that differs when the number is used again; null when it is not running. */
function birthOf(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return fields[19] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

/**
 * Takes a data folder for this process. A lock left behind by a killed process is taken over at once;
 * a living holder is an error that names it.
 */
export function lockFolder(dir: string): { release(): void } {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'yutang.lock');
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const fd = openSync(file, 'wx');
      writeSync(fd, JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) }));
      closeSync(fd);
      return {
        release: () => {
          try {
            unlinkSync(file);
          } catch {
            // Already gone: nothing is held any more.
          }
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readHolder(file);
      if (holder && birthOf(holder.pid) !== null && (holder.birth === 'unknown' || birthOf(holder.pid) === holder.birth)) {
        throw new Error(`The data folder ${dir} is in use by process ${holder.pid}. Stop it first, or set YUTANG_DATA to another folder.`);
      }
      unlinkSync(file);
    }
  }
  throw new Error(`The data folder ${dir} is being taken by another process at this moment.`);
}

function readHolder(file: string): { pid: number; birth: string } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { pid: number; birth: string };
  } catch {
    return null;
  }
}
