import { join } from 'node:path';
import { type FileKeys, openSealed, type SealedPlace } from '../../base/index.ts';

/** Where files of imports lie. All of them are sealed: rows are full of names and phones. */
export interface ImportFiles {
  upload(uploadId: string): SealedPlace;
  rejected(importId: string): SealedPlace;
  /** The folder of an import's pages. */
  pages(importId: string): string;
  page(importId: string, page: number): SealedPlace;
}

/** @param keys those of the workspace whose files they are */
export function importFiles(dir: string, keys: FileKeys): ImportFiles {
  const pages = (importId: string) => join(dir, 'pages', importId);
  return {
    upload: (id) => ({ path: join(dir, 'uploads', id), keys, about: `upload ${id}` }),
    rejected: (id) => ({ path: join(dir, 'rejected', `${id}.csv`), keys, about: `rejected rows ${id}` }),
    pages,
    page: (id, n) => ({ path: join(pages(id), `page-${String(n).padStart(5, '0')}.jsonl`), keys, about: `page ${id} ${n}` }),
  };
}

/** The first bytes of an uploaded file. */
export async function head(place: SealedPlace, bytes: number): Promise<Buffer> {
  const file = await openSealed(place);
  try {
    const parts: Buffer[] = [];
    for await (const part of file.read(0, bytes)) parts.push(part);
    return Buffer.concat(parts);
  } finally {
    await file.close();
  }
}
