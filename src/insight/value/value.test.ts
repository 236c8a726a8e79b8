import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/index.ts';
import type { Told } from '../world.fixture.ts';
import type { MatrixCell, RfmRow, ValueGroup } from './answer.ts';
import { customersSql } from './customers-sql.ts';
import { bgnbd } from './models/bgnbd.ts';
import { gammaGamma } from './models/gamma-gamma.ts';
import { betaDraw, exponentialDraw, gammaDraw, seeded } from './models/random.ts';
import { type ModelWorld, modelWorld } from './models.fixture.ts';
import { createRefit } from './refit.ts';
import { spreadOf } from './spread.ts';

const now = Date.parse('2026-06-01T04:00:00Z');
const day = 86_400_000;
const zone = 'Asia/Shanghai';
let world: ModelWorld;
let shop: number;
const asker = () => ({ workspaceNo: shop, timezone: zone });

/** A shop of 600 people over two years that follows BG/NBD and gamma-gamma; who came after the first hundred was brought by one of them. */
function history(): Told[] {
  const random = seeded(21);
  const told: Told[] = [];
  for (let person = 1; person <= 600; person++) {
    const rate = gammaDraw(0.8, random) / 8;
    const chance = betaDraw(0.8, 3, random);
    const own = gammaDraw(4, random) / 60_000;
    const joined = now - Math.floor(60 + 640 * random()) * day;
    told.push({ person, event: 'Product Viewed', at: joined - day });
    if (person > 100) {
      told.push({
        person: 1 + (person % 100),
        event: 'Invite Accepted',
        at: joined - day,
        source: 'yutang',
        properties: { inviteeId: `p${person}` },
      });
    }
    if (person % 12 === 0) continue;
    for (let at = joined; at < now; at += Math.max(1, exponentialDraw(rate / 7, random)) * day) {
      told.push({
        person,
        event: 'Order Completed',
        at,
        properties: { order_id: `o${told.length}`, revenue_fen: Math.round(gammaDraw(6, random) / own / 1.5) },
      });
      if (random() < chance) break;
    }
  }
  return told;
}

beforeAll(async () => {
  world = await modelWorld(new Date(now).toISOString());
  shop = await world.tell(history());
});
afterAll(() => world?.close());

