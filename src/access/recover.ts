import { type Clock, type Pg, problem } from '../base/index.ts';
import { hashPassword, setPassword } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { Actor } from './auth.ts';
import { newPassword } from './secrets.ts';

/** Whoever starts the server holds all of it anyway. */
const SERVER: Actor = { kind: 'system', id: 'server', name: 'Yutang' };

/**
 * A new password for the account of this address: the way back in for an owner whose only password is lost, open to whoever
 * starts the server. It ends the account's sessions, and each of its workspaces notes it.
 * @returns the password, which is kept nowhere
 * @throws 404 when no account has the address
 */
export async function recover({ pg, clock }: { pg: Pg; clock: Clock }, email: string): Promise<string> {
  const password = newPassword();
  const passwordHash = await hashPassword(password);
  await pg.tx(async (tx) => {
    const [account] = await tx.query<{ id: string }>('SELECT id FROM auth_users WHERE lower(email) = lower($1)', [email]);
    if (!account)
      throw problem(404, `No account has the address ${email}`, { detail: 'YUTANG_RESET_PASSWORD takes the address of a member.' });
    await setPassword(tx, clock, account.id, passwordHash);
    const members = await tx.query<{ id: string; workspaceNo: number }>(
      'SELECT id, workspace_no AS "workspaceNo" FROM members WHERE user_id = $1',
      [account.id],
    );
    for (const { id, workspaceNo } of members) {
      await writeAudit(tx, clock, { workspaceNo, actor: SERVER, action: 'member.password_reset', target: id });
    }
  });
  return password;
}
