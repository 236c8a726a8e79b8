import { type Clock, newId, notFound, type Pg } from '../base/index.ts';
import type { ChannelAccount } from './adapter.ts';
import { createSeal } from './seal.ts';

/** Which settings of a kind are secret: kept sealed, never given out. */
const secrets: Record<string, readonly string[]> = {
  wecom: ['secret', 'token', 'encodingAesKey'],
  official_account: ['secret', 'token', 'encodingAesKey'],
  mini_program: ['secret', 'token', 'encodingAesKey'],
  webhook: ['secret'],
  email: ['password'],
  sms: ['keySecret'],
  push: ['apnsKey', 'fcmServiceAccount', 'jpushMasterSecret'],
  wechat_pay: ['privateKey', 'apiV3Key'],
};

interface Row {
  id: string;
  workspace_no: number;
  kind: string;
  config: Record<string, unknown>;
  sealed: string | null;
}

export interface AccountView {
  id: string;
  kind: string;
  /** Without secrets. */
  settings: Record<string, unknown>;
  /** Names of the secrets that are set. */
  secretsSet: string[];
}

export function createAccounts(deps: { pg: Pg; clock: Clock; secretKeys: readonly Buffer[] }) {
  const { pg, clock } = deps;
  const { seal, open } = createSeal(deps.secretKeys);
  const columns = 'id, workspace_no, kind, config, sealed';

  const whole = (row: Row): ChannelAccount => ({
    id: row.id,
    workspaceNo: row.workspace_no,
    kind: row.kind,
    config: { ...row.config, ...(row.sealed === null ? {} : open(row.sealed)) },
  });
  const view = (row: Row): AccountView => ({
    id: row.id,
    kind: row.kind,
    settings: row.config,
    secretsSet: row.sealed === null ? [] : Object.keys(open(row.sealed)),
  });
  const all = async (workspaceNo: number): Promise<ChannelAccount[]> =>
    (await pg.query<Row>(`SELECT ${columns} FROM channel_accounts WHERE workspace_no = $1 ORDER BY kind`, [workspaceNo])).map(whole);

  return {
    /** Accounts with their secrets, for adapters alone. */
    all,
    one: async (workspaceNo: number, kind: string): Promise<ChannelAccount | undefined> =>
      (await all(workspaceNo)).find((account) => account.kind === kind),
    /** By its id alone: for callbacks, which come without a workspace. */
    byId: async (id: string): Promise<ChannelAccount | undefined> => {
      const [row] = await pg.query<Row>(`SELECT ${columns} FROM channel_accounts WHERE id = $1`, [id]);
      return row && whole(row);
    },
    ofKind: async (kind: string): Promise<ChannelAccount[]> =>
      (await pg.query<Row>(`SELECT ${columns} FROM channel_accounts WHERE kind = $1 ORDER BY id`, [kind])).map(whole),
    views: async (workspaceNo: number): Promise<AccountView[]> =>
      (await pg.query<Row>(`SELECT ${columns} FROM channel_accounts WHERE workspace_no = $1`, [workspaceNo])).map(view),
    /** Saves settings; a secret that is not given again stays as it was. `check` reads the whole and refuses what does not fit. */
    save: async (
      workspaceNo: number,
      kind: string,
      given: Record<string, unknown>,
      check: (config: Record<string, unknown>) => Record<string, unknown>,
    ): Promise<AccountView> => {
      const hidden = secrets[kind] ?? [];
      const before = (await all(workspaceNo)).find((account) => account.kind === kind);
      const kept = hidden.filter((name) => given[name] === undefined || given[name] === '' || given[name] === null);
      const merged = { ...given, ...Object.fromEntries(kept.map((name) => [name, before?.config[name]])) };
      const config = check(merged);
      const open = Object.fromEntries(Object.entries(config).filter(([name, value]) => !hidden.includes(name) && value !== undefined));
      const closed = Object.fromEntries(Object.entries(config).filter(([name, value]) => hidden.includes(name) && value !== undefined));
      const [row] = await pg.query<Row>(
        `INSERT INTO channel_accounts (id, workspace_no, kind, config, sealed, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (workspace_no, kind) DO UPDATE SET config = EXCLUDED.config, sealed = EXCLUDED.sealed, updated_at = EXCLUDED.updated_at
         RETURNING ${columns}`,
        [newId('chan', clock.ms()), workspaceNo, kind, open, seal(closed), clock.now()],
      );
      return view(row!);
    },
    required: async (workspaceNo: number, kind: string): Promise<ChannelAccount> => {
      const account = (await all(workspaceNo)).find((a) => a.kind === kind);
      if (!account) throw notFound(`The ${kind} channel is not set up: its account`);
      return account;
    },
  };
}
export type Accounts = ReturnType<typeof createAccounts>;
