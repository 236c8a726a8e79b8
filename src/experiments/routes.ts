import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type App, pageQuery, reasonsFor } from '../base/index.ts';
import type { Experiments } from './experiments.ts';
import {
  assignAnswer,
  assignBody,
  decideBody,
  type Experiment,
  experimentChange,
  experimentList,
  experimentSchema,
  newExperiment,
  peopleBody,
  peoplePage,
  planBody,
  planSchema,
  resultsSchema,
} from './schema.ts';

const params = z.object({ id: z.string().max(64) });
const tags = ['experiments'];
const read = { permission: 'experiments.read' };
const write = { permission: 'experiments.write' };
const launch = { permission: 'experiments.launch' };

/** What keeps an experiment from being launched, in the caller's language. */
const said = (req: FastifyRequest, one: Experiment): Experiment => ({ ...one, problems: reasonsFor(req, one.problems) });

export function routes(app: App, experiments: Experiments): void {
  app.get(
    '/api/experiments',
    { config: read, schema: { tags, summary: 'Experiments, newest first', querystring: pageQuery, response: { 200: experimentList } } },
    async (req) => {
      const list = await experiments.list(req.auth.workspaceNo, req.query);
      return { ...list, items: list.items.map((one) => said(req, one)) };
    },
  );
  app.post(
    '/api/experiments',
    { config: write, schema: { tags, summary: 'A new draft', body: newExperiment, response: { 201: experimentSchema } } },
    async (req, reply) => reply.code(201).send(said(req, await experiments.create(req.auth.workspaceNo, req.body))),
  );
  app.post(
    '/api/experiments/plan',
    {
      config: read,
      schema: {
        tags,
        summary: 'How many people it takes, and how long at the traffic there is',
        body: planBody,
        response: { 200: planSchema },
      },
    },
    (req) => experiments.plan(req.auth.workspaceNo, req.body),
  );
  app.get(
    '/api/experiments/:id',
    { config: read, schema: { tags, summary: 'One experiment', params, response: { 200: experimentSchema } } },
    async (req) => said(req, await experiments.get(req.auth.workspaceNo, req.params.id)),
  );
  app.patch(
    '/api/experiments/:id',
    {
      config: write,
      schema: {
        tags,
        summary: 'Change a draft; of a launched one only the name',
        params,
        body: experimentChange,
        response: { 200: experimentSchema },
      },
    },
    async (req) => said(req, await experiments.change(req.auth.workspaceNo, req.params.id, req.body)),
  );
  app.post(
    '/api/experiments/:id/launch',
    { config: launch, schema: { tags, summary: 'Begin: people are given arms from now on', params, response: { 200: experimentSchema } } },
    async (req) => said(req, await experiments.launch(req.auth.workspaceNo, req.params.id)),
  );
  app.post(
    '/api/experiments/:id/stop',
    {
      config: launch,
      schema: { tags, summary: 'Nobody new is given an arm; who has one is followed on', params, response: { 200: experimentSchema } },
    },
    async (req) => said(req, await experiments.stop(req.auth.workspaceNo, req.params.id)),
  );
  app.post(
    '/api/experiments/:id/decide',
    {
      config: launch,
      schema: { tags, summary: 'Say which arm it is to be, or none', params, body: decideBody, response: { 200: experimentSchema } },
    },
    async (req) => said(req, await experiments.decide(req.auth.workspaceNo, req.params.id, req.body)),
  );
  app.post(
    '/api/experiments/:id/assign',
    {
      config: launch,
      schema: {
        tags,
        summary: 'The arms of people, for a program that shows them something',
        params,
        body: assignBody,
        response: { 200: assignAnswer },
      },
    },
    (req) => experiments.assign(req.auth.workspaceNo, req.params.id, req.body.people),
  );
  app.get(
    '/api/experiments/:id/results',
    {
      config: read,
      schema: {
        tags,
        summary: 'What it has come to, with intervals that may be looked at at any time',
        params,
        response: { 200: resultsSchema },
      },
    },
    (req) => experiments.results(req.auth.workspaceNo, req.params.id),
  );
  app.post(
    '/api/experiments/:id/people',
    { config: read, schema: { tags, summary: 'The people behind a number', params, body: peopleBody, response: { 200: peoplePage } } },
    (req) => experiments.people(req.auth.workspaceNo, req.params.id, req.body),
  );
}
