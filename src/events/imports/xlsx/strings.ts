import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { newDataKey, openText, sealText } from '../../../base/index.ts';
import { readXml } from './xml.ts';
import { refuseFile, type Zip } from './zip.ts';

/** The texts of a workbook, which its cells name by number. They lie on disk in blocks, sealed under a key that nobody keeps; only the blocks last used are in memory. */
export interface SharedStrings {
  get(at: number): string | undefined;
  close(): void;
}

const inBlock = 256;
const blocksInMemory = 400;
const mostStrings = 20_000_000;

export async function readSharedStrings(zip: Zip, part: string, scratch: string): Promise<SharedStrings> {
  const fd = openSync(scratch, 'w+', 0o600);
  const close = () => {
    closeSync(fd);
    rmSync(scratch, { force: true });
  };
  const key = newDataKey();
  const starts: number[] = [0];
  let block: string[] = [];
  let count = 0;
  let length = 0;
  const flush = () => {
    length += writeSync(fd, sealText(key, JSON.stringify(block), String(starts.length - 1)));
    starts.push(length);
    block = [];
  };
  let text = '';
  let inText = false;
  let aside = false;
  try {
    if (zip.has(part)) {
      const handlers = {
        open: (name: string) => {
          if (name === 'si') text = '';
          else if (name === 'rPh') aside = true;
          else if (name === 't') inText = !aside;
        },
        text: (piece: string) => {
          if (inText) text += piece;
        },
        close: (name: string) => {
          if (name === 't') inText = false;
          else if (name === 'rPh') aside = false;
          else if (name === 'si') {
            count += 1;
            if (count > mostStrings) throw refuseFile('is a workbook with more than 20 million texts; save the sheet as CSV');
            block.push(withoutEscapes(text));
            if (block.length === inBlock) flush();
          }
        },
      };
      for await (const _ of readXml(await zip.open(part), handlers));
    }
    flush();
  } catch (error) {
    close();
    throw error;
  }
  const recent = new Map<number, string[]>();
  const load = (at: number): string[] => {
    const found = recent.get(at);
    if (found) {
      recent.delete(at);
      recent.set(at, found);
      return found;
    }
    const bytes = Buffer.alloc(starts[at + 1]! - starts[at]!);
    readSync(fd, bytes, 0, bytes.length, starts[at]!);
    const loaded = JSON.parse(openText(key, bytes, String(at)).toString('utf8')) as string[];
    recent.set(at, loaded);
    if (recent.size > blocksInMemory) recent.delete(recent.keys().next().value!);
    return loaded;
  };
  return { get: (at) => (at >= 0 && at < count ? load(Math.floor(at / inBlock))[at % inBlock] : undefined), close };
}

/** Characters that XML does not take are written as _x000D_. */
export function withoutEscapes(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
