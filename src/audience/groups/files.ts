import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Ch, type Clock, type FileKeys, type Jobs, newId, notFound, type Pg, readSealed, sealing } from '../../base/index.ts';
import type { Standing } from '../../people/index.ts';
import { normaliseIdentity, personId } from '../../people/index.ts';
import type { Ask } from '../ask.ts';
import type { Store } from '../definitions/store.ts';
import type { By } from '../saved/versions.ts';

export const EXPORT = 'audience.export';
const peopleAtOnce = 2_000;
/** A finished file can be fetched for so long. */
const keptMs = 24 * 3_600_000;

/** What a file of people needs of other rooms. */
export interface ExportPort {
  dir: string;
  keys(workspaceNo: number): Promise<FileKeys>;
  traits(workspaceNo: number, people: readonly number[]): Promise<Map<number, Record<string, unknown>>>;
  /** Identities as they are kept. */
  identities(
    workspaceNo: number,
    people: readonly number[],
    types: readonly string[],
  ): Promise<{ no: number; type: string; value: string }[]>;
  /** Personal values in clear, in place of what stands for them. */
  open<T>(workspaceNo: number, value: T): Promise<T>;
  mask(value: string): string;
  /** Whoever agreed to be shown to others for advertising; `refused`: whoever did not refuse. */
  agreed(workspaceNo: number, people: readonly number[], how: 'granted' | 'notRefused'): Promise<ReadonlySet<number>>;
}

export interface FileAsk {
  format: 'csv' | 'hashed';
  /** Of `csv`: traits by name, `identity:phone` and the like; standing comes along always. */
  columns: string[];
  /** Of `csv`: personal values in clear. */
  personal: boolean;
  /** Of `hashed`. */
  identities?: ('phone' | 'email')[] | undefined;
  phoneForm?: 'e164' | 'digits' | 'national' | undefined;
  consent?: 'granted' | 'notRefused' | undefined;
}
export interface FileView {
  id: string;
  audienceId: string;
  format: FileAsk['format'];
  personal: boolean;
  state: 'making' | 'ready' | 'failed';
  rows: number | null;
  askedBy: string;
  askedAt: string;
  jobId: string | null;
}
interface Row {
  id: string;
  audience_id: string;
  format: FileAsk['format'];
  columns: FileAsk;
  personal: boolean;
  state: FileView['state'];
  rows: number | null;
  asked_by: By;
  asked_at: Date;
  job_id: string | null;
}

