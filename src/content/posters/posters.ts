import { readFile } from 'node:fs/promises';
import { createTokens, notFound } from '../../base/index.ts';
import { createAvatars } from './avatars.ts';
import { createBatches } from './batch.ts';
import { checkDoc } from './check.ts';
import { createPainters } from './draw/painters.ts';
import { createMaterial } from './material.ts';
import type { PosterDeps } from './ports.ts';
import { createResolver, type Subject } from './resolve.ts';
import { changeRow, createRow, docOfVersion, listRows, type PosterRow, removeRow, rowOf, rowOfPage, versionRows } from './rows.ts';
import type { NewPoster, Note, Poster, PosterChange, PosterDoc } from './schema.ts';
import type { Picture } from './send.ts';
import { createShelf } from './shelf.ts';

/** Whom a poster shows while it is made. */
const sampleTraits = { name: '林小满', level: 'member' };
const thumbWidth = 360;

export interface PostersToSend {
  title: string;
  /** Somebody's own page; with `.jpg` after it, the picture alone. */
  page(personNo: number): string;
  /** Undefined: there is no such person any more. */
  draw(personNo: number): Promise<Buffer | undefined>;
}

export type Posters = ReturnType<typeof createPosters>;

/** Posters: templates, the pictures that are made of them for people, and the addresses of these. */
export function createPosters(deps: PosterDeps, painters = createPainters()) {
  const { pg, clock, people, codes } = deps;
  const shelf = createShelf(deps.dir);
  const material = createMaterial({ shelf, files: deps.files });
  /** Who was erased while they were being drawn leaves nothing behind. */
  const written = async (ws: number, no: number): Promise<void> => {
    if ((await people.survivor(ws, no)) === undefined) await shelf.forget(ws, [no]);
  };
  const avatars = createAvatars({ shelf, allow: deps.allow, now: () => clock.ms(), written });
  const resolver = createResolver({ codes, material, avatars });
  const tokens = createTokens(deps.keys);
  const drawing = new Map<string, Promise<Buffer>>();

  const leadOf = async (ws: number, doc: PosterDoc) => {
    if (!doc.leadsTo) return { point: undefined, sample: null };
    if ('url' in doc.leadsTo) return { point: undefined, sample: { text: doc.leadsTo.url } };
    const point = await codes.point(ws, doc.leadsTo.touchpointId);
    return { point, sample: point?.common ?? null };
  };
  const notesOf = async (ws: number, doc: PosterDoc): Promise<Note[]> => {
    const ids = [doc.background.file, ...doc.layers.map((l) => (l.type === 'picture' ? l.file : null))].filter((id) => id !== null);
    const [lead, files] = await Promise.all([leadOf(ws, doc), deps.files.some(ws, ids)]);
    return checkDoc(doc, { ...lead, files });
  };
  const view = async (row: PosterRow): Promise<Poster> => ({
    ...{ id: row.id, key: row.key, name: row.name, version: row.version, doc: row.doc, changedBy: row.changed_by },
    ...{
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      notes: await notesOf(row.workspace_no, row.doc),
    },
  });

  /** Everybody's way in, by person; one address for all where it says so. */
  const waysFor = async (ws: number, doc: PosterDoc, numbers: readonly number[]) => {
    const { leadsTo } = doc;
    if (!leadsTo) return () => null;
    if ('url' in leadsTo) return () => ({ text: leadsTo.url });
    const own = await codes.own(ws, leadsTo.touchpointId, numbers);
    const common = own.size < numbers.length ? ((await codes.point(ws, leadsTo.touchpointId))?.common ?? null) : null;
    return (no: number) => own.get(no) ?? common;
  };

  /** Posters of many people: what they have in common is looked up once. People who do not exist are left out. */
  const manyOf = async (ws: number, poster: { id: string; version: number; doc: PosterDoc }, numbers: readonly number[]) => {
    const [read, traits, wayOf] = await Promise.all([
      resolver.read(ws, poster.doc),
      people.open(ws, numbers),
      waysFor(ws, poster.doc, numbers),
    ]);
    const base = `${ws} ${poster.id} ${poster.version}`;
    return {
      people: numbers.filter((no) => traits.has(no)),
      draw: async (no: number, patiently: boolean): Promise<Picture> => {
        const subject: Subject = { no, traits: traits.get(no)!, code: wayOf(no) };
        const { wanted, late, name } = await resolver.wanted(ws, read, subject, { base, width: poster.doc.width, patiently });
        const prefix = `${poster.id}-`;
        const path = shelf.ofPerson(ws, no, `${prefix}${name}.jpg`);
        const there = await readFile(path).catch(() => undefined);
        if (there) return { bytes: there, tag: name };
        // Two who ask for the same picture at once get the same.
        let work = drawing.get(path);
        if (!work) {
          work = painters
            .paint(wanted, patiently)
            .then(async ({ picture }) => {
              const bytes = Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength);
              if (!late) await shelf.replace(path, bytes, prefix);
              await written(ws, no);
              return bytes;
            })
            .finally(() => drawing.delete(path));
          drawing.set(path, work);
        }
        return { bytes: await work, tag: late ? undefined : name };
      },
    };
  };
  const ofPerson = async (row: PosterRow, no: number): Promise<Picture> => {
    const many = await manyOf(row.workspace_no, row, [no]);
    if (!many.people.includes(no)) throw notFound('Person');
    return many.draw(no, false);
  };

  const preview = async (ws: number, doc: PosterDoc, as: { personId?: string | null | undefined; width: number; base?: string | null }) => {
    let no: number | undefined;
    let traits: Record<string, unknown> = sampleTraits;
    if (as.personId) {
      no = await people.no(ws, as.personId);
      const found = no === undefined ? undefined : (await people.masked(ws, [no])).get(no);
      if (!found) throw notFound('Person');
      traits = found;
    }
    const [read, lead] = await Promise.all([resolver.read(ws, doc), leadOf(ws, doc)]);
    return resolver.wanted(ws, read, { no, traits, code: lead.sample }, { base: as.base ?? null, width: as.width });
  };

  const addressOf = (row: Pick<PosterRow, 'workspace_no' | 'page_key'>, no: number): string =>
    `${deps.publicUrl}/poster/${row.page_key}/${tokens.token(row.workspace_no, no)}`;
  const batches = createBatches({ ...deps, manyOf });

  return {
    batches,
    list: async (ws: number): Promise<Poster[]> => Promise.all((await listRows(pg, ws)).map(view)),
    get: async (ws: number, id: string): Promise<Poster> => view(await rowOf(pg, ws, id)),
    create: async (ws: number, given: NewPoster, by: string | null): Promise<Poster> => view(await createRow(deps, ws, given, by)),
    change: async (ws: number, id: string, change: PosterChange, by: string | null): Promise<Poster> =>
      view(await changeRow(deps, ws, id, change, by)),
    remove: (ws: number, id: string) => removeRow(deps, ws, id),
    versions: (ws: number, id: string) => versionRows(pg, ws, id),
    restore: async (ws: number, id: string, version: number, by: string | null): Promise<Poster> =>
      view(await changeRow(deps, ws, id, { doc: await docOfVersion(pg, ws, id, version) }, by)),
    /** A document that need not be saved, as it would look, with all that is to be said of it. */
    preview: async (ws: number, doc: PosterDoc, as: { personId?: string | null | undefined; width: number }) => {
      const [{ wanted }, notes] = await Promise.all([preview(ws, doc, as), notesOf(ws, doc)]);
      const painted = await painters.paint(wanted);
      const height = Math.round((doc.height * as.width) / doc.width);
      return {
        picture: `data:image/jpeg;base64,${Buffer.from(painted.picture).toString('base64')}`,
        ...{ width: as.width, height, notes: [...notes, ...painted.notes] },
      };
    },
    /** A small picture for lists, of nobody in particular. */
    thumb: async (ws: number, id: string): Promise<Picture> => {
      const row = await rowOf(pg, ws, id);
      const { wanted, name } = await preview(ws, row.doc, {
        width: Math.min(thumbWidth, row.doc.width),
        base: `${ws} ${row.id} ${row.version}`,
      });
      const path = shelf.ofAll(ws, `thumb-${name}.jpg`);
      const there = await readFile(path).catch(() => undefined);
      if (there) return { bytes: there, tag: name };
      const bytes = Buffer.from((await painters.paint(wanted)).picture);
      await shelf.write(path, bytes);
      return { bytes, tag: name };
    },
    /** The address of somebody's own poster. */
    address: async (ws: number, id: string, personId: string): Promise<{ url: string; picture: string }> => {
      const row = await rowOf(pg, ws, id);
      const no = await people.no(ws, personId);
      if (no === undefined) throw notFound('Person');
      const url = addressOf(row, no);
      return { url, picture: `${url}.jpg` };
    },
    /** Addresses of people's own posters for what they are sent: by the key of each poster. */
    addresses: async (ws: number, numbers: readonly number[]): Promise<Map<number, Record<string, string>>> => {
      const rows = await pg.query<PosterRow & { key: string }>(
        'SELECT workspace_no, page_key, key FROM posters WHERE workspace_no = $1 AND key IS NOT NULL AND deleted_at IS NULL',
        [ws],
        'posters.keys',
      );
      if (rows.length === 0) return new Map();
      return new Map(numbers.map((no) => [no, Object.fromEntries(rows.map((row) => [row.key, addressOf(row, no)]))]));
    },
    /** What an address leads to: the poster of whoever the person is now; undefined: nothing. */
    open: async (pageKey: string, token: string): Promise<{ row: PosterRow; no: number } | undefined> => {
      const at = tokens.read(token);
      const row = at && /^[0-9a-f]{32}$/.test(pageKey) ? await rowOfPage(pg, pageKey) : undefined;
      if (!at || row?.workspace_no !== at.workspaceNo) return undefined;
      const no = await people.survivor(at.workspaceNo, at.no);
      return no === undefined ? undefined : { row, no };
    },
    ofPerson,
    /**
     * A poster for many who are sent it: each one's page, and their picture, drawn when it is asked for. `at once`: the caller cannot wait for a long line.
     * Undefined: there is no such poster any more.
     */
    forSending: async (ws: number, id: string, numbers: readonly number[], atOnce = false): Promise<PostersToSend | undefined> => {
      const row = await rowOf(pg, ws, id).catch((error: { status?: number }) => {
        if (error.status === 404) return undefined;
        throw error;
      });
      if (!row) return undefined;
      const many = await manyOf(ws, row, numbers);
      const there = new Set(many.people);
      return {
        title: row.doc.share.title || row.name,
        page: (no) => addressOf(row, no),
        draw: async (no) => (there.has(no) ? (await many.draw(no, !atOnce)).bytes : undefined),
      };
    },
    urlOf: addressOf,
    /** The way in that the code of somebody's poster has, to be opened by hand. */
    wayIn: async (row: PosterRow, no: number): Promise<string | undefined> => {
      const code = (await waysFor(row.workspace_no, row.doc, [no]))(no);
      return code && 'text' in code && /^https?:/.test(code.text) ? code.text : undefined;
    },
    /** Two people are one, or a person is two: pictures are made anew when somebody asks for them. */
    onMerge: async (ws: number, moves: readonly { from: number; to: number }[]): Promise<void> => {
      await batches.follow(ws, moves);
      await shelf.forget(
        ws,
        moves.map((move) => move.from),
      );
    },
    onSplit: async (ws: number, { from, to, former }: { from: number; to: number; former: readonly number[] }): Promise<void> => {
      await batches.followSplit(ws, from, to, former);
      await shelf.forget(ws, [from, to]);
    },
    /** Takes away all pictures of these people. */
    forget: (ws: number, numbers: readonly number[]): Promise<number> => shelf.forget(ws, numbers),
    sweep: (ws: number): Promise<void> => shelf.sweep(ws, clock.ms()),
    stop: () => painters.stop(),
  };
}
