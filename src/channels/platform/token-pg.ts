import type { Pg } from '../../base/index.ts';
import type { TokenState, TokenStore } from './token.ts';

interface Row {
  access_token: string | null;
  expires_at: Date | null;
  fault_errcode: number | null;
  fault_hint: string | null;
  fault_at: Date | null;
}

const COLUMNS = 'access_token, expires_at, fault_errcode, fault_hint, fault_at';

function fromRow(row: Row | undefined): TokenState {
  return {
    ...(row?.access_token && row.expires_at ? { held: { token: row.access_token, expiresAt: row.expires_at } } : {}),
    ...(row?.fault_errcode != null && row.fault_at
      ? { fault: { errcode: row.fault_errcode, hint: row.fault_hint ?? '', at: row.fault_at } }
      : {}),
  };
}

/** The lock is the row itself: a process that dies lets go of it with its connection. */
export function createPgTokenStore(pg: Pg): TokenStore {
  return {
    async read(key) {
      const [row] = await pg.query<Row>(`SELECT ${COLUMNS} FROM platform_tokens WHERE key = $1`, [key]);
      return fromRow(row);
    },
    async exclusive(key, work) {
      await pg.query('INSERT INTO platform_tokens (key) VALUES ($1) ON CONFLICT DO NOTHING', [key]);
      return pg.tx(async (tx) => {
        const [row] = await tx.query<Row>(`SELECT ${COLUMNS} FROM platform_tokens WHERE key = $1 FOR UPDATE`, [key]);
        const next = await work(fromRow(row));
        await tx.query(
          'UPDATE platform_tokens SET access_token = $2, expires_at = $3, fault_errcode = $4, fault_hint = $5, fault_at = $6 WHERE key = $1',
          [key, next.held?.token, next.held?.expiresAt, next.fault?.errcode, next.fault?.hint, next.fault?.at],
        );
        return next;
      });
    },
    async setFault(key, fault) {
      await pg.query(
        `INSERT INTO platform_tokens (key, fault_errcode, fault_hint, fault_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key) DO UPDATE SET fault_errcode = $2, fault_hint = $3, fault_at = $4`,
        [key, fault?.errcode ?? null, fault?.hint ?? null, fault?.at ?? null],
      );
    },
  };
}
