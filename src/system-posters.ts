import { join } from 'node:path';
import type { Audience } from './audience/index.ts';
import type { Clock, Config, Jobs, Log, Pg } from './base/index.ts';
import type { PosterPort } from './channels/index.ts';
import { type Content, createPosters, type OwnCode, type Posters } from './content/index.ts';
import type { Events } from './events/index.ts';
import { personId, personNo, survivingPerson, traitsOf } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import { isPersonal, type Touchpoints } from './touchpoints/index.ts';

export interface PosterParts {
  config: Config;
  pg: Pg;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  privacy: Privacy;
  events: Events;
  audience: Audience;
  content: Content;
  touchpoints: Touchpoints;
  publicUrl: string;
  keys: readonly Buffer[];
}

/** Posters, with the people whom they show and the ways in that their codes open. */
export function openPosters(parts: PosterParts): Posters {
  const { config, pg, privacy, audience, touchpoints, events } = parts;
  const existing = (ws: number, people: readonly number[]) => traitsOf(pg, ws, people);
  const posters = createPosters({
    ...{ pg, clock: parts.clock, log: parts.log, jobs: parts.jobs, publicUrl: parts.publicUrl, keys: parts.keys },
    files: parts.content.files,
    dir: join(config.dataDir, 'posters'),
    allow: config.YUTANG_WEBHOOK_ALLOW,
    people: {
      open: async (ws, people) => (await privacy.inTexts(ws, await existing(ws, people))).traits,
      masked: async (ws, people) => privacy.masked(ws, await existing(ws, people)),
      no: (ws, id) => survivingPerson(pg, ws, personNo(id)),
      id: personId,
      survivor: (ws, no) => survivingPerson(pg, ws, no),
    },
    codes: {
      point: async (ws, id) => {
        const point = await touchpoints.get(ws, id).catch((error: { status?: number }) => {
          if (error.status === 404) return undefined;
          throw error;
        });
        if (!point) return undefined;
        const picture = point.content ? null : await touchpoints.pictureOf(ws, id);
        const common: OwnCode | null = point.content ? { text: point.content } : picture ? { picture } : null;
        return { name: point.name, open: point.state === 'live', personal: isPersonal(point), common };
      },
      own: async (ws, id, people) =>
        new Map(
          [...(await touchpoints.personal.ways(ws, id, people))].flatMap(([no, way]): [number, OwnCode][] =>
            way.text ? [[no, { text: way.text }]] : way.picture ? [[no, { picture: way.picture }]] : [],
          ),
        ),
      logo: (ws) => touchpoints.logo(ws),
    },
    audience: {
      about: async (ws, id) => {
        const { name, live, rule } = await audience.audience(ws, id);
        return { name, size: live ? ((await audience.audienceCounts(ws)).get(id) ?? 0) : await audience.count(ws, rule) };
      },
      members: async (ws, id, below, limit) => (await audience.members(ws, id, below, limit)).map((m) => m.personNo),
    },
  });
  events.onMerge((ws, moves) => posters.onMerge(ws, moves));
  events.onSplit((ws, split) => posters.onSplit(ws, split));
  return posters;
}

/** Posters as channels send them; looked up when one is wanted, for they stand below the channels. */
export const sendingOf =
  (posters: () => Posters): PosterPort =>
  (...ask) =>
    posters().forSending(...ask);

/** Traits as messages are made of them: with the addresses of the person's own posters, `{{ person.posters.<key> }}`. */
export async function withPosterPages(posters: Posters, ws: number, traits: Map<number, Record<string, unknown>>) {
  const addresses = await posters.addresses(ws, [...traits.keys()]);
  if (addresses.size === 0) return traits;
  return new Map([...traits].map(([no, own]) => [no, { ...own, posters: addresses.get(no) }]));
}
