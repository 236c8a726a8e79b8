import type net from 'node:net';
import pg from 'pg';
import { connectMs, type PulledRow, queryMs, type Reader } from './reader.ts';
import type { Source } from './schema.ts';

const inBatch = 2000;
const [timestamptz, bool, int2, int4, float4, float8, json, jsonb] = [1184, 16, 21, 23, 700, 701, 114, 3802];

/** Values as texts where a number of JavaScript would round them; instants as ISO 8601. */
const types = {
  getTypeParser: (oid: number) => (text: string) => {
    if (oid === timestamptz) return text.replace(' ', 'T').replace(/\+00$/, 'Z');
    if (oid === bool) return text === 't';
    if (oid === int2 || oid === int4 || oid === float4 || oid === float8) return Number(text);
    return oid === json || oid === jsonb ? JSON.parse(text) : text;
  },
};

export async function openPostgres(source: Source, port: number, password: string, socket: () => net.Socket): Promise<Reader> {
  const client = new pg.Client({
    host: source.host,
    port,
    database: source.database,
    user: source.user,
    password,
    stream: socket,
    ssl: source.tls === 'off' ? false : { rejectUnauthorized: source.tls === 'verify', servername: source.host },
    connectionTimeoutMillis: connectMs,
    statement_timeout: queryMs,
    application_name: 'yutang',
    types: types as never,
  });
  // A connection that breaks shows in the query that runs.
  client.on('error', () => {});
  await client.connect();
  return { rows: (query, cursor, from) => rows(client, query, cursor, from), close: () => client.end().catch(() => {}) };
}

async function* rows(client: pg.Client, query: string, cursor: string | undefined, from: string | undefined): AsyncGenerator<PulledRow> {
  // One statement a message: what stands in the query cannot end it and begin another.
  const ask = (text: string, values: unknown[] = []) => client.query({ text, values, queryMode: 'extended' } as pg.QueryConfig);
  const relation = /^[\w.$"]+$/.test(query) ? query : `(${query}\n)`;
  await ask('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await ask("SET LOCAL TimeZone = 'UTC'");
    await ask("SET LOCAL DateStyle = 'ISO'");
    const name = cursor === undefined ? undefined : `q.${client.escapeIdentifier(cursor)}`;
    const where =
      name === undefined
        ? ''
        : ` WHERE ${name} IS NOT NULL${from === undefined ? '' : ` AND ${name} >= ${client.escapeLiteral(from)}`} ORDER BY ${name}`;
    await ask(`DECLARE pulled NO SCROLL CURSOR FOR SELECT q.*${name ? `, ${name}::text AS "__cursor"` : ''} FROM ${relation} AS q${where}`);
    for (;;) {
      const batch = await ask(`FETCH ${inBatch} FROM pulled`);
      for (const row of batch.rows as Record<string, unknown>[]) {
        const { __cursor, ...values } = row;
        yield { values, cursor: String(__cursor ?? '') };
      }
      if (batch.rows.length < inBatch) return;
    }
  } finally {
    await ask('ROLLBACK').catch(() => {});
  }
}
