import { blinder, type Clock, masterNames, newDataKey, type Pg, unwrapKey, wrapKey } from '../../base/index.ts';

/** The keys of one workspace, open in memory. */
export interface WorkspaceKeys {
  /** The key that new values are sealed with. */
  current: number;
  data: Map<number, Buffer>;
  blind(value: string): string;
}

interface Row {
  no: number;
  purpose: 'data' | 'index';
  wrapped: Buffer;
  wrapped_by: string;
}

const about = (workspaceNo: number, purpose: string, no: number) => `key ${workspaceNo} ${purpose} ${no}`;

export class Keys {
  readonly #deps: { pg: Pg; clock: Clock; masters: readonly string[] };
  readonly #open = new Map<number, WorkspaceKeys>();

  constructor(deps: { pg: Pg; clock: Clock; masters: readonly string[] }) {
    this.#deps = deps;
  }

  /** The keys of a workspace; made when it has none. */
  async of(workspaceNo: number): Promise<WorkspaceKeys> {
    const known = this.#open.get(workspaceNo);
    if (known) return known;
    const { pg, clock, masters } = this.#deps;
    for (const purpose of ['data', 'index'] as const) {
      await pg.query(
        `INSERT INTO vault_keys (workspace_no, no, purpose, wrapped, wrapped_by, created_at)
         SELECT $1, 1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM vault_keys WHERE workspace_no = $1 AND purpose = $2) ON CONFLICT DO NOTHING`,
        [workspaceNo, purpose, wrapKey(masters[0]!, newDataKey(), about(workspaceNo, purpose, 1)), masterNames(masters)[0], clock.now()],
      );
    }
    return this.reload(workspaceNo);
  }

  async reload(workspaceNo: number): Promise<WorkspaceKeys> {
    const { pg, masters } = this.#deps;
    const rows = await pg.query<Row>('SELECT no, purpose, wrapped, wrapped_by FROM vault_keys WHERE workspace_no = $1 ORDER BY no', [
      workspaceNo,
    ]);
    const open = rows.map((r) => ({ ...r, key: unwrapKey(masters, r.wrapped_by, r.wrapped, about(workspaceNo, r.purpose, r.no)) }));
    if (open.some((r) => !r.key)) throw lost();
    const index = open.find((r) => r.purpose === 'index')!.key!;
    const data = new Map(open.filter((r) => r.purpose === 'data').map((r) => [r.no, r.key!]));
    const keys: WorkspaceKeys = { current: Math.max(...data.keys()), data, blind: blinder(index) };
    this.#open.set(workspaceNo, keys);
    return keys;
  }

  /** Wraps with the current master key whatever an older one still wraps; returns how many. Throws when one cannot be opened at all. */
  async rewrap(): Promise<number> {
    const { pg, masters } = this.#deps;
    const current = masterNames(masters)[0]!;
    const rows = await pg.query<Row & { workspace_no: number }>(
      'SELECT workspace_no, no, purpose, wrapped, wrapped_by FROM vault_keys WHERE wrapped_by <> $1',
      [current],
    );
    for (const { workspace_no: ws, no, purpose, wrapped, wrapped_by } of rows) {
      const key = unwrapKey(masters, wrapped_by, wrapped, about(ws, purpose, no));
      if (!key) throw lost();
      await pg.query('UPDATE vault_keys SET wrapped = $4, wrapped_by = $5 WHERE workspace_no = $1 AND purpose = $2 AND no = $3', [
        ws,
        purpose,
        no,
        wrapKey(masters[0]!, key, about(ws, purpose, no)),
        current,
      ]);
    }
    return rows.length;
  }

  /** A new data key: what comes from now on is sealed with it. */
  async add(workspaceNo: number): Promise<WorkspaceKeys> {
    const { pg, clock, masters } = this.#deps;
    const { current } = await this.of(workspaceNo);
    await pg.query(
      `INSERT INTO vault_keys (workspace_no, no, purpose, wrapped, wrapped_by, created_at) VALUES ($1, $2, 'data', $3, $4, $5) ON CONFLICT DO NOTHING`,
      [
        workspaceNo,
        current + 1,
        wrapKey(masters[0]!, newDataKey(), about(workspaceNo, 'data', current + 1)),
        masterNames(masters)[0],
        clock.now(),
      ],
    );
    return this.reload(workspaceNo);
  }

  /** Whether every key is wrapped by the current master key, and since when the data key is in use. */
  async state(workspaceNo: number): Promise<{ dataKey: number; since: string; masterKey: string }> {
    await this.of(workspaceNo);
    const [row] = await this.#deps.pg.query<{ no: number; created_at: Date; wrapped_by: string }>(
      "SELECT no, created_at, wrapped_by FROM vault_keys WHERE workspace_no = $1 AND purpose = 'data' ORDER BY no DESC LIMIT 1",
      [workspaceNo],
    );
    return { dataKey: row!.no, since: row!.created_at.toISOString(), masterKey: row!.wrapped_by };
  }
}

const lost = () =>
  new Error(
    'The master key does not open the sealed personal data. Give the key that was used before in YUTANG_MASTER_KEY; to replace it write "new,old".',
  );
