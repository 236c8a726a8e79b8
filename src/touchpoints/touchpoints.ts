import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { badInput, notFound } from '../base/index.ts';
import { consumeArrivals } from './arrivals.ts';
import { createBulk } from './bulk/bulk.ts';
import { createDoors } from './door/door.ts';
import { createJournal, type Line } from './door/journal.ts';
import { createSignIn } from './door/sign-in.ts';
import { figures, perDay } from './figures.ts';
import { readState } from './keys.ts';
import { createBook, type Door } from './live/book.ts';
import { dyingLinks, removeEnded } from './live/codes.ts';
import { sweepLost } from './live/lost-codes.ts';
import { preview } from './live/preview.ts';
import { provision, provisionPoint, recount } from './live/provision.ts';
import { createScanner } from './live/scan.ts';
import type { Chosen, Code, CodeView, ScanBody } from './live/schema.ts';
import { targetsOf } from './live/targets.ts';
import { createPersonal } from './personal/personal.ts';
import { logoOf, readPicture } from './pictures/png.ts';
import { archivePoint, changePoint, createPoint, getPoint, listPoints, type PointRow, pointColumns, toPoint } from './points.ts';
import type { TouchpointDeps } from './ports.ts';
import { type ListQuery, type NewTouchpoint, platformKinds, type Touchpoint, type TouchpointChange } from './schema.ts';
import { createSettings } from './settings.ts';
import { createTrials } from './trials.ts';
import { watch } from './watch.ts';

/** A code of a personal WeChat group lives so long, and takes so many by scan. */
const groupCodeDays = 7;
const groupCodeMembers = 200;
const isGroupCode = (content: string): boolean => /^https?:\/\/weixin\.qq\.com\/g\//i.test(content);

export type Touchpoints = ReturnType<typeof createTouchpoints>;

