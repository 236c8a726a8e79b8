import { hashPassword } from 'better-auth/crypto';
import { type Clock, newId, type Pg } from '../base/index.ts';

/**
 * Sign-in accounts, written beside better-auth (nobody signs up by themselves) in the caller's transaction:
 * a member and the account behind it come into being together or not at all.
 */
export interface NewAccount {
  email: string;
  name: string;
  passwordHash: string;
}

export { hashPassword };

export const emailOf = (text: string): string => text.trim().toLowerCase();

export async function findAccount(pg: Pg, email: string): Promise<string | undefined> {
  const [row] = await pg.query<{ id: string }>('SELECT id FROM auth_users WHERE email = $1', [emailOf(email)]);
  return row?.id;
}

/** The id of a new account; undefined when the address has one already. */
export async function createAccount(pg: Pg, clock: Clock, account: NewAccount): Promise<string | undefined> {
  const now = clock.now();
  const [row] = await pg.query<{ id: string }>(
    `INSERT INTO auth_users (id, name, email, email_verified, created_at, updated_at) VALUES ($1, $2, $3, true, $4, $4)
     ON CONFLICT (email) DO NOTHING RETURNING id`,
    [newId('usr', clock.ms()), account.name, emailOf(account.email), now],
  );
  if (!row) return undefined;
  await pg.query(
    `INSERT INTO auth_accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
     VALUES ($1, $2, 'credential', $2, $3, $4, $4)`,
    [newId('acc', clock.ms()), row.id, account.passwordHash, now],
  );
  return row.id;
}

/** Sets a new password and ends every session that the old one opened. */
export async function setPassword(pg: Pg, clock: Clock, userId: string, passwordHash: string): Promise<void> {
  await pg.query("UPDATE auth_accounts SET password = $2, updated_at = $3 WHERE user_id = $1 AND provider_id = 'credential'", [
    userId,
    passwordHash,
    clock.now(),
  ]);
  await pg.query('DELETE FROM auth_sessions WHERE user_id = $1', [userId]);
}

/** An account that belongs to no workspace any more is forgotten, sessions included. */
export async function dropIfAlone(pg: Pg, userId: string): Promise<void> {
  await pg.query('DELETE FROM auth_users u WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM members m WHERE m.user_id = u.id)', [userId]);
}
