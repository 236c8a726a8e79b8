import { z } from 'zod';
import { type App, badInput, notFound } from '../base/index.ts';
import { dot } from './opens.ts';
import { deviceList, newDevice } from './push/index.ts';
import type { Channels } from './room.ts';
import { probeAnswer } from './schema.ts';

const MOST_BYTES = 1024 * 1024;
const tags = ['channels'];
const direct = ['email', 'sms', 'push'] as const;
const channel = z.object({ channel: z.enum(direct) });
const address = {
  email: z.email({ error: 'must be an e-mail address such as hello@example.com' }),
  sms: z.string().regex(/^\+\d{6,15}$/, { error: 'must be a number such as +8613800138000' }),
};
const secretPath = z.object({ account: z.string().max(100), secret: z.string().max(40) });

/** The doors of e-mail, text messages and app push. */
export function directRoutes(app: App, channels: Channels): void {
  app.post(
    '/api/channels/:channel/test',
    {
      config: { permission: 'channels.write' },
      schema: {
        ...{ tags, summary: 'Sends one test message: to an address, or to the devices of a person', params: channel },
        body: z.object({ to: z.string().trim().min(1).max(200) }),
        response: { 200: probeAnswer },
      },
    },
    (req) => channels.direct.tryOut(req.auth.workspaceNo, req.params.channel, checked(req.params.channel, req.body.to)),
  );
  app.post(
    '/api/channels/:channel/revive',
    {
      config: { permission: 'channels.write' },
      schema: {
        ...{
          tags,
          summary: 'Takes an address off the list of those that take no more',
          params: z.object({ channel: z.enum(['email', 'sms']) }),
        },
        body: z.object({ address: z.string().trim().min(1).max(200) }),
        response: { 200: z.object({ revived: z.boolean() }) },
      },
    },
    async (req) => ({
      revived: await channels.direct.revive(req.auth.workspaceNo, req.params.channel, checked(req.params.channel, req.body.address)),
    }),
  );
  app.post(
    '/api/channels/sms/count',
    {
      config: { permission: 'content.read' },
      schema: {
        ...{ tags, summary: 'A text message as it would arrive: with its signature, counted in the parts that are paid for' },
        body: z.object({ text: z.string().max(10_000), purpose: z.string().max(60).default('') }),
        response: { 200: z.object({ text: z.string(), parts: z.number(), costFen: z.number().nullable() }) },
      },
    },
    (req) => channels.direct.count(req.auth.workspaceNo, req.body.text, req.body.purpose),
  );
  deviceRoutes(app, channels);
  openDoors(app, channels);
}

function checked(kind: (typeof direct)[number], to: string): string {
  if (kind === 'push') return to;
  const given = address[kind].safeParse(kind === 'email' ? to.toLowerCase() : to.replace(/[\s-]/g, '').replace(/^(1\d{10})$/, '+86$1'));
  if (!given.success) throw badInput([{ field: 'to', reason: given.error.issues[0]!.message }]);
  return given.data;
}

function deviceRoutes(app: App, channels: Channels): void {
  const person = z.object({ id: z.string().max(64) });
  app.get(
    '/api/people/:id/devices',
    {
      config: { permission: 'people.read' },
      schema: { tags, summary: 'Devices on which a person is reached by app push', params: person, response: { 200: deviceList } },
    },
    async (req) => ({ items: await channels.direct.devices(req.auth.workspaceNo, req.params.id) }),
  );
  app.post(
    '/api/people/:id/devices',
    {
      config: { permission: 'people.write' },
      schema: {
        ...{
          tags,
          summary: 'Notes the push token of a device; events with context.device.token do the same',
          params: person,
          body: newDevice,
        },
        response: { 200: z.object({ id: z.string() }) },
      },
    },
    async (req) => ({ id: await channels.direct.register(req.auth.workspaceNo, req.params.id, req.body) }),
  );
  app.delete(
    '/api/people/:id/devices/:device',
    {
      config: { permission: 'people.write' },
      schema: { tags, summary: 'Forgets a device', params: person.extend({ device: z.string().max(64) }) },
    },
    async (req, reply) => {
      if (!(await channels.direct.removeDevice(req.auth.workspaceNo, req.params.id, req.params.device))) throw notFound('Device');
      return reply.code(204).send();
    },
  );
}

/** For mail programs and providers, which have no key: the address is the secret. */
function openDoors(app: App, channels: Channels): void {
  const config = { permission: 'public' };
  app.get(
    '/o/:dot',
    { config, schema: { hide: true, params: z.object({ dot: z.string().max(60) }) }, exposeHeadRoute: false },
    async (req, reply) => {
      await channels.direct.opened(req.params.dot.replace(/\.gif$/, ''), String(req.headers['user-agent'] ?? ''));
      return reply.type('image/gif').header('cache-control', 'no-store').send(dot);
    },
  );
  app.post('/sms/reports/:account/:secret', { config, schema: { hide: true, params: secretPath } }, (req) =>
    channels.direct.reports.receive(req.params.account, req.params.secret, req.body),
  );
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MOST_BYTES }, (_request, body, done) => done(null, body));
    scope.post<{ Params: z.output<typeof secretPath> }>(
      '/email/bounces/:account/:secret',
      { config, schema: { hide: true } },
      async (request) => {
        const { account, secret } = secretPath.parse(request.params);
        return { bounces: await channels.direct.bounces.receive(account, secret, String(request.body ?? '')) };
      },
    );
  });
}
