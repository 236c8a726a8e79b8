import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../value/models/random.ts';
import { type ModelWorld, modelWorld } from '../value/models.fixture.ts';
import type { Told } from '../world.fixture.ts';
import { decayOf } from './decay.ts';
import { chances, fitLogistic, qualityOf, type Sample } from './logistic.ts';

const now = Date.parse('2026-06-01T04:00:00Z');
const day = 86_400_000;
let world: ModelWorld;
beforeAll(async () => {
  world = await modelWorld(new Date(now).toISOString());
});
afterAll(() => world?.close());

describe('logistic regression', () => {
  it('recovers what it was drawn from, whatever the scales, and its chances are true', () => {
    const random = seeded(4);
    const rows = 20_000;
    const sample: Sample = { width: 4, features: new Float32Array(rows * 4), labels: new Uint8Array(rows) };
    for (let i = 0; i < rows; i++) {
      const [a, b] = [random() * 100, random() < 0.2 ? 1 : 0];
      sample.features.set([a, b, 7, 99], i * 4);
      sample.labels[i] = random() < 1 / (1 + Math.exp(-(-4 + 0.03 * a + 1.5 * b))) ? 1 : 0;
    }
    const model = fitLogistic(sample, 3, 0.1);
    expect(model.intercept).toBeCloseTo(-4, 0);
    expect(model.weights[0]).toBeCloseTo(0.03, 2);
    expect(model.weights[1]).toBeCloseTo(1.5, 0);
    expect(model.weights[2]).toBe(0);
    const said = chances(sample, model);
    const quality = qualityOf(said, sample.labels, 0.1);
    expect(quality.auc).toBeGreaterThan(0.7);
    expect(quality.brier).toBeLessThan(quality.brierOfBase);
    expect(quality.tenths.reduce((n, t) => n + t.people, 0)).toBe(rows);
    for (const tenth of quality.tenths) expect(Math.abs(tenth.foretold - tenth.happened)).toBeLessThan(0.03);
    // Slow but plain: every pair of one who ordered and one who did not.
    const few = Array.from({ length: 300 }, (_, i) => [Math.round(said[i]! * 20) / 20, sample.labels[i]!] as const);
    let pairs = 0;
    let right = 0;
    for (const [p, y] of few)
      for (const [q, z] of few)
        if (y === 1 && z === 0) {
          pairs += 1;
          right += p > q ? 1 : p === q ? 0.5 : 0;
        }
    const small = qualityOf(
      Float64Array.from(few, (f) => f[0]),
      Uint8Array.from(few, (f) => f[1]),
      0.1,
    );
    expect(small.auc).toBeCloseTo(right / pairs, 10);
  });

  it('the decay curve counts everyone once', () => {
    const points = decayOf(Float32Array.from([-1, 0.2, 0.9, 1, 6.9, 200]), Uint8Array.from([0, 1, 0, 1, 0, 1]));
    expect(points[0]!.ordered).toMatchObject({ part: 1, of: 2 });
    expect(points.at(-1)!.ordered).toMatchObject({ part: 1, of: 2 });
    expect(points.reduce((n, p) => n + p.ordered.of, 0)).toBe(6);
  });
});

describe('readiness to buy', () => {
  /** People look at goods now and then; who put something into the cart orders within days, two in three times. */
  function history(people: number, hot: number): Told[] {
    const random = seeded(8);
    const told: Told[] = [];
    for (let person = 1; person <= people; person++) {
      for (let k = 0; k < 5; k++) told.push({ person, event: 'Product Viewed', at: now - Math.floor(random() * 250 * day) - day });
      const every = 10 + 80 * random();
      for (let at = now - 250 * day; at < now - 9 * day; at += -Math.log(random()) * every * day) {
        told.push({ person, event: 'Product Added', at });
        if (random() < 0.66)
          told.push({ person, event: 'Order Completed', at: at + Math.floor((1 + 6 * random()) * day), properties: { revenue_fen: 5000 } });
      }
      if (person <= hot) told.push({ person, event: 'Product Added', at: now - 3_600_000 });
    }
    return told;
  }

  it('finds the hot ones, says why, is calibrated, fades, and lists who is behind every number', async () => {
    const ws = await world.tell(history(700, 20));
    const asker = { workspaceNo: ws, timezone: 'Asia/Shanghai' };
    await world.heat.fit(ws, {});
    const { rows, hottest, meta } = await world.heat.answer(asker, { limit: 30 });
    const fit = meta.fit!;
    expect(fit).toMatchObject({ state: 'ready', perMille: 1000 });
    expect(fit.quality!.auc).toBeGreaterThan(0.65);
    expect(fit.quality!.brier).toBeLessThan(fit.quality!.brierOfBase);
    const top = fit.quality!.tenths.at(-1)!;
    expect(Math.abs(top.foretold - top.happened)).toBeLessThan(0.12);
    expect(hottest.slice(0, 18).every((h) => Number((h.person as { id: string }).id.slice(1)) <= 40)).toBe(true);
    expect(hottest[0]!.reasons[0]).toMatchObject({ event: 'Product Added', words: { zh: expect.stringContaining('加购') } });
    for (const row of rows) expect(await world.behind(ws, meta.question, row.cell)).toHaveLength(row.people);
    expect(rows.reduce((n, r) => n + r.people, 0)).toBe(700);
    const one = await world.heat.person(asker, (hottest[0]!.person as { id: string }).id);
    expect(one.heat!.chance).toBeCloseTo(hottest[0]!.chance, 4);
    expect(one.heat!.decay.at(-1)!.chance).toBeLessThan(one.heat!.chance / 2);
    const [first, , , , , , week] = fit.decay.intents;
    expect(first!.ordered.share!).toBeGreaterThan(week!.ordered.share! ?? 0);
  });

  it('too few orders: refuses, and says what there is', async () => {
    const ws = await world.tell(history(8, 1));
    await world.heat.fit(ws, {});
    const asker = { workspaceNo: ws, timezone: 'Asia/Shanghai' };
    const { rows, hottest, meta } = await world.heat.answer(asker, { limit: 10 });
    expect(meta.fit).toMatchObject({ state: 'thin', model: null, least: { orders: 100 } });
    expect([rows, hottest]).toEqual([[], []]);
    expect(await world.heat.person(asker, 'p1')).toMatchObject({ fit: { state: 'thin' }, heat: null });
    await expect(world.heat.person(asker, 'x')).rejects.toMatchObject({ status: 404 });
    expect(await world.behind(ws, meta.question, { band: 'hot' })).toEqual([]);
  });
});
