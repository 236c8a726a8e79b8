import { z } from 'zod';
import { type App, decodeCursor, encodeCursor, type Pg, problem } from '../../base/index.ts';
import { personId, traitsOf } from '../../people/index.ts';
import type { Audience } from '../audience.ts';
import { ruleSchema } from '../schema.ts';
import { mostSets } from './overlap.ts';

const id = z.object({ id: z.string().min(1).max(100) });
const ids = z
  .array(z.string().min(1).max(100))
  .min(2)
  .max(mostSets)
  .refine((list) => new Set(list).size === list.length, 'must be different audiences');
const sample = z
  .object({
    n: z.int().positive().max(10_000_000).optional(),
    percent: z.number().positive().max(100).optional(),
    seed: z.string().max(60).default('1'),
  })
  .refine((s) => (s.n === undefined) !== (s.percent === undefined), 'must have exactly one of n and percent');
const fileSchema = z
  .object({
    format: z.enum(['csv', 'hashed']).default('csv'),
    columns: z
      .array(z.string().regex(/^(identity:)?[\w.\- \p{L}]{1,80}$/u, 'must be the name of a trait, or identity:<type>'))
      .max(40)
      .default([]),
    personal: z.boolean().default(false),
    identities: z
      .array(z.enum(['phone', 'email']))
      .min(1)
      .max(2)
      .optional(),
    phoneForm: z.enum(['e164', 'digits', 'national']).optional(),
    consent: z.enum(['granted', 'notRefused']).optional(),
  })
  .default({ format: 'csv', columns: [], personal: false });

export interface GroupRouteDeps {
  audience: Audience;
  pg: Pg;
  /** Notes what was done in the record that owners read. Rooms tested alone go without. */
  audit?: (entry: {
    workspaceNo: number;
    actor: never;
    action: string;
    target?: string;
    details?: Record<string, unknown>;
  }) => Promise<void>;
}

/** Audiences beside each other, as of days past, frozen, and as files. */
export function groupRoutes(app: App, { audience, pg, audit }: GroupRouteDeps): void {
  const tags = ['audience'];
  const see = { permission: 'audiences.read' };
  const edit = { permission: 'audiences.write' };

  app.post(
    '/api/audiences/overlap',
    {
      config: see,
      schema: { tags, summary: `Who is in which of up to ${mostSets} audiences: every combination with its size`, body: z.object({ ids }) },
    },
    (req) => audience.overlap(req.auth.workspaceNo, req.body.ids),
  );
  app.post(
    '/api/audiences/compare',
    {
      config: see,
      schema: {
        tags,
        summary: 'Two audiences beside each other: sizes, overlap, and how each is made up',
        body: z.object({ a: z.string().max(100), b: z.string().max(100) }),
      },
    },
    (req) => audience.compare(req.auth.workspaceNo, req.body.a, req.body.b),
  );
  app.post(
    '/api/audiences/people',
    {
      config: see,
      schema: {
        tags,
        summary: 'Of whom a rule holds now; a page',
        body: z.object({ rule: ruleSchema, cursor: z.string().optional(), limit: z.int().min(1).max(200).default(50) }),
      },
    },
    async (req) => {
      const ws = req.auth.workspaceNo;
      const { rule, cursor, limit } = req.body;
      const rows = await audience.peopleOf(ws, rule, decodeCursor(cursor, z.number().int()), limit + 1);
      const page = rows.slice(0, limit);
      const [traits, states] = await Promise.all([traitsOf(pg, ws, page), audience.stateOf(ws, page)]);
      return {
        items: page.map((no) => {
          const name = traits.get(no)?.name;
          const s = states.get(no);
          return {
            id: personId(no),
            name: typeof name === 'string' ? name : null,
            stage: s?.stage ?? null,
            tier: s?.tier ?? null,
            level: s?.level ?? null,
          };
        }),
        nextCursor: rows.length > limit ? encodeCursor(page.at(-1)!) : null,
      };
    },
  );
  app.get(
    '/api/audiences/:id/trend',
    {
      config: see,
      schema: {
        tags,
        summary: 'Its size at the end of each day: the rule as it is now, asked of days past',
        params: id,
        querystring: z.object({ days: z.coerce.number().int().min(2).max(90).default(30) }),
      },
    },
    async (req) => {
      const { rule } = await audience.audience(req.auth.workspaceNo, req.params.id);
      return { items: await audience.trend(req.auth.workspaceNo, rule, req.query.days, req.auth.timezone) };
    },
  );
  app.post(
    '/api/audiences/:id/freeze',
    {
      config: edit,
      schema: {
        tags,
        summary: 'A new audience of whoever is in this one now, or of a sample of them; it stays as it is',
        params: id,
        body: z.object({ name: z.string().trim().min(1).max(100), sample: sample.optional() }),
      },
    },
    async (req, reply) => {
      const ws = req.auth.workspaceNo;
      const of = await audience.audience(ws, req.params.id);
      const { name, sample } = req.body;
      const drawn = sample && {
        seed: sample.seed,
        ...(sample.n === undefined ? {} : { n: sample.n }),
        ...(sample.percent === undefined ? {} : { percent: sample.percent }),
      };
      const made = await audience.freeze(ws, { name, rule: of.rule, from: of.id, sample: drawn }, req.auth.actor);
      reply.code(202);
      return { id: made.audience.id, name: made.audience.name, job: made.job };
    },
  );
  app.get(
    '/api/audiences/:id/files',
    { config: see, schema: { tags, summary: 'Files made of it in the last day', params: id } },
    async (req) => {
      await audience.audience(req.auth.workspaceNo, req.params.id);
      return { items: await audience.files.list(req.auth.workspaceNo, req.params.id) };
    },
  );
  app.post(
    '/api/audiences/:id/files',
    {
      config: edit,
      schema: {
        tags,
        summary: 'Makes a file of its members: CSV, or hashed phones and e-mails for ad platforms',
        params: id,
        body: fileSchema,
      },
    },
    async (req, reply) => {
      const { workspaceNo: ws, actor } = req.auth;
      const what = req.body;
      // Hashes are somebody's phone to whoever has the phone: they leave only by who may take personal values out.
      if ((what.personal || what.format === 'hashed') && !req.auth.can('people.export'))
        throw problem(403, 'Not allowed', { detail: 'Taking personal values out needs the permission people.export' });
      const file = await audience.files.ask(ws, req.params.id, what, actor);
      await audit?.({
        workspaceNo: ws,
        actor: actor as never,
        action: 'audience.file_asked',
        target: req.params.id,
        details: { file: file.id, format: what.format, personal: what.personal, columns: what.columns },
      });
      reply.code(202);
      return file;
    },
  );
  app.get('/api/audiences/files/:id', { config: see, schema: { tags, summary: 'A finished file', params: id } }, async (req, reply) => {
    const { workspaceNo: ws, actor } = req.auth;
    const { name, view, stream } = await audience.files.open(ws, req.params.id);
    if ((view.personal || view.format === 'hashed') && !req.auth.can('people.export')) {
      stream.destroy();
      throw problem(403, 'Not allowed', { detail: 'Taking personal values out needs the permission people.export' });
    }
    await audit?.({
      workspaceNo: ws,
      actor: actor as never,
      action: 'audience.file_taken',
      target: view.audienceId,
      details: { file: view.id, rows: view.rows },
    });
    return reply.header('content-disposition', `attachment; filename="${name}"`).type('text/csv; charset=utf-8').send(stream);
  });
}
