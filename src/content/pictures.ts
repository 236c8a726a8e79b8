import { randomBytes } from 'node:crypto';
import { badInput, type Clock, notFound, type Pg } from '../base/index.ts';

/** What WeCom takes as a picture, and what a phone loads quickly. */
export const pictureLimit = 2_000_000;

const kinds: [mime: string, begins: number[]][] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
];

export interface Picture {
  mime: string;
  bytes: Buffer;
}

/** Keeps a picture as it came, under an id that cannot be guessed. What it is, its first bytes say. */
export async function addPicture(pg: Pg, clock: Clock, workspaceNo: number, base64: string): Promise<string> {
  const bytes = Buffer.from(base64.replace(/^data:[^,]*,/, ''), 'base64');
  const kind = kinds.find(([, begins]) => begins.every((byte, i) => bytes[i] === byte));
  if (!kind) throw badInput([{ field: 'data', reason: 'must be a PNG or JPEG picture' }]);
  if (bytes.length > pictureLimit) throw badInput([{ field: 'data', reason: 'must have at most 2 MB' }]);
  const id = `pic_${randomBytes(16).toString('base64url')}`;
  await pg.query('INSERT INTO content_pictures (workspace_no, id, mime, bytes, made_at) VALUES ($1, $2, $3, $4, $5)', [
    ...[workspaceNo, id, kind[0], bytes, clock.now()],
  ]);
  return id;
}

/** A picture by its id alone: whoever was shown it has its address. */
export async function pictureOf(pg: Pg, id: string): Promise<Picture> {
  const [row] = await pg.query<Picture>('SELECT mime, bytes FROM content_pictures WHERE id = $1', [id]);
  if (!row) throw notFound('Picture');
  return row;
}