describe('what customers are worth', () => {
  it('is fitted to the orders, held against what came after, and the same wherever it is asked', async () => {
    await world.value.fit(shop, { discountRate: 0.15, horizonWeeks: 52, depth: 2, traits: true });
    expect(world.written).toHaveLength(550);
    expect(world.written[0]).toMatchObject({ type: 'identify', traits: { value_band: expect.stringMatching(/none|low|middle|high/) } });
    const { rows, meta } = await world.value.answer(asker(), { by: 'level', bands: 5, ties: 'split', refunds: 'subtract' });
    const fit = meta.fit!;
    expect(fit).toMatchObject({
      state: 'model',
      buyers: 550,
      people: 600,
      margin: { from: 'gross', rate: 1 },
      spending: { by: 'gamma_gamma' },
    });
    expect(fit.invites).toEqual({ accepted: 500, known: 500 });
    const chosen = fit.model!.candidates.find((c) => c.key === fit.model!.model)!;
    expect(chosen.fit.standardErrors!.every((v) => v > 0)).toBe(true);
    expect(fit.model!.tracking.at(-1)!.expected / fit.model!.tracking.at(-1)!.happened).toBeGreaterThan(0.85);
    expect(fit.model!.tracking.at(-1)!.expected / fit.model!.tracking.at(-1)!.happened).toBeLessThan(1.15);
    const held = fit.model!.holdout!;
    expect(held.groups.reduce((n, g) => n + g.happened, 0)).toBe(held.happened);
    expect(held.groups.reduce((n, g) => n + g.foretold, 0) / held.happened).toBeGreaterThan(0.7);
    const [all] = (await world.value.answer(asker(), { by: 'all', bands: 5, ties: 'split', refunds: 'subtract' })).rows as ValueGroup[];
    const groups = rows as ValueGroup[];
    expect(groups.reduce((n, g) => n + g.people, 0)).toBe(600);
    expect(groups.reduce((n, g) => n + g.clv, 0)).toBeCloseTo(all!.clv, 3);
    for (const group of groups) {
      expect(await world.behind(shop, meta.question, group.cell, zone)).toHaveLength(group.people);
      expect(await world.behind(shop, meta.question, group.buyersCell, zone)).toHaveLength(group.buyers);
    }
  });

  it('says of a person what the model says of such a history, with a range about it', async () => {
    const { meta } = await world.value.answer(asker(), { by: 'all', bands: 5, ties: 'split', refunds: 'subtract' });
    const model = meta.fit!.model!;
    const p = model.candidates.find((c) => c.key === model.model)!.fit.parameters;
    const { value } = await world.value.person(asker(), 'p5');
    const source = (columns?: readonly string[], people?: readonly number[]) => world.models.source(shop, columns, people);
    const [row] = await world.engines.ch.query<{ x: number; tx: number; T: number; mean: number }>(
      customersSql({ source, zone, asOf: now + 1, people: [5] }),
    );
    const history = { x: row!.x, tx: row!.tx / 7, T: row!.T / 7 };
    expect(value!.orders365!.expected).toBeCloseTo(
      model.model === 'bgnbd' ? bgnbd.conditional(p, 365 / 7, history) : value!.orders365!.expected,
      6,
    );
    const each = gammaGamma.expected(model.spend.parameters, row!.x, row!.mean)!;
    expect(value!.value365!.expected / (value!.orders365!.expected * each)).toBeCloseTo(1, 6);
    expect(value!.value365!.low).toBeLessThanOrEqual(value!.value365!.expected);
    expect(value!.value365!.high).toBeGreaterThanOrEqual(value!.value90!.high);
    expect(value!.downline).toBe(5);
    expect(await world.value.person(asker(), 'p12')).toMatchObject({ value: { buyer: false, clv: 0, alive: null } });
    await expect(world.value.person(asker(), 'nobody')).rejects.toMatchObject({ status: 404 });
  });

  it('matrix: inside each level, with the people of every cell', async () => {
    const { rows, meta } = await world.value.answer(asker(), { by: 'matrix', bands: 5, ties: 'split', refunds: 'subtract' });
    const cells = rows as MatrixCell[];
    expect(cells.reduce((n, c) => n + c.people, 0)).toBe(600);
    for (const cell of cells) expect(await world.behind(shop, meta.question, cell.cell, zone)).toHaveLength(cell.people);
    const thirds = [1, 2, 3].map((own) => cells.filter((c) => c.level === 'repeat' && c.own === own).reduce((n, c) => n + c.people, 0));
    expect(Math.max(...thirds) - Math.min(...thirds)).toBeLessThanOrEqual(2);
  });

  it('a person who was merged into another is in no number any more', async () => {
    const before = (await world.value.answer(asker(), { by: 'all', bands: 5, ties: 'split', refunds: 'subtract' })).rows as ValueGroup[];
    world.merge(shop, 600, 599);
    const { rows, meta } = await world.value.answer(asker(), { by: 'all', bands: 5, ties: 'split', refunds: 'subtract' });
    expect((rows as ValueGroup[])[0]!.people).toBe(before[0]!.people - 1);
    expect(await world.behind(shop, meta.question, { key: null }, zone)).toHaveLength(599);
  });

  it('too thin: says so, and takes a year as the level had it so far', async () => {
    const ws = await world.tell([
      { person: 1, event: 'Order Completed', at: '2026-03-01T00:00:00Z', properties: { revenue_fen: 10_000 } },
      { person: 2, event: 'Order Completed', at: '2026-03-03T00:00:00Z', properties: { revenue_fen: 30_000 } },
      { person: 3, event: 'Product Viewed', at: '2026-03-03T00:00:00Z' },
    ]);
    const { rows, meta } = await world.value.answer(
      { workspaceNo: ws, timezone: zone },
      { by: 'level', bands: 5, ties: 'split', refunds: 'subtract' },
    );
    expect(meta.fit).toMatchObject({ state: 'history', buyers: 2, model: null });
    const buyers = (rows as ValueGroup[]).find((r) => r.key === 'buyer')!;
    expect(buyers.value365 / 2).toBeCloseTo((365 * 40_000) / (92 + 90), 3);
    expect(await world.value.person({ workspaceNo: ws, timezone: zone }, 'p1')).toMatchObject({
      fit: { state: 'history' },
      value: { alive: null, value365: null },
    });
  });
});