/** Members of an audience as a CSV file, made in the background, sealed where it lies. */
export function createFiles(deps: {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  jobs: Pick<Jobs, 'define' | 'start'>;
  store: Store;
  ask: Ask;
  standing: Pick<Standing, 'of'>;
  port: ExportPort | undefined;
}) {
  const { pg, clock, jobs, store, ask, standing, port } = deps;
  const need = (): ExportPort => {
    if (!port) throw new Error('files of audiences need a folder');
    return port;
  };
  const place = async (ws: number, id: string) => ({ path: join(need().dir, id), keys: await need().keys(ws), about: `audience ${id}` });
  const one = async (ws: number, id: string): Promise<Row> => {
    const [row] = await pg.query<Row>('SELECT * FROM audience_files WHERE workspace_no = $1 AND id = $2', [ws, id]);
    if (!row || row.asked_at.getTime() < clock.ms() - keptMs) throw notFound('File');
    return row;
  };

  jobs.define<{ id: string }>(EXPORT, async (job) => {
    const ws = job.workspaceNo;
    const file = await one(ws, job.payload.id);
    try {
      const { rule } = await store.audience(ws, file.audience_id);
      const people = await ask.membersOf(ws, rule);
      let rows = 0;
      const lines = async function* () {
        yield '\ufeff';
        yield csvLine(file.format === 'csv' ? headOf(file.columns) : hashedHead(file.columns));
        for (let i = 0; i < people.length; i += peopleAtOnce) {
          const some = people.slice(i, i + peopleAtOnce);
          const made = file.format === 'csv' ? await plainRows(ws, some, file.columns) : await hashedRows(ws, some, file.columns);
          rows += made.length;
          yield made.map(csvLine).join('');
          await job.progress({ done: Math.min(i + peopleAtOnce, people.length), total: people.length });
        }
      };
      await mkdir(need().dir, { recursive: true, mode: 0o700 });
      const at = await place(ws, file.id);
      await pipeline(Readable.from(nonEmpty(lines())), sealing(at), createWriteStream(at.path, { mode: 0o600 }));
      await pg.query("UPDATE audience_files SET state = 'ready', rows = $3, ready_at = $4 WHERE workspace_no = $1 AND id = $2", [
        ws,
        file.id,
        rows,
        clock.now(),
      ]);
      return { rows, fileUrl: `/api/audiences/files/${file.id}` };
    } catch (error) {
      await pg.query("UPDATE audience_files SET state = 'failed' WHERE workspace_no = $1 AND id = $2", [ws, file.id]);
      throw error;
    }
  });

  const plainRows = async (ws: number, people: readonly number[], what: FileAsk): Promise<string[][]> => {
    const p = need();
    const types = what.columns.filter((c) => c.startsWith('identity:')).map((c) => c.slice(9));
    const [traits, identities, states] = await Promise.all([
      p.traits(ws, people),
      p.identities(ws, people, types),
      standing.of(ws, people),
    ]);
    const ids = Map.groupBy(identities, (i) => `${i.no} ${i.type}`);
    const raw = people.map((no) => {
      const s = states.get(no);
      const tags = (s?.tags ?? []).map((t) => (t.value === undefined ? t.key : `${t.key}=${t.value}`)).join(' ');
      const asked = what.columns.map((c) =>
        c.startsWith('identity:')
          ? (ids.get(`${no} ${c.slice(9)}`) ?? []).map((i) => i.value).join(' ')
          : textOf(c.split('.').reduce<unknown>((v, k) => (v as Record<string, unknown> | undefined)?.[k], traits.get(no))),
      );
      return [personId(no), s?.stage ?? '', s?.tier ?? '', s?.level ?? '', tags, ...asked];
    });
    const clear = await p.open(ws, raw);
    if (what.personal) return clear;
    // Whatever opened to something else is personal.
    return clear.map((row, i) => row.map((cell, j) => (cell === raw[i]![j] ? cell : p.mask(cell))));
  };
  const hashedRows = async (ws: number, people: readonly number[], what: FileAsk): Promise<string[][]> => {
    const p = need();
    const agreed = await p.agreed(ws, people, what.consent ?? 'granted');
    const types = what.identities ?? ['phone', 'email'];
    const kept = await p.identities(
      ws,
      people.filter((no) => agreed.has(no)),
      types,
    );
    const found = await p.open(ws, kept);
    return found.flatMap(({ type, value }) => {
      const normal = normaliseIdentity(type, value);
      if (!('identity' in normal)) return [];
      const text = type === 'phone' ? phoneAs(normal.identity.value, what.phoneForm ?? 'e164') : normal.identity.value;
      return [[type, createHash('sha256').update(text).digest('hex')]];
    });
  };

  return {
    ask: async (ws: number, audienceId: string, what: FileAsk, by: By): Promise<FileView> => {
      need();
      await store.audience(ws, audienceId);
      const old = await pg.query<{ id: string }>('DELETE FROM audience_files WHERE asked_at < $1 RETURNING id', [
        new Date(clock.ms() - keptMs),
      ]);
      for (const { id } of old) await rm(join(need().dir, id), { force: true });
      const id = newId('file', clock.ms());
      await pg.query(
        `INSERT INTO audience_files (workspace_no, id, audience_id, format, columns, personal, state, asked_by, asked_at) VALUES ($1,$2,$3,$4,$5,$6,'making',$7,$8)`,
        [ws, id, audienceId, what.format, JSON.stringify(what), what.personal, by, clock.now()],
      );
      const { id: job } = await jobs.start(ws, EXPORT, { id });
      const [row] = await pg.query<Row>('UPDATE audience_files SET job_id = $3 WHERE workspace_no = $1 AND id = $2 RETURNING *', [
        ws,
        id,
        job,
      ]);
      return viewOf(row!);
    },
    list: async (ws: number, audienceId: string): Promise<FileView[]> =>
      (
        await pg.query<Row>(
          'SELECT * FROM audience_files WHERE workspace_no = $1 AND audience_id = $2 AND asked_at >= $3 ORDER BY asked_at DESC LIMIT 50',
          [ws, audienceId, new Date(clock.ms() - keptMs)],
        )
      ).map(viewOf),
    /** The file in clear, as a stream. */
    open: async (ws: number, id: string): Promise<{ name: string; view: FileView; stream: Readable }> => {
      const row = await one(ws, id);
      if (row.state !== 'ready') throw notFound('File');
      return {
        name: `${row.audience_id}-${row.format}.csv`,
        view: viewOf(row),
        stream: Readable.from(readSealed(await place(ws, id)), { objectMode: false }),
      };
    },
    /** Files in which somebody may stand who is erased. */
    removeAll: async (ws: number): Promise<number> => {
      const gone = await pg.query<{ id: string }>('DELETE FROM audience_files WHERE workspace_no = $1 RETURNING id', [ws]);
      for (const { id } of gone) if (port) await rm(join(port.dir, id), { force: true });
      return gone.length;
    },
  };
}

const viewOf = (r: Row): FileView => ({
  id: r.id,
  audienceId: r.audience_id,
  format: r.format,
  personal: r.personal,
  state: r.state,
  rows: r.rows,
  askedBy: r.asked_by.name,
  askedAt: r.asked_at.toISOString(),
  jobId: r.job_id,
});
const headOf = (what: FileAsk) => ['person_id', 'stage', 'tier', 'level', 'tags', ...what.columns];
const hashedHead = (_: FileAsk) => ['type', 'sha256'];

async function* nonEmpty(parts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const part of parts) if (part !== '') yield part;
}
function textOf(v: unknown): string {
  if (v === undefined || v === null) return '';
  return typeof v === 'object' ? JSON.stringify(v) : String(v);
}
/** One line, quoted where needed; a cell that a spreadsheet would take for a formula is told to be text. */
export function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => {
    const safe = /^[=@\t\r]|^[+-](?!\d[\d.]*$)/.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${quoted.join(',')}\r\n`;
}
/** Forms in which ad platforms want a phone before it is hashed. */
function phoneAs(e164: string, form: 'e164' | 'digits' | 'national'): string {
  if (form === 'e164') return e164;
  return form === 'national' && e164.startsWith('+86') ? e164.slice(3) : e164.slice(1);
}
