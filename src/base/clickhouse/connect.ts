import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client';

export interface InsertOptions {
  /** A key under which a repeat of the same insert changes nothing. */
  token?: string;
}

/** What rooms use of ClickHouse. The same SQL runs in the process and on a server. */
export interface Ch {
  /** Rows of a SELECT, as objects. 64-bit integers come as numbers (all of ours are below 2^53). */
  query<T = Record<string, unknown>>(sql: string, params?: Record<string, unknown>): Promise<T[]>;
  /** A SELECT's result in a binary format (such as RowBinary), for results of millions of rows. */
  bytes(sql: string, format: string): Promise<Buffer>;
  /** DDL, INSERT … SELECT, mutations. */
  command(sql: string, params?: Record<string, unknown>): Promise<void>;
  /** Rows into a table; durable when it returns. */
  insertRows(table: string, rows: readonly object[], options?: InsertOptions): Promise<void>;
  /** JSONEachRow text, already encoded, into a table; durable when it returns. */
  insertText(table: string, jsonLines: string | Buffer, options?: InsertOptions): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface ChOptions {
  /** A server's URL; without it the engine runs in this process on `path`. */
  url?: string;
  path: string;
  /** Memory that the engine in the process may use in all, bytes. */
  memory?: number;
  /** Connections for reading in the process: so many queries run side by side. */
  readers?: number;
}

const settings: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 0,
  date_time_output_format: 'iso',
  date_time_input_format: 'best_effort',
  // A property that looks like a date stays the text that was sent.
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  input_format_json_try_infer_numbers_from_strings: 0,
  max_partitions_per_insert_block: '0',
  lightweight_deletes_sync: '2',
  mutations_sync: '2',
  max_memory_usage: '3000000000',
  max_bytes_before_external_group_by: '1000000000',
  max_query_size: '16000000',
  max_ast_elements: '5000000',
  max_expanded_ast_elements: '5000000',
};

/** What the engine in the process may keep at hand: left alone it takes gigabytes, as on a machine of its own. */
const caches = [
  '--mark_cache_size=33554432',
  '--primary_index_cache_size=33554432',
  '--index_mark_cache_size=8388608',
  '--query_condition_cache_size=16777216',
  '--compiled_expression_cache_size=33554432',
];
/** How often the engine gives memory back that it has done with; its allocator would keep it for the next time. */
const givesBackEveryMs = 2_000;

/** Opens ClickHouse: a server where a URL is given, otherwise the engine in this process. */
export async function connectCh(options: ChOptions): Promise<Ch> {
  return options.url ? server(options.url) : embedded(options);
}

async function server(url: string): Promise<Ch> {
  const client = createClient({
    url,
    clickhouse_settings: settings,
    compression: { request: true, response: true },
    // Whoever asks says in the log what went wrong; the client's own lines would hold what was sent.
    log: { level: ClickHouseLogLevel.OFF },
  });
  await client.command({ query: 'SELECT 1' });
  return face(
    () => client,
    async (table, text, query) => {
      // The client's own `insert` takes objects alone in this format; these are lines already.
      const answer = await client.exec({
        query: `INSERT INTO ${table} FORMAT JSONEachRow`,
        values: Readable.from([text], { objectMode: false }),
        clickhouse_settings: query,
      });
      await finished(answer.stream.resume());
    },
    async (sql, format) => {
      const answer = await client.exec({ query: `${sql} FORMAT ${format}` });
      const parts: Buffer[] = [];
      for await (const part of answer.stream) parts.push(part as Buffer);
      return Buffer.concat(parts);
    },
    () => client.close(),
  );
}

interface ChdbExtension {
  rawInsert(params: { table: string; values: Buffer; format: string; settings: Record<string, unknown> }): Promise<unknown>;
  queryAsync(sql: string, options: { format: string }): Promise<{ bytes(): Uint8Array }>;
}

async function embedded(options: ChOptions): Promise<Ch> {
  const require = createRequire(import.meta.url);
  const { createChdbConnection } = require('chdb/connection') as {
    createChdbConnection(o: { path: string }): { chdb: ChdbExtension };
  };
  const { Session, drainPending } = require('chdb') as {
    Session: new (path: string, o: { connectionArgs: string[] }) => { close(): void };
    drainPending(): Promise<void>;
  };
  const memory = options.memory ?? 6_000_000_000;
  const engine = new Session(options.path, {
    connectionArgs: [`--max_server_memory_usage=${memory}`, '--async_load_databases=0', ...caches],
  });
  const open = () => {
    const connection = createChdbConnection({ path: options.path });
    const client = createClient({ connection: connection as never, clickhouse_settings: settings });
    return { client, chdb: connection.chdb, busy: 0 };
  };
  // One connection runs one statement at a time, so writing has its own and reading has several.
  const writer = open();
  const readers = Array.from({ length: options.readers ?? 4 }, open);
  const idlest = () => readers.reduce((best, r) => (r.busy < best.busy ? r : best));
  const track = <T>(r: { busy: number }, work: Promise<T>): Promise<T> => {
    r.busy += 1;
    return work.finally(() => {
      r.busy -= 1;
    });
  };
  const pick = (): ClickHouseClient => {
    const reader = idlest();
    return new Proxy(reader.client, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? (...args: unknown[]) => track(reader, Promise.resolve(value.apply(target, args))) : value;
      },
    });
  };
  const givesBack = setInterval(() => {
    const reader = idlest();
    // Built with another allocator it has nothing to give back.
    track(reader, reader.client.command({ query: 'SYSTEM JEMALLOC PURGE' })).catch(() => clearInterval(givesBack));
  }, givesBackEveryMs).unref();
  return face(
    pick,
    async (table, text, query) => {
      await track(
        writer,
        writer.chdb.rawInsert({
          table,
          values: typeof text === 'string' ? Buffer.from(text) : text,
          format: 'JSONEachRow',
          settings: { ...settings, ...query },
        }),
      );
    },
    async (sql, format) => {
      const reader = idlest();
      return Buffer.from((await track(reader, reader.chdb.queryAsync(sql, { format }))).bytes());
    },
    async () => {
      clearInterval(givesBack);
      await drainPending();
      for (const { client } of [writer, ...readers]) await client.close();
      engine.close();
      await drainPending();
    },
  );
}

function face(
  client: () => ClickHouseClient,
  insert: (table: string, text: string | Buffer, query: Record<string, string | number>) => Promise<void>,
  bytes: Ch['bytes'],
  close: Ch['close'],
): Ch {
  const insertText: Ch['insertText'] = async (table, text, options) => {
    await insert(table, text, options?.token ? { insert_deduplication_token: options.token } : {});
  };
  return {
    query: async <T>(sql: string, params?: Record<string, unknown>) => {
      const answer = await client().query({ query: sql, format: 'JSONEachRow', ...(params ? { query_params: params } : {}) });
      return (await answer.json()) as T[];
    },
    bytes,
    command: async (sql, params) => {
      await client().command({ query: sql, ...(params ? { query_params: params } : {}) });
    },
    insertRows: async (table, rows, options) => {
      if (rows.length > 0) await insertText(table, rows.map((r) => JSON.stringify(r)).join('\n'), options);
    },
    insertText,
    ping: async () => {
      await client().command({ query: 'SELECT 1' });
    },
    close,
  };
}
