import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Pictures that nobody asked for in so many days are made again when somebody does. */
const keptDays = 45;

/**
 * Where finished pictures lie. All that shows one person is in one folder, so that it goes with them: a name stands in a poster as dots, where no
 * search would find it.
 */
export function createShelf(dir: string) {
  const peopleDir = (ws: number) => join(dir, 'people', String(ws));
  const personDir = (ws: number, person: number) => join(peopleDir(ws), String(person));
  const there = (path: string): Promise<boolean> =>
    stat(path).then(
      () => true,
      () => false,
    );
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const part = `${path}.${randomBytes(4).toString('hex')}.part`;
    await writeFile(part, bytes, { mode: 0o600 });
    await rename(part, path);
  };
  return {
    there,
    write,
    ofPerson: (ws: number, person: number, name: string): string => join(personDir(ws, person), name),
    ofAll: (ws: number, name: string): string => join(dir, 'common', String(ws), name),
    /** Earlier pictures of the same poster are of no use any more. */
    replace: async (path: string, bytes: Uint8Array, prefix: string): Promise<void> => {
      await write(path, bytes);
      const folder = dirname(path);
      for (const name of await readdir(folder).catch(() => []))
        if (name.startsWith(prefix) && join(folder, name) !== path) await unlink(join(folder, name)).catch(() => {});
    },
    /** Takes away all that shows these people; says how many folders there were. */
    forget: async (ws: number, people: readonly number[]): Promise<number> => {
      let gone = 0;
      for (const person of people) {
        if (!(await there(personDir(ws, person)))) continue;
        await rm(personDir(ws, person), { recursive: true, force: true });
        gone += 1;
      }
      return gone;
    },
    /** Once in a while: what is old goes. */
    sweep: async (ws: number, nowMs: number): Promise<void> => {
      for (const person of await readdir(peopleDir(ws)).catch(() => [])) {
        const folder = join(peopleDir(ws), person);
        for (const name of await readdir(folder).catch(() => [])) {
          const path = join(folder, name);
          const found = await stat(path).catch(() => undefined);
          if (found && nowMs - found.mtimeMs > keptDays * 86_400_000) await unlink(path).catch(() => {});
        }
      }
    },
  };
}
export type Shelf = ReturnType<typeof createShelf>;

export const digest = (value: unknown): string =>
  createHash('sha256')
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('base64url')
    .slice(0, 24);
