import { createHash } from 'node:crypto';
import { type Ch, type Clock, type Jobs, newId, notFound, type Pg, problem } from '../../base/index.ts';
import type { Slice } from '../consume.ts';
import type { Events } from '../events.ts';
import type { OwnEvent } from '../own.ts';
import { captured, matcher, type Rule, ruleShape, wordsOf } from './rule.ts';

export interface NamedEvent extends Rule {
  id: string;
  name: string;
  createdAt: string;
}

interface Stored {
  id: string;
  name: string;
  rule: Rule;
  created_at: Date;
}

interface Row {
  person_no: number;
  event: string;
  message_id: string;
  time: string;
  key: number;
  properties: Record<string, unknown>;
  context: string;
}

const pageSize = 5_000;
const previewMost = 20_000;
const names = Object.values(captured);
const own = new Set<string>(names);

export type NamedEvents = ReturnType<typeof createNamedEvents>;

/**
 * Names for captured elements, given after the fact. What fits a definition is written as an event of its own, from history and from then on: so
 * every rule, funnel, journey and count takes it as it takes any other. Its message id is made of the definition and the captured event: however
 * often it is looked at, it counts once.
 */
export function createNamedEvents(deps: { pg: Pg; ch: Ch; clock: Clock; jobs: Jobs; events: Events }) {
  const { pg, ch, clock, jobs, events } = deps;

  const all = async (workspaceNo: number): Promise<NamedEvent[]> => {
    const rows = await pg.query<Stored>(
      'SELECT id, name, rule, created_at FROM named_events WHERE workspace_no = $1 AND archived_at IS NULL ORDER BY created_at DESC, id',
      [workspaceNo],
    );
    return rows.map(({ id, name, rule, created_at }) => ({ id, name, ...ruleShape.parse(rule), createdAt: created_at.toISOString() }));
  };

  /** Captured events that may fit, in the order of their keys: pages through all of them without holding them. */
  async function* candidates(workspaceNo: number, rule: Rule, since?: Date): AsyncGenerator<Row[]> {
    const params: Record<string, unknown> = { event: captured[rule.on] };
    const wheres = ["type = 'track'", 'event = {event:String}'];
    wordsOf(rule).forEach((word, i) => {
      params[`w${i}`] = word;
      wheres.push(`position(chain, {w${i}:String}) > 0`);
    });
    if (since) {
      params.since = since.getTime();
      wheres.push("time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')");
    }
    const source = events.source(workspaceNo, undefined, ["ifNull(properties.`element_chain`.:String, '') AS chain"]);
    let after = { time: '1900-01-01T00:00:00.000Z', key: 0 };
    for (;;) {
      const rows = await ch.query<Row>(
        `SELECT person_no, event, message_id, time, key, properties, context FROM ${source}
         WHERE ${wheres.join(' AND ')} AND (time, key) > (parseDateTime64BestEffort({time:String}, 3, 'UTC'), {key:UInt64})
         ORDER BY time, key LIMIT ${pageSize}`,
        { ...params, ...after },
      );
      if (rows.length > 0) yield rows;
      const last = rows.at(-1);
      if (!last || rows.length < pageSize) return;
      after = { time: last.time, key: last.key };
    }
  }

  const written = (named: NamedEvent, row: Row, source: string): OwnEvent => ({
    messageId: `named:${named.id}:${createHash('sha256').update(row.message_id).digest('base64url').slice(0, 24)}`,
    event: named.name,
    timestamp: row.time,
    personNo: row.person_no,
    properties: { ...row.properties, named_from: row.event },
    ...(row.context === '' ? {} : { context: JSON.parse(row.context) as Record<string, unknown> }),
    source,
  });

  const apply = async (workspaceNo: number, id: string, progress: (done: number) => Promise<void>): Promise<{ found: number }> => {
    const named = (await all(workspaceNo)).find((one) => one.id === id);
    let found = 0;
    let seen = 0;
    if (!named) return { found };
    const fits = matcher(named);
    for await (const rows of candidates(workspaceNo, named)) {
      const hits = rows.filter(fits);
      // As an import is: what lies before the naming sets off no journey.
      if (hits.length > 0)
        await events.write(
          workspaceNo,
          hits.map((row) => written(named, row, 'import:named')),
        );
      found += hits.length;
      seen += rows.length;
      await progress(seen);
    }
    return { found };
  };
  jobs.define<{ id: string }>('events.named', (job) => apply(job.workspaceNo, job.payload.id, (done) => job.progress({ done })));

  return {
    list: async (workspaceNo: number): Promise<(NamedEvent & { count: number; people: number; lastSeenAt: string | null })[]> => {
      const list = await all(workspaceNo);
      if (list.length === 0) return [];
      const rows = await ch.query<{ id: string; count: number; people: number; last: string }>(
        `SELECT splitByChar(':', message_id)[2] AS id, count() AS count, uniqExact(person_no) AS people, max(time) AS last
         FROM ${events.source(workspaceNo)} WHERE event IN {names:Array(String)} AND startsWith(message_id, 'named:') GROUP BY id`,
        { names: list.map((one) => one.name) },
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      return list.map((one) => {
        const row = byId.get(one.id);
        return { ...one, count: row?.count ?? 0, people: row?.people ?? 0, lastSeenAt: row?.last ?? null };
      });
    },
    create: async (workspaceNo: number, name: string, rule: Rule): Promise<NamedEvent & { jobId: string }> => {
      if (own.has(name))
        throw problem(400, 'This name is taken', {
          errors: [{ field: 'name', reason: 'is what the SDKs call captured elements; choose another' }],
        });
      const [taken] = await ch.query(
        `SELECT 1 AS one FROM ${events.source(workspaceNo)} WHERE event = {name:String} AND NOT startsWith(message_id, 'named:') LIMIT 1`,
        { name },
      );
      if (taken)
        throw problem(409, 'This name is taken', {
          errors: [{ field: 'name', reason: 'already comes as an event by code; choose another, so that the two are not counted as one' }],
        });
      const id = newId('nev', clock.ms());
      const [row] = await pg.query<{ id: string }>(
        `INSERT INTO named_events (id, workspace_no, name, rule, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_no, name) WHERE archived_at IS NULL DO NOTHING RETURNING id`,
        [id, workspaceNo, name, JSON.stringify(rule), clock.now()],
      );
      if (!row)
        throw problem(409, 'This name is taken', {
          errors: [{ field: 'name', reason: 'names another element already; choose another, or archive that one first' }],
        });
      const job = await jobs.start(workspaceNo, 'events.named', { id }, { key: `named:${id}` });
      return { id, name, ...rule, createdAt: clock.now().toISOString(), jobId: job.id };
    },
    archive: async (workspaceNo: number, id: string): Promise<void> => {
      const rows = await pg.query(
        'UPDATE named_events SET archived_at = $3 WHERE workspace_no = $1 AND id = $2 AND archived_at IS NULL RETURNING id',
        [workspaceNo, id, clock.now()],
      );
      if (rows.length === 0) throw notFound('Named event');
    },
    /** What a definition would have named in the last 30 days. */
    preview: async (workspaceNo: number, rule: Rule) => {
      const fits = matcher(rule);
      const people = new Set<number>();
      let count = 0;
      let seen = 0;
      const samples: { text: string; path: string; chain: string; time: string }[] = [];
      for await (const rows of candidates(workspaceNo, rule, new Date(clock.ms() - 30 * 86_400_000))) {
        for (const row of rows.filter(fits)) {
          count += 1;
          people.add(row.person_no);
          const { element_text: text, path, element_chain: chain } = row.properties;
          samples.push({ text: String(text ?? ''), path: String(path ?? ''), chain: String(chain ?? ''), time: row.time });
          if (samples.length > 5) samples.shift();
        }
        seen += rows.length;
        if (seen >= previewMost) break;
      }
      return { count, people: people.size, atLeast: seen >= previewMost, samples: samples.reverse() };
    },
    /** Names what has just landed. */
    consume: async (slice: Slice): Promise<void> => {
      const landed = names.filter((name) => slice.names.has(name));
      if (landed.length === 0) return;
      const list = (await all(slice.workspaceNo)).map((named) => ({ named, fits: matcher(named) }));
      if (list.length === 0) return;
      const rows = await ch.query<Row>(
        `SELECT person_no, event, message_id, time, key, properties, context FROM ${events.source(slice.workspaceNo, slice.people)}
         WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND type = 'track' AND event IN {landed:Array(String)}`,
        { landed },
      );
      const found = rows.flatMap((row) => list.filter(({ fits }) => fits(row)).map(({ named }) => written(named, row, 'yutang')));
      for (let i = 0; i < found.length; i += pageSize) await events.write(slice.workspaceNo, found.slice(i, i + pageSize));
    },
  };
}
