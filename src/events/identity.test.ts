import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { jobMigrations, manualClock, migrate, silentLog } from '../base/index.ts';
import { migrations as peopleMigrations, personByIdentity } from '../people/index.ts';
import { createEvents, type Events, migrations } from './index.ts';
import { readMessage } from './message.ts';

const fixture = new URL('./test-data/identity/scenarios.json', import.meta.url);
type Raw = Record<string, unknown>;
let engines: Engines;
let events: Events;
const clock = manualClock('2026-03-01T00:00:00Z');
let workspace = 0;

beforeAll(async () => {
  engines = await testEngines();
  await migrate(engines.pg, engines.ch, [...jobMigrations, ...peopleMigrations, ...migrations]);
  events = await createEvents({ ...engines, clock, log: silentLog, grace: async () => {} });
});
afterAll(async () => {
  await events.stop();
  await engines.close();
});

async function send(ws: number, messages: Raw[], together: boolean): Promise<void> {
  const items = messages.map((m, i) => {
    const read = readMessage({ timestamp: new Date(clock.ms() + i * 1000).toISOString(), ...m }, m.type, clock.ms(), 'http');
    if ('reason' in read) throw new Error(`${read.field} ${read.reason}`);
    return read;
  });
  if (together) await events.writeIncoming(ws, items);
  else for (const item of items) await events.writeIncoming(ws, [item]);
}

interface Scenario {
  id: string;
  rule: string;
  messages: Raw[];
  people: [string, string][][];
  eventOwner: (number | string | null)[] | null;
}

