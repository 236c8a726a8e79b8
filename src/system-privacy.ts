import { join } from 'node:path';
import type { Access } from './access/index.ts';
import type { App, Ch, Clock, Jobs, Log, Pg } from './base/index.ts';
import type { Channels } from './channels/index.ts';
import type { Posters } from './content/index.ts';
import type { Imports } from './events/imports/index.ts';
import { type Events, eventsForErasure } from './events/index.ts';
import { type Identity, peopleByIdentities, personId, type ReadDeps, readPeople } from './people/index.ts';
import {
  createErasures,
  createExports,
  createPlain,
  createRotation,
  type Erasures,
  type Exports,
  type Plain,
  type Privacy,
  privacyRoutes,
  recordsOf,
  withoutOldParts,
} from './people/privacy/index.ts';

export interface PrivacyParts {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  privacy: Privacy;
  access: Access;
  events: Events;
  channels: Channels;
  imports: Imports;
  read: ReadDeps;
  /** Takes away all files of audiences: they are made again in a minute, and are looked through by nobody. */
  audienceFiles(workspaceNo: number): Promise<number>;
  /** Pictures in which people stand: taken away by person. */
  posters: Pick<Posters, 'forget'>;
  dataDir: string;
  ownPostgres: boolean;
}

/** Routes whose answers hold rules as staff wrote them, and nothing of what people said or did. */
export const ruleAnswers: ReadonlySet<string> = new Set([
  ...['/api/definitions', '/api/audiences', '/api/audiences/:id', '/api/tags', '/api/tags/:id'],
  ...['/api/journeys', '/api/journeys/:id'],
  ...['/api/experiments', '/api/experiments/:id'],
  ...['/api/coupons', '/api/coupons/:id'],
  ...['/api/insight/questions', '/api/insight/questions/:id'],
]);

/** Erasure, export and key rotation reach into every room: they are put together here. */
export function connectPrivacy(parts: PrivacyParts): { erasures: Erasures; exports: Exports; plain: Plain; routes(app: App): void } {
  const { pg, ch, clock, log, jobs, privacy, events, channels } = parts;
  const exports = createExports({
    pg,
    clock,
    jobs,
    privacy,
    dir: join(parts.dataDir, 'exports'),
    sections: [
      { name: 'profile', read: async (ws, no) => (await readPeople(parts.read, ws, [no]))[0] ?? null },
      { name: 'messages', read: (ws, no) => allMessages(channels, ws, no) },
      { name: 'records', read: (ws, no) => recordsOf(pg, ws, no) },
      { name: 'events', read: (ws, no) => allEvents(events, ws, no) },
    ],
  });
  const plain = createPlain({
    pg,
    clock,
    log,
    jobs,
    privacy,
    ownPostgres: parts.ownPostgres,
    workspaces: () => parts.access.workspaces.all(),
    events: {
      lastBatch: events.lastBatch,
      seal: events.sealPlain,
      clean: () => withoutOldParts(ch, ['events']),
    },
  });
  const inEvents = eventsForErasure({ pg, ch, settle: () => events.settle() });
  const erasures = createErasures({
    pg,
    ch,
    clock,
    log,
    jobs,
    privacy,
    events: inEvents,
    ownPostgres: parts.ownPostgres,
    finish: async (workspaceNo, askedAt) => {
      await plain.finish(workspaceNo);
      return parts.imports.finish(workspaceNo, askedAt);
    },
    files: async (about, values) => ({
      exports: await exports.remove(about.workspaceNo, about.numbers),
      audienceFiles: await parts.audienceFiles(about.workspaceNo),
      posters: await parts.posters.forget(about.workspaceNo, about.numbers),
      rejectedRows: await parts.imports.forget(about.workspaceNo, values),
    }),
    settled: async () => {
      // What was being drawn of them when they went.
      const gone = await pg.query<{ ws: number; numbers: number[] }>(
        "SELECT workspace_no AS ws, numbers FROM erasures WHERE state = 'removed'",
      );
      for (const { ws, numbers } of gone) await parts.posters.forget(ws, numbers.map(Number));
      if (!(await inEvents.followedUp())) log.warn('an erasure goes on although events from before it are still being followed up');
    },
  });
  const rotation = createRotation({ pg, jobs, privacy });
  const { audit } = parts.access;
  return {
    erasures,
    exports,
    plain,
    routes: (app) => privacyRoutes(app, { pg, privacy, erasures, exports, rotation, plain, audit }),
  };
}

async function allEvents(events: Events, workspaceNo: number, personNo: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let before: { time: string; key: number } | undefined; ; ) {
    const { items, last } = await events.ofPerson(workspaceNo, personNo, { limit: 5_000, ...(before ? { before } : {}) });
    all.push(...items);
    if (!last) return all;
    before = last;
  }
}

async function allMessages(channels: Channels, workspaceNo: number, personNo: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await channels.messages(workspaceNo, { personId: personId(personNo), limit: 200, ...(cursor ? { cursor } : {}) });
    all.push(...page.items);
    if (!page.nextCursor) return all;
    cursor = page.nextCursor;
  }
}

/** Who holds these identities, written as they come in, by `type|value`. */
export async function holdersOf(
  pg: Pg,
  privacy: Privacy,
  workspaceNo: number,
  identities: readonly Identity[],
): Promise<Map<string, number>> {
  const kept = await Promise.all(identities.map((identity) => privacy.blind(workspaceNo, identity)));
  const found = await peopleByIdentities(pg, workspaceNo, kept);
  return new Map(
    identities.flatMap((given, i): [string, number][] => {
      const person = found.get(`${kept[i]!.type}|${kept[i]!.value}`);
      return person === undefined ? [] : [[`${given.type}|${given.value}`, person]];
    }),
  );
}

export type PersonalData = ReturnType<typeof connectPrivacy>;
