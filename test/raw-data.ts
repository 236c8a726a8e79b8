import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Running } from './running.ts';

/** All files of the data folder and of the embedded PostgreSQL, which may lie elsewhere, with what was found in them, in several ways of writing. */
export async function filesWith(home: Running, values: Record<string, string>): Promise<string[]> {
  const [row] = await home.system.pg.query<{ data_directory: string }>('SHOW data_directory');
  const forms = Object.entries(values).flatMap(([name, value]) => [
    [name, Buffer.from(value, 'utf8')],
    [`${name} utf16`, Buffer.from(value, 'utf16le')],
    [
      `${name} escaped`,
      Buffer.from(
        JSON.stringify(value)
          .slice(1, -1)
          .replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      ),
    ],
  ]) as [string, Buffer][];
  const hits: string[] = [];
  const walk = (dir: string): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && statSync(path).size > 0) {
        const bytes = readFileSync(path);
        for (const [name, form] of forms) if (bytes.includes(form)) hits.push(`${name} in ${path}`);
      }
    }
  };
  for (const dir of new Set([home.system.config.dataDir, row!.data_directory])) walk(dir);
  return hits;
}

/** ClickHouse packs its columns, so its tables are read whole as text as well, with rows that are only marked as deleted. */
export async function inClickhouse(home: Running, values: string[]): Promise<string[]> {
  const { ch } = home.system;
  const tables = await ch.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
  );
  const hits: string[] = [];
  for (const { name } of tables) {
    const text = JSON.stringify(await ch.query(`SELECT * FROM ${name} SETTINGS apply_deleted_mask = 0`));
    for (const value of values) if (text.includes(value)) hits.push(`${value} in ${name}`);
  }
  return hits;
}
