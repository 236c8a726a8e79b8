import { type App, type Clock, type Log, notFound, type Pg } from '../base/index.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { type AuditEntry, listAudit, writeAudit } from './audit.ts';
import type { Auth } from './auth.ts';
import { createAuthenticate, type Guests } from './authenticate.ts';
import { type FirstRun, type FirstRunInput, firstRun } from './first-run.ts';
import { createKeyring } from './keyring.ts';
import { createKeys, type Keys } from './keys.ts';
import { createMembers, type Members } from './members.ts';
import { protect } from './protect.ts';
import { recover } from './recover.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createWorkspaces, type Workspaces } from './workspaces.ts';

export interface Access {
  /** Guards a server; to be called before any route is added to it. */
  protect(app: App): void;
  /** Lets visitors of a page with a sign-in of its own through the doors of that page. */
  admit(guests: Guests): void;
  /** The workspace that a write key sends to, from memory for up to five seconds; null when there is no such key. */
  writeKeyWorkspace(key: string): Promise<Auth | null>;
  /** Makes the first workspace, owner and keys on an empty installation. */
  firstRun(input: FirstRunInput): Promise<FirstRun>;
  /** A new password for the account of an address, for whoever starts the server; see recover.ts. */
  recover(email: string): Promise<string>;
  workspaces: Workspaces;
  members: Members;
  keys: Keys;
  sessions: Sessions;
  attempts: Attempts;
  publicUrl: string | undefined;
  /** Notes who did what. `tx`: a transaction that the entry belongs to. */
  audit(entry: AuditEntry, tx?: Pg): Promise<void>;
  auditLog(
    workspaceNo: number,
    query: { cursor?: string | undefined; limit: number; action?: string | undefined },
  ): ReturnType<typeof listAudit>;
  /** The account behind a signed-in member. */
  account(userId: string): Promise<{ id: string; email: string }>;
}

/** `secret`: the master key, from which the key that signs sessions is derived. `publicUrl`: how browsers reach the server; https makes cookies secure. */
export function createAccess(deps: { pg: Pg; clock: Clock; log: Log; secret: string; publicUrl?: string | undefined }): Access {
  const { pg, clock, log, publicUrl } = deps;
  const keyring = createKeyring({ pg, clock });
  const sessions = createSessions(deps);
  const workspaces = createWorkspaces({ pg, clock, keyring });
  const guests: Guests[] = [];
  const authenticate = createAuthenticate({ keyring, sessions, workspaces, publicUrl, guests });
  return {
    protect: (app) => protect(app, { pg, clock, log, authenticate }),
    admit: (one) => {
      guests.push(one);
    },
    writeKeyWorkspace: (key) => keyring.find('write', key),
    firstRun: (input) => firstRun({ pg, clock }, input),
    recover: (email) => recover({ pg, clock }, email),
    workspaces,
    members: createMembers({ pg, clock }),
    keys: createKeys({ pg, clock, keyring }),
    sessions,
    attempts: createAttempts({ pg, clock }),
    publicUrl,
    audit: (entry, tx) => writeAudit(tx ?? pg, clock, entry),
    auditLog: (workspaceNo, query) => listAudit(pg, workspaceNo, query),
    account: async (userId) => {
      const [row] = await pg.query<{ id: string; email: string }>('SELECT id, email FROM auth_users WHERE id = $1', [userId]);
      if (!row) throw notFound('Account');
      return row;
    },
  };
}
