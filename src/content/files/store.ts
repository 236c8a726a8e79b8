import { createReadStream, mkdirSync } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** Where the bytes of files lie. Names are ours: nothing that a caller sends is part of a path. */
export interface FileStore {
  /** A folder of its own for what is still coming in; `done` takes it away with all in it. */
  incoming(): Promise<{ dir: string; done(): Promise<void> }>;
  /** Moves a file that has come in to its place. */
  keep(workspaceNo: number, name: string, from: string): Promise<void>;
  read(workspaceNo: number, name: string, range?: { start: number; end: number }): Readable;
  has(workspaceNo: number, name: string): Promise<boolean>;
}

const safe = /^[\w-]+(\.[\w]+)?$/;

/** A folder of this machine. */
export function folderStore(dir: string): FileStore {
  const incoming = join(dir, 'incoming');
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  const folderOf = (workspaceNo: number, name: string): string => {
    if (!safe.test(name)) throw new Error('a file of the store has another name');
    return join(dir, String(workspaceNo), name.slice(-2).replace(/[^\w-]/g, '_'));
  };
  const place = (workspaceNo: number, name: string): string => join(folderOf(workspaceNo, name), name);
  return {
    incoming: async () => {
      const own = await mkdtemp(join(incoming, 'file-'));
      return { dir: own, done: () => rm(own, { recursive: true, force: true }) };
    },
    keep: async (workspaceNo, name, from) => {
      mkdirSync(folderOf(workspaceNo, name), { recursive: true, mode: 0o700 });
      await rename(from, place(workspaceNo, name));
    },
    read: (workspaceNo, name, range) => createReadStream(place(workspaceNo, name), range),
    has: (workspaceNo, name) =>
      stat(place(workspaceNo, name)).then(
        (found) => found.isFile(),
        () => false,
      ),
  };
}
