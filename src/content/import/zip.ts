import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { badInput } from '../../base/index.ts';

const mostEntries = 2_000;
/** Unpacked, in all: more was made to fill a disk. */
const mostBytes = 2_000_000_000;
const pictures = /\.(png|jpe?g|gif|webp)$/i;

export interface ZipPicture {
  /** As it is called in the archive, with its folders. */
  name: string;
  open(): Promise<Readable>;
}

/** The pictures of an archive, by name. Folders, notes of the system that packed it and anything else are passed over. */
export async function picturesOfZip(path: string): Promise<{ pictures: ZipPicture[]; close(): void }> {
  const refuse = (reason: string) => badInput([{ field: 'pictures', reason }]);
  const zip = await (promisify(yauzl.open) as (path: string, options: yauzl.Options) => Promise<ZipFile>)(path, {
    ...{ lazyEntries: true, autoClose: false, validateEntrySizes: true, decodeStrings: false },
  }).catch(() => {
    throw refuse('is no zip, or one that breaks off; pack the pictures again');
  });
  const open = promisify(zip.openReadStream.bind(zip)) as (entry: Entry) => Promise<Readable>;
  const found: ZipPicture[] = [];
  try {
    let bytes = 0;
    await new Promise<void>((done, failed) => {
      zip.on('entry', (entry: Entry) => {
        const name = nameOf(entry);
        if (pictures.test(name) && !/(^|\/)(__MACOSX\/|\._)/.test(name)) {
          bytes += entry.uncompressedSize;
          found.push({ name, open: () => open(entry) });
        }
        if (found.length > mostEntries) return failed(refuse(`holds more than ${mostEntries} pictures; send them in several`));
        if (bytes > mostBytes) return failed(refuse('unpacks to more than 2 GB; send it in several'));
        zip.readEntry();
      });
      zip.on('end', () => done());
      zip.on('error', () => failed(refuse('is no zip, or one that breaks off; pack the pictures again')));
      zip.readEntry();
    });
    return { pictures: found, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** Names are UTF-8 where the archive says so; Chinese Windows packs them otherwise and says nothing. */
function nameOf(entry: Entry): string {
  const raw = entry.fileName as unknown as Buffer;
  if (entry.generalPurposeBitFlag & 0x800) return raw.toString('utf8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    return new TextDecoder('gb18030').decode(raw);
  }
}
