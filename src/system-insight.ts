import type { Access } from './access/index.ts';
import type { Audience, Rule } from './audience/index.ts';
import type { App, Ch, Clock, Jobs, Pg } from './base/index.ts';
import type { Content } from './content/index.ts';
import type { Events } from './events/index.ts';
import {
  contentEffectRoutes,
  createEntrances,
  createHeat,
  createInsight,
  createKoc,
  createPosition,
  createQuestions,
  createValue,
  entranceRoutes,
  heatRoutes,
  type InsightDeps,
  routes as insightRoutes,
  kocRoutes,
  positionRoutes,
  questionRoutes,
  valueRoutes,
} from './insight/index.ts';
import type { Journeys } from './journeys/index.ts';
import { personNo, type ReadDeps, readPeople, survivingPerson } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import { modelDeps } from './system-models.ts';
import { peopleOfIds } from './system-people.ts';
import { purposedThings } from './system-purposes.ts';
import type { Touchpoints } from './touchpoints/index.ts';

export interface InsightParts {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  jobs: Jobs;
  access: Access;
  privacy: Privacy;
  events: Events;
  audience: Audience;
  content: Content;
  journeys: Journeys;
  touchpoints: Touchpoints;
  read: ReadDeps;
  erasedSince(workspaceNo: number, since: Date): Promise<number>;
}

/** What only asks: reports, models, and what was saved of them. */
export function openInsight(parts: InsightParts) {
  const { pg, ch, clock, jobs, access, privacy, events, audience, content, journeys, touchpoints, read } = parts;
  const things = (ws: number) => purposedThings(journeys, content, ws);
  const asking: InsightDeps = {
    ch,
    clock,
    source: (ws, columns, people) => events.source(ws, people, columns),
    personNo: (ws, id) => survivingPerson(pg, ws, personNo(id)),
    personNos: (ws, ids) => peopleOfIds(pg, ws, ids),
    people: (ws, numbers) => readPeople(read, ws, numbers),
    erased: parts.erasedSince,
    hidden: (ws, steps, keep) => audience.hidden(ws, steps as Rule[], keep) as Promise<never[]>,
    levels: (ws, from, to) => audience.levelsSql(ws, from, to),
    rules: (ws, rules) => audience.compile(ws, rules),
    standings: (ws, of, instants) => audience.standingsSql(ws, of, instants),
    ladder: async (ws, of = 'level') => (await audience.definitions(ws))[`${of}s`].map(({ key, name }) => ({ key, name })),
    things,
    contents: (ws) => content.all(ws),
  };
  const write: Events['write'] = (ws, items) => events.write(ws, items);
  const insight = createInsight(asking);
  const questions = createQuestions({ ...asking, pg });
  const position = createPosition({ ...asking, pg, purposed: things });
  const entrances = createEntrances({
    ...asking,
    touchpoints: (ws) => touchpoints.named(ws),
    trial: (ws, id) => touchpoints.trials.get(ws, id),
  });
  const koc = createKoc({
    ...{ ...asking, pg, jobs, compile: audience.compile, check: audience.check, write },
    keep: (ws, rules) => audience.hidden(ws, rules, true),
  });
  const modelling = modelDeps({
    ...{ ...asking, pg, jobs, audience, privacy, write },
    zone: async (ws) => (await access.workspaces.get(ws)).timezone,
  });
  const value = createValue(modelling);
  const heat = createHeat(modelling);
  return {
    insight,
    koc,
    value,
    heat,
    routes: (app: App): void => {
      insightRoutes(app, insight);
      questionRoutes(app, questions);
      positionRoutes(app, position);
      valueRoutes(app, value);
      heatRoutes(app, heat);
      kocRoutes(app, koc);
      entranceRoutes(app, entrances);
      contentEffectRoutes(app, { ...asking, touchpoints: (ws) => touchpoints.named(ws) });
    },
  };
}
