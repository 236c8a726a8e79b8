import type { System } from '../src/system.ts';
import { report, round } from './report.ts';
import { type Measured, measured } from './server.ts';
import { openWorld } from './world.ts';

const people = Number(process.env.BENCH_PEOPLE ?? 100_000);
const waiting = Number(process.env.BENCH_WAITING ?? 1_000_000);
const restSeconds = Number(process.env.BENCH_REST ?? 30);
const settleSeconds = Number(process.env.BENCH_SETTLE ?? 90);
const target = 20_000;

const half = { key: 'b', name: 'B', weight: 50 };
const nodes = [
  { id: 'in', type: 'entry', event: 'Bench Started', reentry: 'never' },
  { id: 'w', type: 'wait', days: 1 },
  {
    id: 'rule',
    type: 'branch',
    branches: [{ key: 'rich', name: 'rich', rule: { event: 'Order Completed', sum: { property: 'revenue', op: '>=', value: 100 } } }],
  },
  { id: 'ab', type: 'split', branches: [{ key: 'a', name: 'A', weight: 50 }, half] },
  { id: 'w2', type: 'wait', days: 30 },
  { id: 'out', type: 'exit' },
];
const edges = [
  { from: 'in', to: 'w' },
  { from: 'w', to: 'rule' },
  { from: 'rule', to: 'ab', branch: 'rich' },
  { from: 'rule', to: 'ab', branch: 'else' },
  { from: 'ab', to: 'w2', branch: 'a' },
  { from: 'ab', to: 'w2', branch: 'b' },
  { from: 'w2', to: 'out' },
];

/**
 * (w) Everybody enters at once, by events that have landed. Then many wait, and as many as entered are due in the same second: each leaves a wait, is branched
 * by a rule, split, and waits again. Those who wait are put there by the database itself. Processor time is that of the program, PostgreSQL and the engine.
 */
export async function benchWaiting(): Promise<void> {
  const { system, workspaceNo: ws, close } = await openWorld();
  try {
    const { journeys, clock, pg } = system;
    const { id } = await journeys.create(ws, { name: 'waiting', purpose: 'convert', graph: { nodes, edges } } as never);
    await journeys.launch(ws, id);
    await landed(system, ws);
    const entered = await measured(() =>
      journeys.consume({ workspaceNo: ws, fromBatch: 1, toBatch: 2, names: new Set(['Bench Started']) }),
    );
    await said(system, `${round(people)} enter at once and wait`, 2, people, entered);

    const due = Math.ceil(waiting / 10);
    await pg.query(
      `INSERT INTO journey_people (workspace_no, journey_no, version, person_no, entry_no, node, due_at, event_at, entered_at, moved_at)
       SELECT $1, j.no, 1, $5::int + n, 1, 'w', CASE WHEN n <= $3 THEN $4::timestamptz ELSE $4::timestamptz + interval '1 day' END, $4, $4, $4
       FROM journeys j, generate_series(1, $6::int - $5) AS n WHERE j.id = $2`,
      [ws, id, due, clock.now(), people, waiting],
    );
    await pg.query('VACUUM (ANALYZE) journey_people');
    const tick = await measured(() => journeys.tick());
    await said(system, `${round(waiting)} wait, ${round(due)} due in the same second`, 4, due, tick);

    await system.start();
    const told = await measured(async () => {
      for (let done = 1; done > 0; ) done = await journeys.announce();
      await system.events.flush();
    });
    report({
      ...{ id: 'w', what: 'to tell what they did as events, consumers included, µs of processor time a person' },
      value: round((told.cpu / (people + due)) * 1e6),
    });
    // What a burst leaves to be tidied up (the engine's parts, dead rows) is not rest.
    await new Promise((resolve) => setTimeout(resolve, settleSeconds * 1000));
    const rest = await atRest();
    // The same process with nobody in it: what is more is what those who wait cost.
    await pg.query('TRUNCATE journey_people, journey_walks');
    const empty = await atRest();
    report({
      ...{ id: 'w', what: `CPU at rest over ${restSeconds} s while ${round(waiting)} wait, PostgreSQL included, % of a core` },
      ...{
        value: round(rest, 1),
        reference: `${round(empty, 1)} (nobody waits)`,
        target: 'as with nobody (< 1 more)',
        met: rest - empty < 1,
      },
    });
  } finally {
    await close();
  }
}

/** Percent of a core. */
async function atRest(): Promise<number> {
  const { cpu, seconds } = await measured(() => new Promise((resolve) => setTimeout(resolve, restSeconds * 1000)));
  return (cpu / seconds) * 100;
}

async function said({ pg }: System, what: string, each: number, expected: number, { seconds, cpu, own }: Measured<unknown>): Promise<void> {
  const [row] = await pg.query<{ walks: number }>('SELECT count(*) AS walks FROM journey_walks');
  const moved = row!.walks - counted;
  counted += moved;
  const rate = (moved * each) / seconds;
  report({
    ...{ id: 'w', what: `${what} (${round(moved)} people, ${each} steps each), people-steps/s` },
    ...{ value: round(rate), target: round(target), met: rate >= target && moved === expected },
  });
  const perStep = (cost: number) => round((cost / (moved * each)) * 1e6, 1);
  report({
    id: 'w',
    what: 'the same in processor time, µs a step (of these PostgreSQL)',
    value: `${perStep(cpu)} (${perStep(cpu - own)})`,
  });
}
let counted = 0;

/** An order of everyone, and what lets them in, as they would have landed. */
async function landed({ ch, clock }: System, ws: number): Promise<void> {
  const rows = (event: string, batch: number, properties: string) => `INSERT INTO events
    (workspace_no, person_no, time, type, event, message_id, key, batch, received_at, source, carrier, properties)
    SELECT ${ws}, toUInt32(1 + number), fromUnixTimestamp64Milli(toInt64(${clock.ms()})), 'track', '${event}', concat('${event}', toString(number)),
      sipHash64('${event}', number), ${batch}, fromUnixTimestamp64Milli(toInt64(${clock.ms()})), 'http', 'web', ${properties} FROM numbers`;
  await ch.command(`${rows('Order Completed', 1, `concat('{"revenue":', toString(number % 200), '}')`)}(${Math.max(people, waiting)})`);
  await ch.command(`${rows('Bench Started', 2, `'{}'`)}(${people})`);
}
