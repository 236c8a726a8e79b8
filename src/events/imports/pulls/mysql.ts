import type net from 'node:net';
import mysql from 'mysql2';
import { connectMs, type PulledRow, queryMs, type Reader } from './reader.ts';
import type { Source } from './schema.ts';

type Field = { type: string; string(): string | null };

export async function openMysql(source: Source, port: number, password: string, socket: () => net.Socket): Promise<Reader> {
  const made = socket();
  const connection = mysql.createConnection({
    host: source.host,
    port,
    database: source.database,
    user: source.user,
    password,
    stream: () => made.connect({ port }),
    ...(source.tls === 'off' ? {} : { ssl: { rejectUnauthorized: source.tls === 'verify', verifyIdentity: source.tls === 'verify' } }),
    connectTimeout: connectMs,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    multipleStatements: false,
    flags: ['-LOCAL_FILES'],
  });
  const ask = (sql: string) =>
    new Promise<void>((done, fail) => connection.query(sql, (error: Error | null) => (error ? fail(error) : done())));
  await new Promise<void>((done, fail) => {
    const timer = setTimeout(() => {
      made.destroy();
      fail(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
    }, connectMs);
    connection.on('error', fail);
    connection.connect((error) => (error ? fail(error) : done()));
    made.once('close', () => clearTimeout(timer));
    connection.once('connect', () => clearTimeout(timer));
  });
  // A connection that breaks shows in the query that runs.
  connection.on('error', () => {});
  await ask("SET time_zone = '+00:00'");
  // MariaDB has another name for it, and counts in seconds.
  await ask(`SET SESSION max_execution_time = ${queryMs}`).catch(() =>
    ask(`SET SESSION max_statement_time = ${queryMs / 1000}`).catch(() => {}),
  );
  await ask('START TRANSACTION READ ONLY');
  return {
    rows: (query, cursor, from) => rows(connection, query, cursor, from),
    close: async () => connection.destroy(),
  };
}

async function* rows(
  connection: mysql.Connection,
  query: string,
  cursor: string | undefined,
  from: string | undefined,
): AsyncGenerator<PulledRow> {
  const relation = /^[\w.$`]+$/.test(query) ? query : `(${query}\n)`;
  const name = cursor === undefined ? undefined : `q.${mysql.escapeId(cursor, true)}`;
  // A number beside a text would be compared as floating point.
  const bound = from === undefined ? '' : /^-?\d{1,19}$/.test(from) ? from : mysql.escape(from);
  const where =
    name === undefined ? '' : ` WHERE ${name} IS NOT NULL${from === undefined ? '' : ` AND ${name} >= ${bound}`} ORDER BY ${name}`;
  const sql = `SELECT q.*${name ? `, CAST(${name} AS CHAR) AS __cursor` : ''} FROM ${relation} AS q${where}`;
  const stream = connection
    .query({
      sql,
      // TIMESTAMP is an instant, read in UTC; DATETIME is a time on the wall.
      typeCast: (field: Field, next: () => unknown) => {
        if (field.type !== 'TIMESTAMP') return next();
        const text = field.string();
        return text === null ? null : `${text.replace(' ', 'T')}Z`;
      },
    } as never)
    .stream({ highWaterMark: 500 });
  try {
    for await (const row of stream) {
      const { __cursor, ...values } = row as Record<string, unknown>;
      for (const [key, value] of Object.entries(values)) if (Buffer.isBuffer(value)) values[key] = value.toString('utf8');
      yield { values, cursor: String(__cursor ?? '') };
    }
  } finally {
    stream.destroy();
  }
}
