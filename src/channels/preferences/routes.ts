import { z } from 'zod';
import type { App } from '../../base/index.ts';
import { landingHeaders, prefersEnglish } from '../../touchpoints/index.ts';
import { preferenceHtml } from './page.ts';
import type { PreferenceChange, Preferences } from './preferences.ts';

/** Forms answer to this very page. */
const headers = {
  ...landingHeaders,
  'content-security-policy': landingHeaders['content-security-policy'].replace("form-action 'none'", "form-action 'self'"),
};
const params = z.object({ token: z.string().max(220) });
const config = { permission: 'public' };

/** What a form or a mail program sends. RFC 8058 lets the one click come in either of two shapes. */
function asked(body: string): PreferenceChange | undefined {
  if (/List-Unsubscribe"?(=|\s+)One-Click/.test(body)) return { to: 'not_this', oneClick: true };
  const form = new URLSearchParams(body);
  const deed = form.get('do');
  if (deed === 'these') return { to: 'these', on: form.getAll('on') };
  if (deed === 'no_marketing') return { to: deed };
  return deed === 'not_this' ? { to: deed, oneClick: false } : undefined;
}

/** `/u/<token>`: looking changes nothing (mail programs and chats look ahead); only what is sent does. */
export async function preferenceRoutes(app: App, preferences: Preferences): Promise<void> {
  await app.register(async (plain) => {
    const scope = plain as unknown as App;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 16_384 }, (_req, body, done) => done(null, body));
    scope.get(
      '/u/:token',
      {
        config,
        schema: { hide: true, params, querystring: z.looseObject({ said: z.string().max(20).optional().catch(undefined) }) },
      },
      async (req, reply) => {
        const view = await preferences.view(req.params.token);
        const english = prefersEnglish(req.headers['accept-language']);
        return reply
          .code(view ? 200 : 404)
          .headers(headers)
          .send(preferenceHtml(req.params.token, view, { english, said: req.query.said }));
      },
    );
    scope.post('/u/:token', { config, schema: { hide: true, params } }, async (req, reply) => {
      const { token } = req.params;
      const change = asked(typeof req.body === 'string' ? req.body : '');
      const english = prefersEnglish(req.headers['accept-language']);
      const done = change && (await preferences.change(token, change));
      // A mail program follows no address: it wants to know that it is done.
      if (change?.to === 'not_this' && change.oneClick)
        return reply
          .code(done === 'changed' ? 200 : done === undefined ? 404 : 429)
          .header('cache-control', 'no-store')
          .type('text/plain')
          .send('');
      if (done === undefined) {
        const view = change ? undefined : await preferences.view(token);
        return reply
          .code(view ? 400 : 404)
          .headers(headers)
          .send(preferenceHtml(token, view, { english }));
      }
      const said = done === 'changed' ? '?said=saved' : done === 'too_often' ? '?said=too_often' : '';
      // A page of its own after the form: pressed "back" nothing is sent again.
      return reply.header('cache-control', 'no-store').redirect(`/u/${token}${said}`, 303);
    });
  });
}