describe('customers', () => {
  it('days of the zone collapse; refunds are taken off their order, else off all alike', async () => {
    const order = (person: number, id: string, at: string, fen: number, event = 'Order Completed') => ({
      ...{ person, event, at },
      properties: { order_id: id, revenue_fen: fen },
    });
    const ws = await world.tell([
      order(1, 'a', '2026-01-01T15:00:00Z', 1000),
      order(1, 'b', '2026-01-01T15:59:00Z', 500),
      order(1, 'c', '2026-01-01T16:00:00Z', 2000),
      order(1, 'd', '2026-01-11T00:00:00Z', 4000),
      order(1, 'd', '2026-01-20T00:00:00Z', -1000, 'Order Refunded'),
      order(2, 'e', '2026-01-01T00:00:00Z', 1000),
      order(2, 'f', '2026-01-03T00:00:00Z', 3000),
      order(2, 'f', '2026-01-04T00:00:00Z', -3000, 'Order Refunded'),
      order(3, 'g', '2026-01-01T00:00:00Z', 1000),
      order(3, 'h', '2026-01-05T00:00:00Z', 3000),
      order(3, 'unknown', '2026-01-06T00:00:00Z', -2000, 'Order Refunded'),
    ]);
    const source = (columns?: readonly string[], people?: readonly number[]) => world.models.source(ws, columns, people);
    const asOf = Date.parse('2026-02-01T00:00:00Z');
    const rows = await world.engines.ch.query<Record<string, number>>(
      `SELECT person_no, x, tx, T, total, mean, orders FROM (${customersSql({ source, zone, asOf })}) ORDER BY person_no`,
    );
    expect(rows).toEqual([
      { person_no: 1, x: 2, tx: 10, T: 31, total: 6500, mean: 2500, orders: 4 },
      { person_no: 2, x: 0, tx: 0, T: 31, total: 1000, mean: 0, orders: 1 },
      { person_no: 3, x: 1, tx: 4, T: 31, total: 2000, mean: 1500, orders: 2 },
    ]);
  });

  it('margin comes from the cost of products where it is known of most of what was sold', async () => {
    const ws = await world.tell(
      [1, 2, 3].map((person) => ({
        ...{ person, event: 'Order Completed', at: '2026-03-01T00:00:00Z' },
        properties: {
          revenue_fen: 10_000,
          products: [
            { product_id: 'tea', price: 80, quantity: 1 },
            { product_id: 'cup', price: 10.0, quantity: 2 },
          ],
        },
      })),
    );
    await world.engines.ch.command(`INSERT INTO product_catalogue VALUES (${ws}, 'tea', 2000), (${ws}, 'cup', NULL)`);
    const { meta } = await world.value.answer(
      { workspaceNo: ws, timezone: zone },
      { by: 'all', bands: 5, ties: 'split', refunds: 'subtract' },
    );
    expect(meta.fit!.margin).toEqual({ from: 'products', rate: 0.75, covered: 0.8 });
  });

  it('is told of several audiences side by side, and fitted again when its time has come', async () => {
    world.tags.set('early', [1, 2, 3, 12]).set('all', [1, 2, 3, 4, 5]);
    const asker = { workspaceNo: shop, timezone: zone };
    const { rows, meta } = await world.value.answer(asker, {
      ...{ by: 'audience' as const, audiences: ['all', 'early'] },
      ...{ bands: 5, ties: 'split' as const, refunds: 'subtract' as const },
    });
    expect((rows as ValueGroup[]).map((r) => [r.key, r.people, r.buyers])).toEqual([
      ['all', 5, 5],
      ['early', 4, 3],
    ]);
    expect((await world.behind(shop, meta.question, (rows[1] as ValueGroup).buyersCell, zone)).sort()).toEqual([1, 2, 3]);
    const begun: number[] = [];
    const clock = manualClock(meta.fit!.asOf);
    const refit = createRefit({ ...world.models, clock, table: 'value_fits', every: () => 7, begin: async (ws) => begun.push(ws) });
    clock.advance(7 * day - 1);
    expect(await refit()).toBe(0);
    clock.advance(1);
    expect(await refit()).toBeGreaterThan(0);
    expect(begun).toContain(shop);
    // One that came to nothing is not begun again at once.
    expect(await refit()).toBe(0);
  });

  it('spreading value: by depth, nobody twice, no end in a ring', () => {
    const edges = [
      { inviter: 1, invitee: 2 },
      { inviter: 2, invitee: 3 },
      { inviter: 3, invitee: 1 },
      { inviter: 1, invitee: 4 },
    ];
    const own = new Map([1, 2, 3, 4].map((no) => [no, no * 100]));
    expect(spreadOf(edges, own, 0.5, 5).get(1)).toEqual({ value: 0.5 * (200 + 400) + 0.25 * 300, downline: 3 });
    expect(spreadOf(edges, own, 0.5, 1).get(1)).toEqual({ value: 300, downline: 2 });
  });
});

