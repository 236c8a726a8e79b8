import { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { badInput, openSealed, type SealedPlace } from '../../../base/index.ts';

/** A workbook is a zip. It is read part by part, and no part may unpack to more than the limits. */
export interface Zip {
  has(name: string): boolean;
  /** Bytes of a part when unpacked. */
  size(name: string): number;
  open(name: string): Promise<Readable>;
  close(): void;
}

const mostParts = 5000;
const mostBytes = 8 * 1024 ** 3;
/** Sheets pack well, but not like this: beyond it the part was made to fill a disk or a processor. */
const mostRatio = 250;
const harmless = 64 * 1024 ** 2;

export const refuseFile = (reason: string) => badInput([{ field: 'file', reason }]);

/** A sealed file, opened piece by piece as the zip asks for it. */
class SealedReader extends yauzl.RandomAccessReader {
  readonly #file: Awaited<ReturnType<typeof openSealed>>;

  constructor(file: Awaited<ReturnType<typeof openSealed>>) {
    super();
    this.#file = file;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#file.read(start, end), { objectMode: false });
  }

  override close(done: (error: Error | null) => void): void {
    this.#file.close().then(() => done(null), done);
  }
}

export async function openZip(place: SealedPlace): Promise<Zip> {
  const sealed = await openSealed(place);
  const file = await new Promise<ZipFile>((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true };
    yauzl.fromRandomAccessReader(new SealedReader(sealed), sealed.size, options, (error, zip) => {
      if (!error) return resolve(zip);
      const refused = refuseFile('is a zip that breaks off or is damaged; save the workbook again');
      sealed.close().then(() => reject(refused), reject);
    });
  });
  const parts = new Map<string, Entry>();
  try {
    await readDirectory(file, parts);
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    has: (name) => parts.has(name),
    size: (name) => parts.get(name)?.uncompressedSize ?? 0,
    open: (name) =>
      new Promise((resolve, reject) => {
        const entry = parts.get(name);
        if (!entry) return reject(refuseFile(`is a workbook without its part ${name}`));
        file.openReadStream(entry, (error, stream) =>
          error ? reject(refuseFile('is a workbook that is damaged or has a password')) : resolve(stream),
        );
      }),
    close: () => file.close(),
  };
}

function readDirectory(file: ZipFile, parts: Map<string, Entry>): Promise<void> {
  return new Promise((resolve, reject) => {
    file.on('error', () => reject(refuseFile('is a zip that is damaged; save the workbook again')));
    file.on('end', () => resolve());
    file.on('entry', (entry: Entry) => {
      const { uncompressedSize: size, compressedSize: packed } = entry;
      if (parts.size >= mostParts) return reject(refuseFile(`is a zip of more than ${mostParts} parts; that is no workbook`));
      if (size > mostBytes || (size > harmless && size > packed * mostRatio))
        return reject(refuseFile('unpacks to far more than a workbook holds; save the sheet as CSV and send that'));
      parts.set(entry.fileName, entry);
      file.readEntry();
    });
    file.readEntry();
  });
}
