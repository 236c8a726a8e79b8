import type { FastifyReply } from 'fastify';
import { type App, problem } from '../base/index.ts';
import type { Access } from './access.ts';
import { refuseForeign } from './origin.ts';
import * as schema from './schema.ts';

/** Signing in and out, and the own password. Nothing else of the sign-in library is reachable. */
export function signInRoutes(app: App, access: Access): void {
  const { sessions, attempts } = access;
  const guarded = async <T>(reply: FastifyReply, subject: { account: string; ip: string }, guess: () => Promise<T>): Promise<T> => {
    const outcome = await attempts.guard(subject, guess);
    if ('done' in outcome) return outcome.done;
    reply.header('retry-after', outcome.waitSeconds);
    throw problem(429, 'Too many wrong passwords', {
      code: 'too_many_attempts',
      detail: `Try again in ${Math.ceil(outcome.waitSeconds / 60)} minutes.`,
    });
  };
  const setCookies = (reply: FastifyReply, cookies: string[]): void => {
    for (const cookie of cookies) reply.header('set-cookie', cookie);
    reply.header('cache-control', 'no-store');
  };

  app.post(
    '/api/auth/sign-in/email',
    { config: { permission: 'public' }, schema: { tags: ['access'], body: schema.signInBody, response: { 200: schema.signedIn } } },
    async (req, reply) => {
      refuseForeign(req, access.publicUrl, { absentIsFine: true });
      const from = { ip: req.ip, agent: req.headers['user-agent']?.slice(0, 300) ?? '' };
      const signed = await guarded(reply, { account: req.body.email, ip: req.ip }, () => sessions.signIn(req.body, from));
      setCookies(reply, signed.cookies);
      for (const { workspace, memberId, memberName } of await access.workspaces.of(signed.user.id)) {
        await access.audit({
          workspaceNo: workspace.no,
          actor: { kind: 'member', id: memberId, name: memberName },
          action: 'member.signed_in',
        });
      }
      return { user: signed.user };
    },
  );

  app.post(
    '/api/auth/sign-out',
    { config: { permission: 'public' }, schema: { tags: ['access'], response: { 200: schema.done } } },
    async (req, reply) => {
      refuseForeign(req, access.publicUrl);
      setCookies(reply, await sessions.signOut(req.headers.cookie ?? ''));
      return { success: true as const };
    },
  );

  app.post(
    '/api/auth/change-password',
    {
      config: { permission: 'self.write', audit: 'own' },
      schema: { tags: ['access'], body: schema.changePasswordBody, response: { 200: schema.done } },
    },
    async (req, reply) => {
      const { workspaceNo, actor, userId } = req.auth;
      const change = () => sessions.changePassword(req.headers.cookie ?? '', req.body);
      setCookies(reply, await guarded(reply, { account: userId!, ip: req.ip }, change));
      await access.audit({ workspaceNo, actor, action: 'member.password_changed', target: actor.id });
      return { success: true as const };
    },
  );
}
