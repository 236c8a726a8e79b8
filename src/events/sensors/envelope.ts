import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { problem } from '../../base/index.ts';

const unzip = promisify(gunzip);
const unpackedMost = 32 * 1024 * 1024;
const recordsMost = 5_000;

const refuse = (field: string, reason: string, status = 400) => problem(status, 'The data cannot be read', { errors: [{ field, reason }] });

/** The fields of a request body: a form in either encoding, or the records themselves as JSON. */
export async function fieldsOf(body: Buffer, contentType: string): Promise<URLSearchParams> {
  if (/^multipart\/form-data/i.test(contentType)) {
    try {
      const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
      return new URLSearchParams([...form].filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
    } catch {
      throw refuse('body', 'says multipart/form-data but cannot be read as such');
    }
  }
  const text = body.toString('utf8').trim();
  return /^[[{]/.test(text) ? new URLSearchParams([['json', text]]) : new URLSearchParams(text);
}

/** The records in a request: `data` holds one (or a list), `data_list` a list; base64 of JSON, packed with gzip or not. */
export async function recordsOf(fields: URLSearchParams): Promise<unknown[]> {
  const name = ['data_list', 'data', 'json'].find((one) => fields.get(one));
  if (!name) throw refuse('data', 'is missing: send data or data_list, the base64 of JSON');
  const given = fields.get(name)!;
  const text = name === 'json' ? given : await unpacked(name, given);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse(name, 'is not JSON once it is decoded');
  }
  const records = Array.isArray(parsed) ? parsed : [parsed];
  if (records.length === 0) throw refuse(name, 'holds no record');
  if (records.length > recordsMost) throw refuse(name, `must hold at most ${recordsMost} records`, 413);
  return records;
}

async function unpacked(name: string, given: string): Promise<string> {
  // A + that was not escaped came as a space. Some SDKs escape twice.
  const base64 = (
    /%[0-9a-f]{2}/i.test(given)
      ? given.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      : given
  ).replaceAll(' ', '+');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) throw refuse(name, 'is not base64');
  const bytes = Buffer.from(base64, 'base64');
  // Whether it is packed is told by its first bytes; not every SDK says so by gzip=1.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return (await unzip(bytes, { maxOutputLength: unpackedMost })).toString('utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw refuse(name, 'has more than 32 MB once it is unpacked', 413);
    throw refuse(name, 'is not valid gzip');
  }
}
