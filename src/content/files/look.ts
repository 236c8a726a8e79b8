import { fileTypeFromFile } from 'file-type';
import { parseFile } from 'music-metadata';
import sharp from 'sharp';
import { badInput } from '../../base/index.ts';

export type FileKind = 'image' | 'video' | 'audio';

/** What is taken in, by what the bytes are and not by what they are called; and how much of each. */
const taken: Record<FileKind, { most: number; mimes: readonly string[] }> = {
  image: { most: 20_000_000, mimes: ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] },
  video: { most: 500_000_000, mimes: ['video/mp4', 'video/webm', 'video/quicktime', 'video/x-m4v'] },
  audio: {
    most: 100_000_000,
    mimes: ['audio/mpeg', 'audio/mp4', 'audio/x-m4a', 'audio/aac', 'audio/wav', 'audio/ogg', 'audio/amr', 'audio/flac'],
  },
};
export const mostBytes = Math.max(...Object.values(taken).map((one) => one.most));
/** A small file can unfold into a picture that fills the memory. */
const mostPixels = 60_000_000;

export interface Look {
  kind: FileKind;
  mime: string;
  width: number | null;
  height: number | null;
  durationMs: number | null;
  /** How a picture looks, as 64 bits: pictures that look alike differ in few of them. Null where there is nothing to see. */
  looks: string | null;
}

/** What a file is. 400 for what is not taken in, with the reason. */
export async function lookAt(path: string, bytes: number): Promise<Look> {
  const mime = (await fileTypeFromFile(path).catch(() => undefined))?.mime.split(';')[0]?.trim();
  const kind = (Object.keys(taken) as FileKind[]).find((one) => mime && taken[one].mimes.includes(mime));
  if (!mime || !kind)
    throw badInput([
      { field: 'file', reason: 'must be a picture (PNG, JPEG, GIF, WebP), a film (MP4, WebM, MOV) or a sound (MP3, M4A, WAV, OGG, AMR)' },
    ]);
  if (bytes > taken[kind].most)
    throw badInput([
      { field: 'file', reason: `has ${(bytes / 1_000_000).toFixed(1)} MB; of this kind at most ${taken[kind].most / 1_000_000} MB` },
    ]);
  if (kind === 'image') return { kind, mime, durationMs: null, ...(await pictureOf(path)) };
  const seconds = await parseFile(path, { duration: true, skipCovers: true }).then(
    (found) => found.format.duration,
    () => undefined,
  );
  return { kind, mime, width: null, height: null, durationMs: seconds === undefined ? null : Math.round(seconds * 1000), looks: null };
}

async function pictureOf(path: string): Promise<Pick<Look, 'width' | 'height' | 'looks'>> {
  try {
    const { width, height, autoOrient } = await sharp(path, { limitInputPixels: mostPixels }).metadata();
    const grey = await sharp(path, { limitInputPixels: mostPixels })
      .autoOrient()
      .flatten({ background: '#fff' })
      .greyscale()
      .resize(9, 8, { fit: 'fill' })
      .raw()
      .toBuffer();
    return { width: autoOrient?.width ?? width, height: autoOrient?.height ?? height, looks: bitsOf(grey) };
  } catch {
    throw badInput([{ field: 'file', reason: 'begins like a picture and cannot be read as one; save it again and send that' }]);
  }
}

/** Whether each point is brighter than the one to its right (dHash). */
function bitsOf(grey: Buffer): string | null {
  const [least, most] = grey.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [255, 0]);
  if (most - least < 8) return null;
  let bits = '';
  for (let y = 0; y < 8; y++) for (let x = 0; x < 8; x++) bits += grey[y * 9 + x]! > grey[y * 9 + x + 1]! ? '1' : '0';
  return bits;
}

/** A small picture for lists. */
export const makeThumb = (path: string, to: string): Promise<unknown> =>
  sharp(path, { limitInputPixels: mostPixels })
    .autoOrient()
    .resize(480, 480, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 76 })
    .toFile(to);

/** What a chat platform takes: JPEG of at most this many bytes. */
const chatLimit = 2_000_000;
export async function forChat(mime: string, bytes: Buffer): Promise<{ mime: string; bytes: Buffer }> {
  if ((mime === 'image/png' || mime === 'image/jpeg') && bytes.length <= chatLimit) return { mime, bytes };
  for (const side of [1600, 1080, 720]) {
    const made = await sharp(bytes, { limitInputPixels: mostPixels })
      .autoOrient()
      .flatten({ background: '#fff' })
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 82 })
      .toBuffer();
    if (made.length <= chatLimit) return { mime: 'image/jpeg', bytes: made };
  }
  throw badInput([{ field: 'picture', reason: 'cannot be made small enough for a chat' }]);
}