describe('identity policy', () => {
  const { scenarios } = JSON.parse(readFileSync(fixture, 'utf8')) as { scenarios: Scenario[] };
  for (const settle of [false, true]) {
    for (const together of [true, false]) {
      it.each(scenarios.map((s) => [s.id, s.rule, s] as const))(
        `%s %s (${together ? 'one batch' : 'one by one'}${settle ? ', settled' : ''})`,
        async (_id, _rule, scenario) => {
          workspace += 1;
          const ws = workspace;
          const stamped = scenario.messages.map((m, i) => ({ messageId: `${scenario.id}-${i}`, ...m }));
          await send(ws, stamped, together);
          if (settle) {
            await events.flush();
            await events.settle();
          }
          const found: number[] = [];
          for (const identities of scenario.people) {
            const owners = await Promise.all(identities.map(([type, value]) => personByIdentity(engines.pg, ws, { type, value })));
            expect(new Set(owners).size, JSON.stringify(identities)).toBe(1);
            expect(owners[0]).toBeDefined();
            found.push(owners[0]!);
          }
          expect(new Set(found).size).toBe(found.length);
          const rows = await engines.ch.query<{ message_id: string; person_no: number }>(
            `SELECT message_id, person_no FROM ${events.source(ws)}`,
          );
          expect(rows.filter((r) => !r.message_id.startsWith('merge:')).length).toBe(new Set(stamped.map((m) => m.messageId)).size);
          for (const [i, owner] of (scenario.eventOwner ?? []).entries()) {
            if (owner === null) continue;
            const expected =
              typeof owner === 'number' ? found[owner] : found[scenario.people.findIndex((p) => p.some(([, v]) => v === owner))];
            expect(rows.find((r) => r.message_id === stamped[i]!.messageId)?.person_no, `event ${i}`).toBe(expected);
          }
        },
      );
    }
  }

  it('lets a device change hands more than once in one instant', async () => {
    workspace += 1;
    const timestamp = '2026-02-01T00:00:00Z';
    const seen = (userId: string) => ({ type: 'track', event: 'Seen', userId, anonymousId: 'till', timestamp });
    await send(workspace, [seen('a'), seen('b'), seen('c'), seen('b')], true);
    const [b] = await Promise.all([personByIdentity(engines.pg, workspace, { type: 'user_id', value: 'b' })]);
    expect(await personByIdentity(engines.pg, workspace, { type: 'anonymous_id', value: 'till' })).toBe(b);
  });

  it('ends in the same graph whatever the order of arrival, where no limit is broken', async () => {
    // Each real person has one user id, one unionid, some openids of distinct apps, devices of their own.
    const person = (n: number) =>
      ['user_id|u', 'wechat_unionid|x', 'wechat_openid|a:', 'wechat_openid|b:', 'phone|1380000000', 'anonymous_id|d', 'device_id|e'].map(
        (k) => `${k}${n}`,
      );
    // A weak identity that two strong ones share before they are known as one person is a conflict: so devices come with the user id.
    const message = fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc
        .uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 })
        .map((picks) => (picks.some((p) => p > 4) && picks.some((p) => p < 5) ? [...new Set([0, ...picks])] : picks)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 4, maxLength: 14 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (list, order) => {
          const messages = list.map(([n, picks]) => ({
            type: 'track',
            event: 'Seen',
            context: { externalIds: picks.map((p) => split(person(n)[p]!)) },
          }));
          const shuffled = messages
            .map((m) => [order.next().value as number, m] as const)
            .sort((a, b) => a[0] - b[0])
            .map(([, m]) => m);
          const partitions = [];
          for (const [way, together] of [
            [messages, true],
            [shuffled, true],
            [shuffled, false],
          ] as const) {
            workspace += 1;
            await send(workspace, way, together);
            partitions.push(await partition(workspace));
          }
          expect(partitions[1]).toEqual(partitions[0]);
          expect(partitions[2]).toEqual(partitions[0]);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('alias', () => {
  const at = '2026-02-01T00:00:00Z';
  const alias = (ws: number, previousId: string, userId: string) => {
    const read = readMessage({ previousId, userId, timestamp: at }, 'alias', clock.ms(), 'http');
    if ('reason' in read) throw new Error(read.reason);
    return events.writeIncoming(ws, [read]);
  };
  const owner = (ws: number, type: string, value: string) => personByIdentity(engines.pg, ws, { type, value });

  it('joins a visitor to the user, and makes both where neither is known', async () => {
    workspace += 1;
    const ws = workspace;
    await send(ws, [{ type: 'track', event: 'Seen', anonymousId: 'visitor' }], false);
    await alias(ws, 'visitor', 'user');
    await alias(ws, 'other-visitor', 'other-user');
    expect(await owner(ws, 'anonymous_id', 'visitor')).toBe(await owner(ws, 'user_id', 'user'));
    expect(await owner(ws, 'anonymous_id', 'other-visitor')).toBe(await owner(ws, 'user_id', 'other-user'));
  });

  it('knows a previous id that was a user, and refuses to make two users one', async () => {
    workspace += 1;
    const ws = workspace;
    await send(
      ws,
      ['a', 'b'].map((userId) => ({ type: 'identify', userId })),
      true,
    );
    expect(await alias(ws, 'a', 'b')).toEqual([{ field: 'previousId', reason: expect.stringContaining('identity limit') }]);
    expect(await owner(ws, 'anonymous_id', 'a')).toBeUndefined();
    expect(await owner(ws, 'user_id', 'a')).not.toBe(await owner(ws, 'user_id', 'b'));
    // A new name for a user whom nobody else is known by: a person holds one user id, so this is refused as well.
    expect(await alias(ws, 'a', 'a-renamed')).toEqual([{ field: 'previousId', reason: expect.stringContaining('identity limit') }]);
  });
});

function split(text: string): { type: string; id: string } {
  const bar = text.indexOf('|');
  return { type: text.slice(0, bar), id: text.slice(bar + 1) };
}

async function partition(ws: number): Promise<string[]> {
  const rows = await engines.pg.query<{ person_no: number; ids: string }>(
    "SELECT person_no, string_agg(type || '|' || value, ',' ORDER BY type, value) AS ids FROM identities WHERE workspace_no = $1 GROUP BY person_no",
    [ws],
  );
  const counts = await engines.ch.query<{ person_no: number; n: number }>(
    `SELECT person_no, count() AS n FROM ${events.source(ws)} WHERE source != 'yutang' GROUP BY person_no`,
  );
  const events_ = new Map(counts.map((c) => [c.person_no, c.n]));
  return rows.map((r) => `${r.ids} = ${events_.get(r.person_no) ?? 0}`).sort();
}
