import type { Readable } from 'node:stream';
import { SaxesParser } from 'saxes';
import { refuseFile } from './zip.ts';

export interface XmlHandlers {
  open?(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

const deepest = 64;
/** Longest stretch without a tag: a cell holds at most 32,767 characters. */
const longestStretch = 2 * 1024 * 1024;

const local = (name: string) => name.slice(name.indexOf(':') + 1);

/**
 * Reads XML piece by piece; nothing of it is kept. A document type is refused, so no entity can be declared and none grows;
 * depth and length are limited. After each piece it yields the bytes read so far, for whoever hands on what was found.
 */
export async function* readXml(stream: Readable, handlers: XmlHandlers): AsyncGenerator<number> {
  const parser = new SaxesParser({ position: false });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let depth = 0;
  let quiet = 0;
  let read = 0;
  parser.on('error', () => {
    throw refuseFile('is a workbook with broken XML inside; save it again');
  });
  parser.on('doctype', () => {
    throw refuseFile('is a workbook that declares XML entities, which no spreadsheet does');
  });
  parser.on('opentag', (tag) => {
    quiet = 0;
    depth += 1;
    if (depth > deepest) throw refuseFile('is a workbook whose XML is nested too deep');
    handlers.open?.(local(tag.name), tag.attributes as Record<string, string>);
  });
  parser.on('closetag', (tag) => {
    quiet = 0;
    depth -= 1;
    handlers.close?.(local(tag.name));
  });
  parser.on('text', (text) => handlers.text?.(text));
  try {
    for await (const chunk of stream) {
      read += (chunk as Buffer).length;
      quiet += (chunk as Buffer).length;
      if (quiet > longestStretch) throw refuseFile('is a workbook with a piece of text that is longer than any cell');
      parser.write(decode(decoder, chunk as Buffer));
      yield read;
    }
    parser.close();
    yield read;
  } catch (error) {
    throw known(error);
  } finally {
    stream.destroy();
  }
}

/** Reads a small part whole. */
export async function readAll(stream: Readable, handlers: XmlHandlers): Promise<void> {
  for await (const _ of readXml(stream, handlers));
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch {
    throw refuseFile('is a workbook whose text is not UTF-8; save it again');
  }
}

/** Damage that the zip reader meets on its way is the file's. */
function known(error: unknown): unknown {
  const { message = '', code } = error as { message?: string; code?: string };
  const damaged = code?.startsWith('Z_') || /too many bytes|not enough bytes|invalid|unexpected end|crc/i.test(message);
  return (error as { status?: number }).status === undefined && damaged
    ? refuseFile('is a workbook that is damaged; save it again')
    : error;
}