export function createTouchpoints(deps: TouchpointDeps) {
  const { pg, clock, log } = deps;
  const book = createBook(deps);
  const scanner = createScanner(deps);
  const trials = createTrials(deps);
  const bulk = createBulk(deps);

  /** Scans become events: anonymous until the phone is known as somebody's. Some at a time, a millisecond apart, so that doors are answered between. */
  const land = async (lines: Line[]): Promise<void> => {
    const pieces = [...Map.groupBy(lines, (line) => line.ws)].flatMap(([ws, some]) =>
      Array.from({ length: Math.ceil(some.length / readAtOnce) }, (_, i) => ({
        ws,
        some: some.slice(i * readAtOnce, (i + 1) * readAtOnce),
      })),
    );
    await Promise.all(
      pieces.map(async ({ ws, some }, i) => {
        await delay(i);
        const { rejected } = await deps.events.write(ws, some.map(eventOf));
        if (rejected.length > 0)
          log.warn({ rejected: rejected.length, field: rejected[0]!.field }, 'scans that could not be taken as events');
      }),
    );
  };
  const journal = createJournal({ dir: join(deps.dataDir, 'scans'), log, land });

  // Many scans at once look once whether the next group is needed.
  const tending = new Map<string, Promise<unknown>>();
  const look = (door: Door): void => {
    if (tending.has(door.id)) return;
    const work = provision(deps, door)
      .catch((error: unknown) => log.error({ err: error, touchpoint: door.id }, 'the next targets could not be got ready'))
      .finally(() => tending.delete(door.id));
    tending.set(door.id, work);
  };
  const doors = createDoors({ ...deps, book, scanner, journal, trials, signIn: createSignIn(deps), placed: look });

  const doorById = async (ws: number, id: string): Promise<Door & { code: Code }> => {
    const [row] = await pg.query<{ key: string }>('SELECT key FROM touchpoints WHERE workspace_no = $1 AND id = $2', [ws, id]);
    if (!row) throw notFound('Touchpoint');
    book.forget(row.key);
    const door = await book.of(row.key);
    if (!door?.code) throw badInput([{ field: 'id', reason: 'is not a live code' }]);
    return door as Door & { code: Code };
  };
  const codeOf = async (ws: number, id: string): Promise<CodeView> => {
    const { code } = await doorById(ws, id);
    return { code, targets: await targetsOf(pg, ws, id) };
  };
  const settlePoint = async (ws: number, point: Touchpoint, anew = false): Promise<void> => {
    await provisionPoint(deps, ws, point, anew);
    book.forget(point.key);
  };
  /** What the platform has to make is asked for at once; what it would not make says why. */
  const settle = async (ws: number, point: Touchpoint): Promise<Touchpoint> => {
    if (point.kind === 'live_code') await provision(deps, await doorById(ws, point.id));
    else if (platformKinds.includes(point.kind)) await settlePoint(ws, point);
    else return point;
    return getPoint(deps, ws, point.id);
  };

  const change = async (ws: number, id: string, given: TouchpointChange): Promise<Touchpoint> => {
    const point = await changePoint(deps, ws, id, given);
    book.forget(point.key);
    const after = given.provide || given.code || !point.content ? await settle(ws, point) : point;
    await removeEnded(deps, ws).catch((error: unknown) => log.warn({ err: error }, 'codes that have ended are taken away later'));
    return after;
  };

  return {
    doors,
    settings: createSettings(deps),
    personal: createPersonal(deps),
    trials,
    bulk,
    journal,
    create: async (ws: number, given: NewTouchpoint): Promise<Touchpoint> =>
      settle(ws, await createPoint(deps, ws, withExpiry(clock.ms(), given))),
    change,
    /** Another code in place of a dying one: same touchpoint, same figures. */
    replacePicture: async (ws: number, id: string, bytes: Buffer): Promise<Touchpoint> => {
      const content = await readPicture(bytes).catch(() => undefined);
      if (!content)
        throw badInput([{ field: 'file', reason: 'shows no QR code that can be read; crop it closer, or take a sharper picture' }]);
      const dies = isGroupCode(content)
        ? { expiresAt: new Date(clock.ms() + groupCodeDays * 86_400_000).toISOString(), members: 0 }
        : { expiresAt: null };
      return change(ws, id, { content, ...dies });
    },
    /** What the code in a picture says. */
    read: async (bytes: Buffer): Promise<{ content: string | null; groupCode: boolean }> => {
      const content = (await readPicture(bytes).catch(() => undefined)) ?? null;
      return { content, groupCode: content !== null && isGroupCode(content) };
    },
    /** The workspace's mark in the middle of its codes. */
    logo: async (ws: number): Promise<string | undefined> =>
      (await pg.query<{ logo: string }>('SELECT logo FROM code_logos WHERE workspace_no = $1', [ws]))[0]?.logo,
    setLogo: async (ws: number, bytes: Buffer): Promise<void> => {
      const logo = await logoOf(bytes).catch(() => {
        throw badInput([{ field: 'file', reason: 'is not a picture that can be read; take a PNG, JPEG or SVG' }]);
      });
      await pg.query(
        'INSERT INTO code_logos (workspace_no, logo) VALUES ($1, $2) ON CONFLICT (workspace_no) DO UPDATE SET logo = excluded.logo',
        [ws, logo],
      );
    },
    /** The platform's own picture, where its code is no QR code. */
    pictureOf: async (ws: number, id: string): Promise<Buffer | null> =>
      (await pg.query<{ picture: Buffer | null }>('SELECT picture FROM touchpoints WHERE workspace_no = $1 AND id = $2', [ws, id]))[0]
        ?.picture ?? null,
    now: () => clock.now(),
    archive: async (ws: number, id: string): Promise<void> => {
      const { key } = await getPoint(deps, ws, id);
      await archivePoint(deps, ws, id);
      book.forget(key);
      await removeEnded(deps, ws).catch((error: unknown) => log.warn({ err: error }, 'codes that have ended are taken away later'));
    },
    get: (ws: number, id: string) => getPoint(deps, ws, id),
    list: (ws: number, query: ListQuery) => listPoints(deps, ws, query),
    /** All there are, archived ones too, by what a report needs of them. */
    named: (ws: number) =>
      pg.query<{ id: string; name: string; kind: string; place: string; campaign: string; cost: Touchpoint['cost'] }>(
        'SELECT id, name, kind, place, campaign, cost FROM touchpoints WHERE workspace_no = $1',
        [ws],
      ),
    code: codeOf,
    preview: async (ws: number, id: string, when: { at?: string | undefined; region?: string | undefined }) => {
      const { code } = await doorById(ws, id);
      return preview(pg, ws, id, code, { at: when.at ? new Date(when.at) : clock.now(), zone: await deps.zone(ws), region: when.region });
    },
    /** A scan that another program made, which knows the person better than a cookie does. */
    scan: async (ws: number, id: string, body: ScanBody): Promise<Chosen> => {
      const door = await doorById(ws, id);
      const scanned = await scanner(door, { identities: body.externalIds, fresh: false, region: body.region });
      if (scanned.placed) look(door);
      const { outcome, layer, target } = scanned;
      const shown = target && { no: target.no, kind: target.kind, name: target.name, content: target.content };
      return { outcome, layer, target: shown, url: target?.kind === 'url' ? target.content : null };
    },
    figures: async (ws: number, range: { from: Date; to: Date }, ids?: readonly string[]) => {
      if (!ids) return figures(deps, ws, range);
      const ours = await pg.query<{ id: string }>('SELECT id FROM touchpoints WHERE workspace_no = $1 AND id = ANY($2)', [ws, ids]);
      return figures(
        deps,
        ws,
        range,
        ours.map((o) => o.id),
      );
    },
    perDay: async (ws: number, id: string, range: { from: Date; to: Date }) => perDay(deps, ws, id, range, await deps.zone(ws)),
    watch: (ws: number) => watch(deps, ws),
    consume: (slice: Parameters<typeof consumeArrivals>[1]) => consumeArrivals(deps, slice),
    provision: async (ws: number, id: string): Promise<Touchpoint> => {
      const point = await getPoint(deps, ws, id);
      if (point.kind !== 'live_code') {
        // One that dies by itself is made anew when somebody asks: its picture is another from then on.
        const dying = point.expiresAt !== null && Date.parse(point.expiresAt) < clock.ms() + renewableMs;
        if (platformKinds.includes(point.kind)) await settlePoint(ws, point, dying);
        return getPoint(deps, ws, id);
      }
      await provision(deps, await doorById(ws, id), true);
      return point;
    },
    /** Once a minute: how full groups are, which are needed next, and what a platform would not make before. */
    tend: async (workspaces: readonly { no: number }[]): Promise<void> => {
      for (const { no } of workspaces) {
        const rows = await pg.query<PointRow>(
          `SELECT ${pointColumns} FROM touchpoints WHERE workspace_no = $1 AND archived_at IS NULL AND state = 'live'
             AND (kind = 'live_code' OR kind = ANY($2) AND (made IS NULL OR fault IS NOT NULL) AND batch_id IS NULL) ORDER BY id LIMIT 2000`,
          [no, [...platformKinds]],
        );
        for (const row of rows) {
          if (row.kind !== 'live_code') {
            await settlePoint(no, toPoint(deps.publicUrl, row));
            continue;
          }
          const door = await book.of(row.key);
          if (!door) continue;
          await recount(deps, door);
          await provision(deps, door);
        }
        for (const id of await dyingLinks(pg, no, clock.ms())) await settlePoint(no, await getPoint(deps, no, id), true);
        await sweepLost(deps, no);
        await removeEnded(deps, no);
      }
    },
    /** What is said to a new friend who came by this code, in place of what the account says to all. */
    welcomeOf: async (
      ws: number,
      state: string,
    ): Promise<{ text: string; link?: { url: string; title: string }; poster?: string } | undefined> => {
      const key = readState(state)?.key;
      if (!key) return undefined;
      const [row] = await pg.query<{ content: string | null }>(
        "SELECT entry->>'contentId' AS content FROM touchpoints WHERE workspace_no = $1 AND key = $2",
        [ws, key],
        'touchpoints.welcome',
      );
      const [item] = row?.content ? await deps.content.some(ws, [row.content]) : [];
      if (!item) return undefined;
      // Content speaks of its link by name; a welcome has it beside the text.
      const given = item.link && /\blink\b/.test(item.body) ? `{%- assign link = ${JSON.stringify(item.link.url)} -%}` : '';
      return {
        text: given + item.body,
        ...(item.link ? { link: { url: item.link.url, title: item.link.title || item.name } } : {}),
        ...(item.card?.kind === 'poster' ? { poster: item.card.poster } : {}),
      };
    },
    start: () => journal.start(),
    flush: async (): Promise<void> => {
      await Promise.all(tending.values());
      await journal.flush();
    },
    stop: async (): Promise<void> => {
      await Promise.all(tending.values());
      await journal.stop();
    },
  };
}

/** A code of a platform that dies within so long may be made anew. */
const renewableMs = 3 * 86_400_000;
/** Scans that are read in one go. */
const readAtOnce = 400;
const eventOf = (line: Line) => ({
  messageId: line.id,
  event: line.event,
  timestamp: new Date(line.ms),
  anonymousId: line.visitor,
  properties: line.properties,
  context: { carrier: line.carrier },
  source: 'yutang',
});

/** A group code of personal WeChat dies in a week; whoever keeps one is told a day ahead without having to think of it. */
function withExpiry(now: number, given: NewTouchpoint): NewTouchpoint {
  if (given.kind !== 'static_code' || !given.content || !isGroupCode(given.content)) return given;
  const expiresAt = given.expiresAt === undefined ? new Date(now + groupCodeDays * 86_400_000).toISOString() : given.expiresAt;
  return { ...given, expiresAt, scanLimit: given.scanLimit ?? groupCodeMembers };
}
