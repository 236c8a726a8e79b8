import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type App, notFound } from '../base/index.ts';
import { personId } from '../people/index.ts';
import { landingHeaders, prefersEnglish } from '../touchpoints/index.ts';
import { readCode } from './coupons/codes.ts';
import {
  couponChange,
  couponList,
  couponListQuery,
  couponPeople,
  couponSchema,
  forecastBody,
  forecastSchema,
  holdingSchema,
  issueBody,
  names,
  newCoupon,
  peopleQuery,
  redeemBody,
  redeemed,
  reportSchema,
} from './coupons/schema.ts';
import { termsSchema } from './coupons/terms.ts';
import type { Rewards } from './rewards.ts';
import { walletHtml } from './wallet/page.ts';

const params = z.object({ id: z.string().max(64) });
const tags = ['coupons'];
const read = { permission: 'coupons.read' };
const write = { permission: 'coupons.write' };
const issue = { permission: 'coupons.issue' };
const redeem = { permission: 'coupons.redeem' };
/** Whoever is signed in stands at a till; a key is a shop system. */
const caller = ({ auth: { actor } }: FastifyRequest) => ({
  via: actor.kind === 'member' ? ('staff' as const) : ('api' as const),
  name: actor.name,
});

export function routes(app: App, rewards: Rewards): void {
  const { coupons } = rewards;
  app.get(
    '/api/coupons',
    { config: read, schema: { tags, summary: 'Coupons, newest first', querystring: couponListQuery, response: { 200: couponList } } },
    (req) => coupons.list(req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/coupons',
    { config: write, schema: { tags, summary: 'A new draft', body: newCoupon, response: { 201: couponSchema } } },
    async (req, reply) => reply.code(201).send(await coupons.create(req.auth.workspaceNo, req.body)),
  );
  app.post(
    '/api/coupons/sentence',
    { config: read, schema: { tags, summary: 'Terms in words', body: z.object({ terms: termsSchema }), response: { 200: names } } },
    (req) => coupons.sentence(req.auth.workspaceNo, req.body.terms),
  );
  app.post(
    '/api/coupons/redeem',
    {
      config: redeem,
      schema: {
        tags,
        summary: 'Uses a coupon for an order; asked again with the same code and order it changes nothing and says the same',
        body: redeemBody,
        response: { 200: redeemed },
      },
    },
    (req) => coupons.redeem(req.auth.workspaceNo, req.body, caller(req)),
  );
  app.post(
    '/api/coupons/quote',
    {
      config: read,
      schema: { tags, summary: 'What a coupon would take off an order, without using it', body: redeemBody, response: { 200: redeemed } },
    },
    (req) => coupons.quote(req.auth.workspaceNo, req.body),
  );
  app.get(
    '/api/coupons/codes/:code',
    {
      config: read,
      schema: {
        tags,
        summary: 'One coupon by its code',
        params: z.object({ code: z.string().max(100) }),
        response: { 200: holdingSchema.extend({ personId: z.string() }) },
      },
    },
    async (req) => {
      const found = await coupons.byCode(req.auth.workspaceNo, readCode(req.params.code));
      if (!found) throw notFound('Coupon');
      return { ...found.holding, personId: personId(found.personNo) };
    },
  );
  app.get('/api/coupons/:id', { config: read, schema: { tags, summary: 'One coupon', params, response: { 200: couponSchema } } }, (req) =>
    coupons.get(req.auth.workspaceNo, req.params.id),
  );
  app.patch(
    '/api/coupons/:id',
    {
      config: write,
      schema: {
        tags,
        summary: 'Change a coupon; what people hold keeps its terms',
        params,
        body: couponChange,
        response: { 200: couponSchema },
      },
    },
    (req) => coupons.change(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.delete(
    '/api/coupons/:id',
    { config: write, schema: { tags, summary: 'Remove a draft', params, response: { 204: z.null() } } },
    async (req, reply) => {
      await coupons.remove(req.auth.workspaceNo, req.params.id);
      return reply.code(204).send(null);
    },
  );
  const verbs = {
    launch: 'Begin: it can be given and claimed from now on',
    pause: 'Nobody gets it for the time being; what people hold stays good',
    resume: 'Go on',
    end: 'Nobody gets it any more; what people hold stays good',
  } as const;
  for (const [verb, summary] of Object.entries(verbs) as [keyof typeof verbs, string][])
    app.post(`/api/coupons/:id/${verb}`, { config: write, schema: { tags, summary, params, response: { 200: couponSchema } } }, (req) =>
      coupons[verb](req.auth.workspaceNo, req.params.id),
    );
  app.post(
    '/api/coupons/:id/forecast',
    {
      config: read,
      schema: {
        ...{ tags, summary: 'How many of an audience would get it, why the others not, and what it would cost', params },
        ...{ body: forecastBody, response: { 200: forecastSchema } },
      },
    },
    (req) => coupons.forecast(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.post(
    '/api/coupons/:id/issue',
    {
      config: issue,
      schema: {
        ...{
          tags,
          summary: 'Give it: to people named at once, to an audience in the background (`job`). With a `key` a repeat gives nothing twice',
          params,
        },
        body: issueBody,
        response: { 200: z.object({ job: z.string() }).or(z.object({ counts: z.record(z.string(), z.number()) })) },
      },
    },
    (req) => {
      const { cause, ...ask } = req.body;
      return coupons.give(req.auth.workspaceNo, req.params.id, { ...ask, cause: { ...cause, by: cause?.by ?? req.auth.actor.name } });
    },
  );
  app.post(
    '/api/coupons/:id/codes',
    {
      config: write,
      bodyLimit: 32 * 1024 * 1024,
      schema: {
        ...{ tags, summary: 'Takes in codes of the shop: one a line, or the first column of a CSV', params },
        body: z.object({ text: z.string().min(1, { error: 'must not be empty' }) }),
        response: { 200: z.object({ added: z.number(), known: z.number(), unread: z.number() }) },
      },
    },
    (req) => coupons.addCodes(req.auth.workspaceNo, req.params.id, req.body.text),
  );
  app.get(
    '/api/coupons/:id/report',
    {
      config: read,
      schema: { tags, summary: 'Issued, used, expired, cost, revenue; by carrier and by cause', params, response: { 200: reportSchema } },
    },
    (req) => coupons.report(req.auth.workspaceNo, req.params.id),
  );
  app.get(
    '/api/coupons/:id/people',
    {
      config: read,
      schema: { tags, summary: 'The people behind a number', params, querystring: peopleQuery, response: { 200: couponPeople } },
    },
    (req) => coupons.people(req.auth.workspaceNo, req.params.id, req.query),
  );
  app.get(
    '/api/people/:id/coupons',
    {
      config: read,
      schema: {
        ...{ tags, summary: 'What a person holds and held, and the address of their own page', params },
        response: { 200: z.object({ items: z.array(holdingSchema), walletUrl: z.string() }) },
      },
    },
    async (req) => {
      const { workspaceNo } = req.auth;
      const no = await rewards.personNo(workspaceNo, req.params.id);
      if (!no) throw notFound('Person');
      return { items: await coupons.ofPerson(workspaceNo, no), walletUrl: rewards.wallet.url(workspaceNo, no) };
    },
  );
}

const token = z.object({ token: z.string().max(60) });
const headers = {
  ...landingHeaders,
  'content-security-policy': landingHeaders['content-security-policy'].replace("form-action 'none'", "form-action 'self'"),
};

/** The customer's own page. It works without script: forms are sent and answered with the page again. */
export async function walletRoutes(app: App, rewards: Rewards): Promise<void> {
  await app.register(async (plain) => {
    const scope = plain as unknown as App;
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 4096 }, (_req, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    const config = { permission: 'public' };
    scope.get(
      '/c/w/:token',
      {
        config,
        schema: { hide: true, params: token, querystring: z.looseObject({ said: z.string().max(20).optional().catch(undefined) }) },
      },
      async (req, reply) => {
        const view = await rewards.wallet.view(req.params.token);
        const english = prefersEnglish(req.headers['accept-language']);
        return reply
          .code(view ? 200 : 404)
          .headers(headers)
          .send(walletHtml(req.params.token, view, { english, said: req.query.said, redeemUrl: rewards.redeemUrl }));
      },
    );
    scope.post(
      '/c/w/:token/claim',
      {
        config,
        schema: {
          hide: true,
          params: token,
          body: z.object({
            coupon: z.string().max(64).optional(),
            word: z.string().max(80).optional(),
            key: z.string().regex(/^[\w-]{8,40}$/, { error: 'must not be empty' }),
          }),
        },
      },
      async (req, reply) => {
        const { coupon, word, key } = req.body;
        const said = await rewards.wallet.claim(req.params.token, { couponId: coupon ?? '', word, key });
        // A page of its own after the form: pressed "back" nothing is sent again.
        return reply.header('cache-control', 'no-store').redirect(`/c/w/${req.params.token}${said ? `?said=${said}` : ''}`, 303);
      },
    );
  });
}
