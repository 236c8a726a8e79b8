import { openText, type Pg, sealText } from '../../base/index.ts';
import { isToken, tokenShape } from './conceal.ts';
import type { Keys, WorkspaceKeys } from './keys.ts';

/** A value on its way into the vault, sealed. */
export interface Secret {
  token: string;
  keyNo: number;
  sealed: Buffer;
}

/** Most values whose tokens are remembered; about 150 bytes each. */
const most = 60_000;

export const aboutValue = (workspaceNo: number, token: string) => `value ${workspaceNo} ${token}`;

export const sealValue = (workspaceNo: number, keys: WorkspaceKeys, token: string, value: string | number): Secret => ({
  token,
  keyNo: keys.current,
  sealed: sealText(keys.data.get(keys.current)!, JSON.stringify(value), aboutValue(workspaceNo, token)),
});

/** A copy with every token replaced by what it stands for; null where that is gone. */
export function openWith<T>(value: T, values: Map<string, string | number>): T {
  const text = JSON.stringify(value)
    .replace(/"(pii~[\w-]{22})"/g, (_, token: string) => JSON.stringify(values.get(token) ?? null))
    .replace(tokenShape, (token) => JSON.stringify(String(values.get(token) ?? '')).slice(1, -1));
  return JSON.parse(text) as T;
}

/** Tokens and the sealed values that they stand for, of all workspaces. */
export class Vault {
  readonly #pg: Pg;
  readonly #keys: Keys;
  /** By workspace: the token of a value that was met before. A number stands apart from its text. */
  readonly #tokens = new Map<number, Map<string | number, string>>();
  /** Tokens that are surely stored. */
  readonly #stored = new Map<number, Set<string>>();
  readonly #opened = new Map<number, Map<string, string | number>>();

  constructor(pg: Pg, keys: Keys) {
    this.#pg = pg;
    this.#keys = keys;
  }

  /** The token of a value. What is a token already stays what it is. */
  token(workspaceNo: number, keys: WorkspaceKeys, value: string | number): string {
    if (typeof value === 'string' && isToken(value)) return value;
    const known = kept(this.#tokens, workspaceNo, () => new Map<string | number, string>());
    const found = known.get(value);
    if (found !== undefined) return found;
    const token = `pii~${keys.blind(typeof value === 'number' ? `\0${value}` : value)}`;
    if (known.size >= most) known.clear();
    known.set(value, token);
    return token;
  }

  isStored(workspaceNo: number, token: string): boolean {
    return this.#stored.get(workspaceNo)?.has(token) ?? false;
  }

  /** Stores sealed values in the caller's transaction. */
  async store(tx: Pg, workspaceNo: number, secrets: readonly Secret[]): Promise<void> {
    if (secrets.length === 0) return;
    // In one order, so that two processes with the same values do not wait for each other.
    const list = [...new Map(secrets.map((s) => [s.token, s])).values()].sort((a, b) => (a.token < b.token ? -1 : 1));
    await tx.query(
      `INSERT INTO personal_values (workspace_no, token, key_no, sealed) SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bytea[])
       ON CONFLICT DO NOTHING`,
      [workspaceNo, list.map((s) => s.token), list.map((s) => s.keyNo), list.map((s) => s.sealed)],
    );
  }

  /** To be called once their transaction has ended well. */
  noteStored(workspaceNo: number, secrets: readonly Secret[]): void {
    const stored = kept(this.#stored, workspaceNo, () => new Set<string>());
    if (stored.size >= most) stored.clear();
    for (const { token } of secrets) stored.add(token);
  }

  /** What tokens stand for; those that were erased are missing. */
  async open(workspaceNo: number, tokens: Iterable<string>): Promise<Map<string, string | number>> {
    const opened = kept(this.#opened, workspaceNo, () => new Map<string, string | number>());
    const found = new Map<string, string | number>();
    const missing: string[] = [];
    for (const token of new Set(tokens)) {
      const value = opened.get(token);
      if (value === undefined) missing.push(token);
      else found.set(token, value);
    }
    if (missing.length === 0) return found;
    let keys = await this.#keys.of(workspaceNo);
    const rows = await this.#pg.query<{ token: string; key_no: number; sealed: Buffer }>(
      'SELECT token, key_no, sealed FROM personal_values WHERE workspace_no = $1 AND token = ANY($2)',
      [workspaceNo, missing],
    );
    if (opened.size + rows.length > most) opened.clear();
    for (const { token, key_no, sealed } of rows) {
      if (!keys.data.has(key_no)) keys = await this.#keys.reload(workspaceNo);
      const value = JSON.parse(openText(keys.data.get(key_no)!, sealed, aboutValue(workspaceNo, token)).toString('utf8')) as
        | string
        | number;
      opened.set(token, value);
      found.set(token, value);
    }
    return found;
  }

  /** A structure with every token replaced by what it stands for; what was erased becomes null. */
  async openAll<T>(workspaceNo: number, value: T): Promise<T> {
    const text = JSON.stringify(value);
    if (text === undefined || !text.includes('pii~')) return value;
    const values = await this.open(workspaceNo, text.match(tokenShape) ?? []);
    return openWith(value, values);
  }

  /** Forgets what was remembered: values may have been erased, here or by another process. */
  forget(): void {
    this.#tokens.clear();
    this.#stored.clear();
    this.#opened.clear();
  }
}

function kept<V>(map: Map<number, V>, workspaceNo: number, make: () => V): V {
  let found = map.get(workspaceNo);
  if (found === undefined) {
    found = make();
    map.set(workspaceNo, found);
  }
  return found;
}
