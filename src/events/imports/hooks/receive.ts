import { type Clock, newId, type Pg, problem } from '../../../base/index.ts';
import { judge } from '../dry-run.ts';
import { instantReader } from '../instant.ts';
import { lookUp } from '../look-up.ts';
import { NumberIndex } from '../people-estimate.ts';
import { type Plan, type Reading, reading } from '../plan.ts';
import type { ImportKind, ImportOptions, Mapping } from '../schema.ts';
import type { EventSink } from '../store.ts';
import type { Row } from '../table.ts';
import { group, planChunk } from '../units.ts';
import { rowsOf as countRows, writeNow } from '../write-chunk.ts';
import { fieldOf, parseBody, rowsOf } from './rows.ts';
import type { Received } from './schema.ts';
import { readHook, recordDelivery, refusedRequest, replayed } from './store.ts';
import { digestOf, refusal } from './verify.ts';

export interface ReceiveDeps {
  pg: Pg;
  clock: Clock;
  events: EventSink;
  boundary(name: string): unknown;
  workspace(workspaceNo: number): Promise<{ timezone: string; currency: string }>;
  secrets: { seal(text: string): string; open(sealed: string): string };
}

export interface HookRequest {
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Takes one request in: proves its sender, maps its rows, writes them. Durable when it returns. */
export async function receive(deps: ReceiveDeps, id: string, request: HookRequest): Promise<Received> {
  const hook = await readHook(deps.pg, id);
  if (!hook.enabled) throw problem(403, 'This hook is switched off', { detail: 'Switch it on in the console, under Sources.' });
  const why = refusal(hook.auth, deps.secrets.open(hook.secret), request.headers, request.body, deps.clock.ms());
  if (why) {
    await refusedRequest(deps.pg, id, `${why.field} ${why.reason}`, deps.clock.now());
    throw problem(401, 'The request does not prove who sent it', { errors: [why] });
  }
  const digest = digestOf(hook.auth, request.headers, request.body);
  const earlier = await replayed(deps.pg, deps.secrets, id, digest);
  if (earlier) return earlier;
  const payload = parseBody(
    request.body,
    typeof request.headers['content-type'] === 'string' ? request.headers['content-type'] : undefined,
  );
  const deliveryId = newId('dlv', deps.clock.ms());
  const plan = await planPayload(deps, { ...hook, source: `hook:${id}` }, payload);
  // The name of the delivery takes the orders: another delivery with the same order finds it taken.
  const target = { id: `hook:${deliveryId}`, workspaceNo: hook.workspaceNo, kind: hook.kind };
  const outcome = await writeNow(deps, target, plan);
  const refused = outcome.refused.flatMap((r) => r.planned.rows.map((row) => ({ row, code: r.code, reason: r.reason })));
  const rejected = told([...plan.rejects, ...refused], hook.mapping);
  const result = { deliveryId, replayed: false, accepted: countRows(outcome.accepted), duplicates: countRows(outcome.duplicate), rejected };
  await deps.boundary('hook.written');
  const good = result.accepted + result.duplicates;
  // What was refused whole may be sent again once the mapping is mended: only what was taken is remembered as done.
  await recordDelivery(
    deps.pg,
    deps.secrets,
    hook,
    { ...result, digest: good > 0 || rejected.length === 0 ? digest : `${digest}:${deliveryId}` },
    deps.clock.now(),
    request.body.length,
  );
  if (good === 0 && rejected.length > 0)
    throw problem(400, 'The payload does not fit', { errors: rejected.slice(0, 20).map(({ field, reason }) => ({ field, reason })) });
  return result;
}

type Config = { workspaceNo: number; kind: ImportKind; rows: string; mapping: Mapping; options: ImportOptions; source: string };

async function planPayload(deps: ReceiveDeps, config: Config, payload: unknown): Promise<Plan> {
  const { rows, columns } = rowsOf(payload, config.rows, config.mapping);
  const home = await deps.workspace(config.workspaceNo);
  const r: Reading = reading({
    source: config.source,
    kind: config.kind,
    columns,
    mapping: config.mapping,
    options: config.options,
    currency: config.options.currency ?? home.currency,
    instant: instantReader(config.options.timezone ?? home.timezone, config.options.dateOrder),
    startedAt: deps.clock.ms(),
  });
  const units: Row[][] = group(r, rows);
  await lookUp(deps, config.workspaceNo, r, units);
  return planChunk(r, units);
}

/** The same without writing: what a sample would become. */
export async function tryPayload(deps: ReceiveDeps, config: Omit<Config, 'source'>, payload: unknown) {
  const plan = await planPayload(deps, { ...config, source: 'hook:test' }, payload);
  const target = { id: 'hook:test', workspaceNo: config.workspaceNo, kind: config.kind };
  const found = await judge(deps, target, plan, new NumberIndex());
  const shown = [...found.accepted, ...found.duplicate].slice(0, 10);
  return {
    rowsFound: plan.rejects.length + countRows(plan.planned),
    accepted: countRows(found.accepted),
    duplicates: countRows(found.duplicate),
    rejected: told(found.rejects, config.mapping),
    events: shown.map((p) => ({ ...(p.event ?? p.product) })),
  };
}

const told = (rejects: Plan['rejects'], mapping: Mapping) =>
  [...rejects].sort((a, b) => a.row.n - b.row.n).map((r) => ({ index: r.row.n, field: fieldOf(r, mapping), reason: r.reason }));
