import sharp from 'sharp';
import { createGuardedHttp } from '../../base/index.ts';
import { digest, type Shelf } from './shelf.ts';

const side = 320;
const mostBytes = 3_000_000;
const mostPixels = 20_000_000;
/** Whoever waits for a poster waits so long for the picture of a person; it goes on coming in for the next time. */
const patienceMs = 600;
const longestMs = 8_000;
/** An address that gave nothing is asked again after so long. */
const restMs = 600_000;
const formats = new Set(['jpeg', 'png', 'webp', 'gif']);

/** Pictures of people, from addresses that others gave us: only public ones, only real pictures, never for long. */
export function createAvatars(deps: {
  shelf: Shelf;
  allow: readonly string[];
  now(): number;
  /** Something that shows a person was written: whoever went meanwhile leaves nothing behind. */
  written(ws: number, person: number): Promise<void>;
}) {
  const { shelf } = deps;
  const http = createGuardedHttp({ allow: deps.allow });
  const coming = new Map<string, Promise<string | undefined>>();
  const resting = new Map<string, number>();

  const take = async (ws: number, person: number, address: string, path: string): Promise<string | undefined> => {
    const answer = await http.to(new URL(address), { method: 'GET', timeoutMs: longestMs, mostBytes })({ accept: 'image/*' });
    if ('error' in answer || answer.status !== 200 || answer.cut) return undefined;
    const image = sharp(answer.body, { limitInputPixels: mostPixels });
    if (!formats.has((await image.metadata()).format ?? '')) return undefined;
    await shelf.write(
      path,
      await image.autoOrient().flatten({ background: '#fff' }).resize(side, side, { fit: 'cover' }).webp({ quality: 88 }).toBuffer(),
    );
    await deps.written(ws, person);
    return path;
  };

  return {
    /** The file of somebody's picture. `late`: it may come yet. */
    of: async (ws: number, person: number, address: unknown, patiently = false): Promise<{ file?: string; late: boolean }> => {
      if (typeof address !== 'string' || !/^https?:\/\//.test(address) || address.length > 1000) return { late: false };
      const path = shelf.ofPerson(ws, person, `avatar-${digest(address)}.webp`);
      if (await shelf.there(path)) return { file: path, late: false };
      if ((resting.get(path) ?? 0) > deps.now()) return { late: false };
      let work = coming.get(path);
      if (!work) {
        work = take(ws, person, address, path)
          .catch(() => undefined)
          .then((file) => {
            if (!file) {
              if (resting.size > 10_000) resting.clear();
              resting.set(path, deps.now() + restMs);
            }
            return file;
          })
          .finally(() => coming.delete(path));
        coming.set(path, work);
      }
      const file = await Promise.race([
        work,
        new Promise<'late'>((done) => setTimeout(done, patiently ? longestMs : patienceMs, 'late').unref()),
      ]);
      return file === 'late' ? { late: true } : file ? { file, late: false } : { late: false };
    },
  };
}
export type Avatars = ReturnType<typeof createAvatars>;
