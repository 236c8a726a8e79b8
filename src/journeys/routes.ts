import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type App, languageOf, pageQuery, reasonsFor } from '../base/index.ts';
import { foreseenPeople, foresightAnswer } from './foresee.ts';
import { enterAnswer, enterBody } from './request.ts';
import type { Journeys } from './room.ts';
import {
  type Journey,
  journeyChange,
  journeyList,
  journeyPeopleSchema,
  journeySchema,
  launchBody,
  launchedSchema,
  newJourney,
  peopleQuery,
  resultsSchema,
  templateBody,
  templateList,
} from './schema.ts';
import { sopRoutes } from './sop/index.ts';
import { tryAnswer, tryBody } from './try.ts';

const params = z.object({ id: z.string().max(64) });
const tags = ['journeys'];
const read = { permission: 'journeys.read' };
const write = { permission: 'journeys.write' };
const launch = { permission: 'journeys.launch' };

/** What keeps a journey from being launched, in the caller's language. */
const said = <T extends Pick<Journey, 'problems'>>(req: FastifyRequest, one: T): T => ({ ...one, problems: reasonsFor(req, one.problems) });

export function routes(app: App, journeys: Journeys): void {
  sopRoutes(app, journeys.sops);
  app.get(
    '/api/journeys',
    { config: read, schema: { tags, summary: 'Journeys, newest first', querystring: pageQuery, response: { 200: journeyList } } },
    (req) => journeys.list(req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/journeys',
    {
      config: write,
      schema: {
        tags,
        summary: 'A new draft; `problems` says what keeps it from being launched',
        body: newJourney,
        response: { 201: journeySchema },
      },
    },
    async (req, reply) => reply.code(201).send(said(req, await journeys.create(req.auth.workspaceNo, req.body))),
  );
  app.post(
    '/api/journeys/check',
    {
      config: read,
      schema: {
        tags,
        summary: 'What keeps a graph from being launched, without saving it',
        body: z.object({ graph: z.unknown() }),
        response: { 200: journeySchema.pick({ problems: true }) },
      },
    },
    async (req) => said(req, { problems: await journeys.check(req.auth.workspaceNo, req.body.graph) }),
  );
  app.get(
    '/api/journeys/templates',
    { config: read, schema: { tags, summary: 'Journeys ready to be launched', response: { 200: templateList } } },
    () => ({ items: journeys.templates().map(({ key, name, about, purpose }) => ({ key, name, about, purpose })) }),
  );
  app.post(
    '/api/journeys/templates/:key',
    {
      config: write,
      schema: {
        tags,
        summary: 'A draft of one of them, with the content and the coupons that it needs as drafts',
        params: z.object({ key: z.string().max(64) }),
        body: templateBody,
        response: { 201: journeySchema },
      },
    },
    async (req, reply) => {
      const language = req.body?.language ?? languageOf(req.headers['accept-language']);
      const made = await journeys.fromTemplate(req.auth.workspaceNo, { ...req.body, key: req.params.key, language });
      return reply.code(201).send(said(req, made));
    },
  );
  app.get(
    '/api/journeys/:id',
    { config: read, schema: { tags, summary: 'One journey', params, response: { 200: journeySchema } } },
    async (req) => said(req, await journeys.get(req.auth.workspaceNo, req.params.id)),
  );
  app.patch(
    '/api/journeys/:id',
    {
      config: write,
      schema: {
        tags,
        summary: 'Change a journey; a new graph of a launched one is a new version; `inside`: who is inside keeps theirs, or moves to it',
        params,
        body: journeyChange,
        response: { 200: journeySchema },
      },
    },
    async (req) => said(req, await journeys.change(req.auth.workspaceNo, req.params.id, req.body)),
  );
  app.post(
    '/api/journeys/:id/launch',
    {
      config: launch,
      schema: {
        tags,
        summary: 'Begin: people enter from now on; `existing`: those who are in the entry audience already enter too',
        params,
        body: launchBody,
        response: { 200: launchedSchema },
      },
    },
    async (req) => said(req, await journeys.launch(req.auth.workspaceNo, req.params.id, req.body?.existing)),
  );
  app.post(
    '/api/journeys/:id/enter',
    {
      config: launch,
      schema: {
        tags,
        summary: 'Asks people in, by an entry with `api`; the same key does nothing twice for 30 days',
        params,
        body: enterBody,
        response: { 202: enterAnswer },
      },
    },
    async (req, reply) => reply.code(202).send(await journeys.enter(req.auth.workspaceNo, req.params.id, req.body)),
  );
  app.post(
    '/api/journeys/:id/try',
    {
      config: read,
      schema: {
        tags,
        summary: 'The way one person would go, step by step and why; nothing is written and nothing is sent',
        params,
        body: tryBody,
        response: { 200: tryAnswer },
      },
    },
    (req) => journeys.try(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.get(
    '/api/journeys/:id/foresight',
    {
      config: read,
      schema: {
        ...{ tags, summary: 'What a launch would meet: what would be stopped, by which rule', params },
        querystring: z.object({ existing: z.stringbool().optional() }),
        response: { 200: foresightAnswer },
      },
    },
    (req) => journeys.foresee(req.auth.workspaceNo, req.params.id, req.query.existing, req.auth.actor),
  );
  app.get(
    '/api/journeys/:id/foresight/people',
    {
      config: read,
      schema: {
        ...{ tags, summary: 'The people behind one number of it: of a reason, or `goes`', params },
        querystring: pageQuery.extend({
          node: z.string().min(1).max(200),
          reason: z.string().min(1).max(100),
          existing: z.stringbool().optional(),
        }),
        response: { 200: foreseenPeople },
      },
    },
    (req) => journeys.foreseen(req.auth.workspaceNo, req.params.id, req.query),
  );
  const verbs = {
    pause: 'Hold: nobody enters, moves or is sent to',
    resume: 'Go on from where everyone stands',
    archive: 'End: everyone leaves, what is queued is taken back',
  } as const;
  for (const [verb, summary] of Object.entries(verbs) as [keyof typeof verbs, string][]) {
    app.post(
      `/api/journeys/:id/${verb}`,
      { config: launch, schema: { tags, summary, params, response: { 200: journeySchema } } },
      async (req) => said(req, await journeys[verb](req.auth.workspaceNo, req.params.id)),
    );
  }
  app.get(
    '/api/journeys/:id/results',
    {
      config: read,
      schema: {
        tags,
        summary: 'Per node: entered, left, waiting, converted; per branch the share that converted, with intervals',
        params,
        querystring: z.object({ version: z.coerce.number().int().min(1).optional() }),
        response: { 200: resultsSchema },
      },
    },
    (req) => journeys.results(req.auth.workspaceNo, req.params.id, req.query.version),
  );
  app.get(
    '/api/journeys/:id/people',
    {
      config: read,
      schema: { tags, summary: 'The people behind a number', params, querystring: peopleQuery, response: { 200: journeyPeopleSchema } },
    },
    (req) => journeys.people(req.auth.workspaceNo, req.params.id, req.query),
  );
}
