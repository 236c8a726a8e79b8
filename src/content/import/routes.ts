import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import multipart from '@fastify/multipart';
import { z } from 'zod';
import { type App, badInput, newDataKey, reasonsFor } from '../../base/index.ts';
import { readTable } from '../../events/imports/index.ts';
import type { Content } from '../content.ts';
import type { Table } from './import.ts';
import { picturesOfZip } from './zip.ts';

const errors = z.array(z.object({ field: z.string(), reason: z.string() }));
const report = z.object({
  ...{ dryRun: z.boolean(), rows: z.number(), created: z.number(), changed: z.number(), same: z.number() },
  rejected: z.array(z.object({ row: z.number(), name: z.string(), errors })),
  pictures: z.number(),
});

export async function importRoutes(app: App, content: Pick<Content, 'importItems' | 'incoming'>): Promise<void> {
  await app.register(async (scope: App) => {
    await scope.register(multipart, { limits: { fileSize: 500_000_001, files: 2, fields: 4 } });
    scope.post(
      '/api/content/import',
      {
        config: { permission: 'content.write' },
        schema: {
          tags: ['content'],
          summary:
            'Takes in items from a table (multipart field `file`: CSV or XLSX) and pictures (field `pictures`: ZIP), or pictures alone; `dryRun` says what would come of it; the same again changes nothing',
          consumes: ['multipart/form-data'],
          response: { 200: report },
        },
      },
      async (req) => {
        if (!req.isMultipart()) throw missing();
        const place = await content.incoming();
        try {
          // The file is somebody's own and lies here for a moment: under a key that lives no longer.
          const keys = { current: 1, data: new Map([[1, newDataKey()]]) };
          let table: Table | undefined;
          let zip: string | undefined;
          let dryRun = false;
          for await (const part of req.parts()) {
            if (part.type === 'field') {
              if (part.fieldname === 'dryRun') dryRun = part.value === 'true';
            } else if (part.fieldname === 'pictures') {
              zip = join(place.dir, 'pictures.zip');
              await pipeline(part.file, createWriteStream(zip, { mode: 0o600 }));
            } else table = await readTable({ path: join(place.dir, 'table'), keys, about: 'content import' }, part.file);
          }
          if (!table && !zip) throw missing();
          const archive = zip ? await picturesOfZip(zip) : undefined;
          try {
            const given = { ...(table ? { table } : {}), pictures: archive?.pictures ?? [] };
            const told = await content.importItems(req.auth.workspaceNo, given, dryRun, req.auth.actor.name);
            return { ...told, rejected: told.rejected.map((one) => ({ ...one, errors: reasonsFor(req, one.errors) })) };
          } finally {
            archive?.close();
          }
        } finally {
          await place.done();
        }
      },
    );
  });
}

const missing = () => badInput([{ field: 'file', reason: 'is missing; send multipart/form-data with the file in the field "file"' }]);
