import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import type { Files } from '../files/files.ts';
import type { PosterDoc } from './schema.ts';
import { digest, type Shelf } from './shelf.ts';

const mostPixels = 60_000_000;

/** Pictures of the library in the size in which a poster shows them: made once, for everybody. */
export function createMaterial(deps: { shelf: Shelf; files: Pick<Files, 'some' | 'get'> }) {
  const { shelf, files } = deps;
  const coming = new Map<string, Promise<void>>();
  const sized = async (ws: number, id: string, width: number, height: number): Promise<string> => {
    const path = shelf.ofAll(ws, `${id}-${width}x${height}.webp`);
    if (await shelf.there(path)) return path;
    let work = coming.get(path);
    if (!work) {
      work = (async () => {
        const bytes = await buffer((await files.get(id)).open());
        await shelf.write(
          path,
          await sharp(bytes, { limitInputPixels: mostPixels })
            .autoOrient()
            .resize(width, height, { fit: 'cover' })
            .webp({ quality: 92 })
            .toBuffer(),
        );
      })().finally(() => coming.delete(path));
      coming.set(path, work);
    }
    await work;
    return path;
  };
  return {
    /** The files of a poster's pictures, by layer; those that are gone are left out. */
    pictures: async (ws: number, doc: PosterDoc): Promise<Record<string, string>> => {
      const wanted = [
        { id: '', file: doc.background.file, width: doc.width, height: doc.height },
        ...doc.layers.flatMap((l) =>
          l.type === 'picture' ? [{ id: l.id, file: l.file, width: Math.ceil(l.width), height: Math.ceil(l.height) }] : [],
        ),
      ].flatMap((one) => (one.file ? [{ ...one, file: one.file }] : []));
      const found = await files.some(
        ws,
        wanted.map((one) => one.file),
      );
      const made = await Promise.all(
        wanted
          .filter((one) => found.get(one.file)?.kind === 'image')
          .map(async (one) => [one.id, await sized(ws, one.file, one.width, one.height)]),
      );
      return Object.fromEntries(made) as Record<string, string>;
    },
    /** A picture that we were handed: a logo, the code of a mini program. `person`: it is theirs. */
    kept: async (ws: number, bytes: Buffer, person?: number): Promise<string> => {
      const name = `given-${digest(bytes.toString('base64'))}.png`;
      const path = person === undefined ? shelf.ofAll(ws, name) : shelf.ofPerson(ws, person, name);
      if (!(await shelf.there(path)))
        await shelf.write(
          path,
          await sharp(bytes, { limitInputPixels: mostPixels })
            .resize(600, 600, { fit: 'inside', withoutEnlargement: true })
            .png()
            .toBuffer(),
        );
      return path;
    },
  };
}
export type Material = ReturnType<typeof createMaterial>;
