import type { Clock, Pg } from '../base/index.ts';
import { createAccount, hashPassword } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { Actor } from './auth.ts';
import { insertKey } from './keys.ts';
import { insertMember } from './members.ts';
import { newKey, newPassword } from './secrets.ts';
import { insertWorkspace, type Workspace } from './workspaces.ts';

export interface FirstRunInput {
  email?: string | undefined;
  password?: string | undefined;
  writeKey?: string | undefined;
  apiKey?: string | undefined;
  name?: string | undefined;
}

export interface FirstRun {
  /** False on every later start: what was given then is not looked at. */
  first: boolean;
  workspace: Workspace;
  /** What was made up here, to be printed once; it is stored only as hashes. */
  generated: { email?: string; password?: string; writeKey?: string; apiKey?: string };
}

/** Makes the first workspace with its owner and keys, in one transaction, unless there is a workspace. */
export async function firstRun({ pg, clock }: { pg: Pg; clock: Clock }, input: FirstRunInput): Promise<FirstRun> {
  refuseUnusable(input);
  return pg.tx(async (tx) => {
    // Two processes that start together on an empty database: the second waits here and finds the first one's work.
    await tx.query("SELECT pg_advisory_xact_lock(7100, hashtext('first run'))");
    const [found] = await tx.query<Workspace>('SELECT no, id, name, timezone, currency, settings FROM workspaces ORDER BY no LIMIT 1');
    if (found) return { first: false, workspace: found, generated: {} };

    const generated = {
      ...(input.email === undefined && { email: 'owner@yutang.local' }),
      ...(input.password === undefined && { password: newPassword() }),
      ...(input.writeKey === undefined && { writeKey: newKey('write') }),
      ...(input.apiKey === undefined && { apiKey: newKey('api') }),
    };
    const all = { ...input, ...generated } as Required<FirstRunInput>;
    const workspace = await insertWorkspace(tx, clock, { name: input.name ?? '我的鱼塘' });
    const name = all.email.split('@')[0]!;
    const passwordHash = await hashPassword(all.password);
    const userId = await createAccount(tx, clock, { email: all.email, name, passwordHash });
    await insertMember(tx, clock, { workspaceNo: workspace.no, userId: userId!, name, role: 'owner' });
    await insertKey(tx, clock, workspace.no, { kind: 'write', name: 'First write key', secret: all.writeKey });
    await insertKey(tx, clock, workspace.no, { kind: 'api', name: 'First API key', secret: all.apiKey });
    const actor: Actor = { kind: 'system', id: 'first-run', name: 'Yutang' };
    await writeAudit(tx, clock, { workspaceNo: workspace.no, actor, action: 'workspace.created', target: workspace.id });
    return { first: true, workspace, generated };
  });
}

function refuseUnusable(input: FirstRunInput): void {
  // A colon would end the user name of Basic authentication, and header values carry printable ASCII alone.
  for (const [variable, key] of [
    ['YUTANG_WRITE_KEY', input.writeKey],
    ['YUTANG_API_KEY', input.apiKey],
  ] as const) {
    if (key !== undefined && !/^[!-9;-~]{1,200}$/.test(key)) {
      throw new Error(`${variable} must be 1 to 200 printable ASCII characters without spaces and colons.`);
    }
  }
}
