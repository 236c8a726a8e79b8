import { z } from 'zod';
import { type App, notFound, problem } from '../base/index.ts';
import { approvalRoutes } from './approvals/index.ts';
import { consentRoutes } from './consent-routes.ts';
import { directRoutes } from './direct-routes.ts';
import { fatigueRoutes } from './fatigue-routes.ts';
import { groupRoutes } from './groups-routes.ts';
import { limitRoutes } from './limits/routes.ts';
import { payRoutes } from './pay/index.ts';
import type { Channels } from './room.ts';
import { channelList, messageList, messageQuery, messageSummary, policyChange, policyView, probeAnswer, settingsBody } from './schema.ts';
import { staffRoutes } from './staff/routes.ts';

export function routes(app: App, channels: Channels): void {
  messageRoutes(app, channels);
  settingRoutes(app, channels);
  consentRoutes(app, channels);
  groupRoutes(app, channels);
  payRoutes(app, channels.pay);
  limitRoutes(app, channels);
  staffRoutes(app, channels);
  approvalRoutes(app, channels.approvals);
  fatigueRoutes(app, channels.fatigue);
  directRoutes(app, channels);
  app.get(
    '/t/:token',
    { config: { permission: 'public' }, schema: { hide: true, params: z.object({ token: z.string().max(60) }) }, exposeHeadRoute: false },
    async (req, reply) => {
      const url = await channels.follow(req.params.token);
      if (url === undefined) throw notFound('This link');
      return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').redirect(url, 302);
    },
  );
}

function messageRoutes(app: App, channels: Channels): void {
  const config = { permission: 'messages.read' };
  app.get(
    '/api/messages',
    {
      config,
      schema: { tags: ['messages'], summary: 'Messages, newest first', querystring: messageQuery, response: { 200: messageList } },
    },
    (req) => channels.messages(req.auth.workspaceNo, req.query),
  );
  app.get(
    '/api/messages/summary',
    {
      config,
      schema: {
        tags: ['messages'],
        summary: 'Messages by state, reason and day',
        querystring: z.object({ days: z.coerce.number().int().min(1).max(90).default(14) }),
        response: { 200: messageSummary },
      },
    },
    (req) => channels.summary(req.auth.workspaceNo, req.auth.timezone, req.query.days),
  );
}

function settingRoutes(app: App, channels: Channels): void {
  const read = { permission: 'channels.read' };
  const write = { permission: 'channels.write' };
  const tags = ['channels'];
  app.get(
    '/api/channels',
    { config: read, schema: { tags, summary: 'Channels and how they do', response: { 200: channelList } } },
    async (req) => ({
      items: await channels.list(req.auth.workspaceNo),
    }),
  );
  for (const kind of ['wecom', 'official_account', 'mini_program', 'webhook', 'email', 'sms', 'push', 'wechat_pay'] as const) {
    app.put(
      `/api/channels/${kind}`,
      {
        config: write,
        schema: {
          tags,
          summary: `Settings of the ${kind} channel; a secret that is left out stays as it is`,
          body: settingsBody,
          response: { 200: z.object({ id: z.string(), key: z.string(), settings: settingsBody, secretsSet: z.array(z.string()) }) },
        },
      },
      async (req) => {
        const { id, settings, secretsSet } = await channels.save(req.auth.workspaceNo, kind, req.body);
        return { id, key: kind, settings, secretsSet };
      },
    );
  }
  app.post(
    '/api/channels/webhook/test',
    { config: write, schema: { tags, summary: 'Sends a signed example', response: { 200: probeAnswer } } },
    (req) => channels.testWebhook(req.auth.workspaceNo),
  );
  app.get(
    '/api/policy',
    {
      config: { permission: 'policy.read' },
      schema: { tags, summary: 'What holds for every message', response: { 200: policyView } },
    },
    (req) => channels.policy(req.auth.workspaceNo),
  );
  app.put(
    '/api/policy',
    {
      config: { permission: 'policy.write' },
      schema: {
        tags,
        summary: 'Quiet hours, caps, consent, and the switch that pauses all sending; what is left out stays',
        body: policyChange,
        response: { 200: policyView },
      },
    },
    async (req) => {
      const { workspaceNo, actor } = req.auth;
      const { approvalAbove } = req.body;
      if (approvalAbove !== undefined && !req.auth.can('approvals.limit')) {
        // Who may send must not free themselves of being looked at.
        const before = (await channels.policy(workspaceNo)).approvalAbove;
        if (before !== null && (approvalAbove === null || approvalAbove > before))
          throw problem(403, 'Only an owner raises the size that needs approval', {
            code: 'not_allowed',
            detail: 'You can lower it; an owner can raise it or switch approval off.',
          });
      }
      return channels.setPolicy(workspaceNo, req.body, actor.name);
    },
  );
}