const retail = new URL('../../../demo/online_retail/', import.meta.url);
describe('RFM', () => {
  it.skipIf(!existsSync(new URL('rfm_expected.csv', retail)))(
    'of a real shop agrees with an independent script for each customer',
    async () => {
      const read = (name: string) => readFileSync(new URL(name, retail));
      const orders = new Map<string, { person: number; at: number; pence: number }>();
      for (const line of gunzipSync(read('events.csv.gz')).toString('utf8').trimEnd().split('\n').slice(1)) {
        const [user, ts, event, id, , quantity, price] = line.split(',') as [string, string, string, string, string, string, string];
        const worth = Math.round(Number(price) * 1000) * Number(quantity);
        if (user === '' || event !== 'purchase' || Number(quantity) <= 0 || worth <= 0) continue;
        const at = Date.parse(`${ts.replace(' ', 'T').replace(/Z?$/, 'Z')}`);
        const one = orders.get(id) ?? { person: Number(user), at, pence: 0 };
        orders.set(id, { person: one.person, at: Math.max(one.at, at), pence: one.pence + worth });
      }
      const ws = await world.tell(
        [...orders].map(([order_id, { person, at, pence }]) => ({
          ...{ person, at, event: 'Order Completed', properties: { order_id, revenue_fen: Math.round(pence / 10) } },
        })),
      );
      const question = { by: 'rfm', bands: 5, ties: 'split', refunds: 'subtract', asOf: '2011-12-10' } as const;
      const utc = { workspaceNo: ws, timezone: 'UTC' };
      const { rfmSql } = await import('./rfm-sql.ts');
      const found = await world.engines.ch.query<Record<string, number>>(
        `SELECT * FROM (${rfmSql(world.models, utc, question)}) ORDER BY person_no`,
      );
      const lines = read('rfm_expected.csv').toString().trim().split('\n').slice(1);
      expect(found).toHaveLength(lines.length);
      let apart = 0;
      for (const [i, line] of lines.entries()) {
        const [id, recency, frequency, , r, f, m] = line.split(',').map(Number);
        const row = found[i]!;
        expect([row.person_no, row.recency, row.frequency]).toEqual([id, recency, frequency]);
        if (row.r !== r || row.f !== f || row.m !== m) apart += 1;
      }
      expect(apart).toBe(0);
      const { rows, meta } = await world.value.answer(utc, question);
      const best = (rows as RfmRow[]).find((c) => c.r === 5 && c.f === 5)!;
      expect(await world.behind(ws, meta.question, best.cell, 'UTC')).toHaveLength(best.people);
      expect(await world.behind(ws, meta.question, { r: 5, f: 5, m: 5 }, 'UTC')).toHaveLength(348);
    },
    60_000,
  );
});
