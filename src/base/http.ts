import type { IncomingMessage, ServerResponse } from 'node:http';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController, type RawServerDefault } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { type FieldError, Problem, problem } from './errors.ts';
import type { Log } from './log.ts';
import { baseZh } from './problems.zh.ts';
import { createTexts, languageOf, type Texts } from './texts.ts';

/** The web server as rooms see it: routes with zod schemas. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, Log, ZodTypeProvider>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the caller must be allowed to do; `public` needs nobody, `ingest` a write key. Every route says one. */
    permission?: string;
  }
  interface FastifyRequest {
    /** A text of an error in the language that the caller asked for. */
    say(text: string): string;
  }
}

/** A web server with schemas, OpenAPI 3.1 at /api/openapi.json, and RFC 9457 answers to every error, in the caller's language. */
export async function createHttp(deps: { log: Log; version: string; texts?: readonly Texts[] }): Promise<App> {
  const say = createTexts([baseZh, ...(deps.texts ?? [])]);
  /** Names, numbers and types are the same in every language. */
  const send = (answer: Problem, req: Pick<FastifyRequest, 'headers'>, reply: FastifyReply): FastifyReply => {
    const language = languageOf(req.headers['accept-language']);
    const said = answer.in(language, say);
    const vary = reply.getHeader('vary');
    return reply
      .code(answer.status)
      .header('content-type', 'application/problem+json')
      .header('content-language', language)
      .header('vary', vary === undefined ? 'accept-language' : `${String(vary)}, accept-language`)
      .send(said.toJSON());
  };
  const app = Fastify({
    loggerInstance: deps.log as never,
    // One log for all: nothing is logged by request, and a log of its own for each costs as much as half a route.
    childLoggerFactory: (given) => given,
    // Requests are counted by metrics; only failures are logged, without bodies or addresses of people.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 8 * 1024 * 1024,
    trustProxy: 'loopback',
    // A path or a query that cannot be decoded is the caller's mistake.
    frameworkErrors: (error, req, reply: FastifyReply) => {
      send(problem(400, 'The address cannot be read', { detail: error.message }), req, reply);
    },
  }).withTypeProvider<ZodTypeProvider>() as unknown as App;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Yutang',
        version: deps.version,
        description:
          'The operating system for private-domain traffic. Times are UTC instants; money is an integer of minor units with its currency.',
      },
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' }, writeKey: { type: 'http', scheme: 'basic' } } },
      security: [{ apiKey: [] }],
    },
    transform: jsonSchemaTransform,
  });
  app.decorateRequest('say', function (this: FastifyRequest, text: string) {
    return say(text, languageOf(this.headers['accept-language']));
  });
  // No text of ours holds a zero character, and no database takes one.
  app.addHook('onRequest', async (req) => {
    if (!/%00/.test(req.raw.url ?? '')) return;
    const field = Object.entries(req.query ?? {}).find(([, value]) => String(value).includes('\0'))?.[0] ?? 'address';
    throw problem(400, 'The request does not fit', { errors: [{ field, reason: 'holds a zero character; take it out' }] });
  });
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, req, reply) => {
    const answer = toProblem(error, req);
    if (answer.status >= 500) deps.log.error({ err: error, route: req.routeOptions.url, method: req.method }, 'request failed');
    return send(answer, req, reply);
  });
  app.setNotFoundHandler((req, reply) => send(problem(404, 'There is nothing at this address'), req, reply));
  return app;
}

/** PostgreSQL's words for text that it cannot keep: character_not_in_repertoire, untranslatable_character. */
const unstorable = new Set(['22021', '22P05']);

function toProblem(error: Error & { statusCode?: number; code?: string }, req: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors: FieldError[] = error.validation.map((v) => ({
      field: v.instancePath.replace(/^\//, '').replaceAll('/', '.') || where(error.validationContext),
      reason: v.message ?? 'does not fit',
    }));
    return problem(400, 'The request does not fit', { errors });
  }
  if (isResponseSerializationError(error))
    return problem(500, 'The answer could not be written', { detail: `${req.method} ${req.routeOptions.url}` });
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return problem(413, 'The request is too large', { detail: 'Send at most 8 MB at a time.' });
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return problem(415, 'This content type is not read here', { detail: 'Send application/json.' });
  if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY')
    return problem(400, 'The request cannot be read', {
      errors: [{ field: 'body', reason: 'must be JSON, with content type application/json' }],
    });
  if (error.code && unstorable.has(error.code))
    return problem(400, 'The request does not fit', {
      errors: [{ field: where(undefined), reason: 'holds a text with a zero character or half a surrogate pair; take it out' }],
    });
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500) {
    return problem(error.statusCode, error.statusCode === 400 ? 'The request cannot be read' : error.message, { detail: error.message });
  }
  // The text of an unforeseen error stays in the log: it may hold data.
  return problem(500, 'Something went wrong here', {
    detail: 'The error is in the server log. Nothing was acknowledged; the request may be sent again.',
  });
}

function where(context: string | undefined): string {
  return context === 'querystring' ? 'query' : (context ?? 'body');
}
