import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadActs } from './evaluation/load.ts';
import { trial } from './evaluation/trial.ts';
import { matchingWorld, type Told, type World } from './matching.fixture.ts';

const day = 86_400_000;
const now = Date.parse('2026-06-01T04:00:00Z');
let world: World;
beforeAll(async () => {
  world = await matchingWorld(new Date(now).toISOString());
});
afterAll(() => world?.close());

describe('on a part of a real shop, by time split', () => {
  it('goods are foretold better than by popularity, item-kNN and buying again', async () => {
    const { ch, dir } = world.engines;
    const [head, ...lines] = gunzipSync(readFileSync(new URL('../../demo/online_retail/events.csv.gz', import.meta.url)))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const file = join(dir, 'part.csv');
    writeFileSync(file, [head, ...lines.filter((line) => Number(line.slice(0, 5)) % 6 === 0)].join('\n'));
    const loaded = await loadActs(ch, file, /^(POST|DOT|M|D|S|C2|BANK CHARGES)$/);
    const result = await trial(ch, {
      ...{ workspaceNo: 900, builds: [1, 2], days: 28, at: loaded.last + 1 - 28 * day, acts: 'eval_acts' },
      catalogue: "(SELECT '' AS product_id, '' AS category, 0 AS price_fen, CAST(NULL, 'Nullable(Int64)') AS stock WHERE 0)",
      levelsAt: async () => "SELECT toUInt32(0) AS person_no, '' AS level WHERE 0",
    });
    expect(result.people).toBeGreaterThan(150);
    expect(result.learned.learned).toBe(true);
    const behind = (of: (way: { by: number; low: number }) => boolean) =>
      Object.keys(result.ahead).filter((way) => !of(result.ahead[way]!));
    expect(behind(({ by }) => by > 0)).toEqual([]);
    // Buying again is near it on so few people; the others are far.
    expect(behind(({ low }) => low > 0).filter((way) => !way.startsWith('buy again'))).toEqual([]);
    expect(result.ways.yutang!.coverage).toBeGreaterThan(result.ways['popular (ever)']!.coverage);
  });
});

describe('what is next for a person', () => {
  const order = (person: number, ago: number, ...goods: string[]): Told => ({
    ...{ person, event: 'Order Completed', at: now - ago * day },
    properties: { order_id: `${person}-${ago}`, products: goods.map((id) => ({ product_id: id, price: 20, quantity: 1 })) },
  });

  it('is known by key with its reason: bought again when due, or with what others bought; what is out of stock is not there', async () => {
    const told: Told[] = [];
    for (let p = 1; p <= 40; p++) {
      for (const ago of [160, 130, 100, 70, 40]) told.push(order(p, ago + (p % 5), 'tea'));
      if (p <= 30) told.push(order(p, 35 + (p % 5), 'cup', 'gone'));
    }
    told.push({ person: 41, event: 'Product Viewed', at: now - day, properties: { product_id: 'cup' } });
    for (let p = 1; p <= 42; p++) world.levels.set(p, 'buyer');
    await world.tell(1, told);
    await world.matching.recompute(1);
    const of = async (p: number) => {
      const answer = await world.matching.recommendations(1, `p${p}`, 'product', 10);
      return answer.kind === 'product' ? answer : undefined;
    };
    const [first] = (await of(1))!.items;
    expect(first).toMatchObject({
      product: { id: 'tea', name: 'Tea' },
      why: 'due',
      reason: { en: 'buys it about every 30 days, last 41 days ago' },
    });
    const other = (await of(35))!.items.find((i) => i.product.id === 'cup')!;
    expect(other).toMatchObject({ why: 'together', reason: { zh: '买过「Tea」的人也买它' } });
    for (let p = 1; p <= 41; p++) expect((await of(p))!.items.map((i) => i.product.id)).not.toContain('gone');
    expect((await of(41))!.items.find((i) => i.product.id === 'cup')).toMatchObject({ why: 'looked' });
    expect(await of(42)).toMatchObject({ basis: 'level', items: [{ why: 'level' }, {}] });
    const together = await world.matching.goesWith(1, 'cup', 'together', 5);
    expect(together.items[0]).toMatchObject({ product: { id: 'gone' }, share: { part: 30, of: 30 } });
    const next = await world.matching.goesWith(1, 'tea', 'next', 5);
    expect(next).toMatchObject({ again: { people: 40, everyDays: 30, repeated: { part: 40 } } });
    expect(next.items.find((i) => i.product.id === 'cup')).toMatchObject({ share: { part: 30, of: 40 }, days: 125 });
    await expect(world.matching.goesWith(1, 'nothing', 'next', 5)).rejects.toMatchObject({ status: 404 });
    expect((await world.matching.products(1, 'te', 5)).items.map((g) => g.id)).toEqual(['tea']);
    // Rules count from the next run; what was worked out before goes.
    await world.matching.settings.set(1, { products: { without: ['cup'], restDays: 41 } });
    await world.matching.recompute(1, false);
    expect((await of(1))!.items.map((i) => i.product.id)).toEqual(['tea']);
    expect((await of(5))!.items).toEqual([]);
    const builds = await world.engines.ch.query('SELECT DISTINCT build FROM match_history WHERE workspace_no = 1');
    expect(builds).toHaveLength(1);
    await world.matching.onMerge(1, [{ from: 2, to: 1 }]);
    expect((await of(1))!.basis).toBe('level');
    await expect(world.matching.recommendations(1, 'x', 'product', 5)).rejects.toMatchObject({ status: 404 });
  });
});

describe('a run that is cut off', () => {
  it('goes on from what is done, and until it is ready what was found before is served', async () => {
    const buy = (person: number, good: string): Told => ({
      ...{ person, event: 'Order Completed', at: world.clock.ms() - person * 60_000 },
      properties: { order_id: `${person}-${good}`, products: [{ product_id: good, price: 20, quantity: 1 }] },
    });
    const shown = async () => {
      const answer = await world.matching.recommendations(6, 'p1', 'product', 10);
      return answer.kind === 'product'
        ? { asOf: answer.asOf, items: answer.items.map((i) => i.product.id), acts: answer.hour.acts }
        : undefined;
    };
    await world.tell(6, [...[1, 2, 3].map((p) => buy(p, 'tea')), ...[4, 5].map((p) => buy(p, 'cup'))]);
    await world.matching.recompute(6);
    let before = await shown();
    expect(before).toMatchObject({ items: ['tea', 'cup'], acts: 1 });
    for (const part of [0.1, 0.7, 0.9]) {
      world.clock.advance(day);
      const began = new Date(world.clock.ms() + 1).toISOString();
      await world.tell(6, [buy(1, `new ${part}`)]);
      world.told = (at) => {
        if (at >= part) throw new Error('cut off');
      };
      await expect(world.matching.recompute(6)).rejects.toThrow('cut off');
      expect(await shown()).toEqual(before);
      world.clock.advance(60_000);
      world.told = () => {};
      await world.matching.recompute(6);
      const after = await shown();
      expect(after!.asOf).toBe(began);
      expect(after!.items).toContain(`new ${part}`);
      expect(after!.acts).toBe(before!.acts + 1);
      before = after;
    }
    const builds = await world.engines.ch.query('SELECT DISTINCT build FROM match_history WHERE workspace_no = 6');
    const people = await world.engines.pg.query('SELECT DISTINCT build FROM match_people WHERE workspace_no = 6');
    expect([builds.length, people.length]).toEqual([1, 1]);
  });
});

describe('a choice of content', () => {
  const everyone = Array.from({ length: 400 }, (_, i) => i + 1);
  const ask = (key: string, people: readonly number[] = everyone) => ({ people, channel: 'wecom', at: world.clock.now(), key });
  const reset = () => {
    world.contents.splice(
      0,
      world.contents.length,
      ...['a', 'b', 'c'].map((id) => ({ id, name: id.toUpperCase(), tags: [`topic ${id}`], refused: null as string | null })),
    );
    world.written.length = 0;
  };

  it('is the same for the same key, told once, with its chance and reasons; the holdout gets nothing, whatever the key', async () => {
    reset();
    world.interests.push([7, 'topic b', 5]);
    const first = await world.matching.pick(2, ask('one'));
    expect(await world.matching.pick(2, ask('one'))).toEqual(first);
    expect(new Set(world.written.map((e) => e.messageId)).size).toBe(400);
    const out = (picked: typeof first) => [...picked].flatMap(([no, p]) => ('none' in p && p.none === 'holdout' ? [no] : []));
    expect(out(first).length).toBeGreaterThan(5);
    expect(out(first).length).toBeLessThan(45);
    expect(world.written.filter((e) => e.event === 'Content Held Out').map((e) => e.personNo)).toEqual(out(first));
    const second = await world.matching.pick(2, ask('two'));
    expect(out(second)).toEqual(out(first));
    const seven = first.get(7)!;
    expect('contentId' in seven && seven.propensity).toBeGreaterThanOrEqual(0.05);
    for (const [no, p] of second) {
      const before = first.get(no)!;
      if ('contentId' in p && 'contentId' in before) expect(p.contentId).not.toBe(before.contentId);
    }
    await world.matching.pick(2, ask('three'));
    const often = await world.matching.pick(2, ask('four'));
    expect(new Set([...often.values()].map((p) => ('none' in p ? p.none : 'chosen')))).toEqual(new Set(['often', 'holdout']));
    world.clock.advance(8 * day);
    const seen = await world.matching.pick(2, ask('five'));
    expect(new Set([...seen.values()].map((p) => ('none' in p ? p.none : 'chosen')))).toEqual(new Set(['all_seen', 'holdout']));
    const sums = await world.engines.pg.query<{ sum: number }>(
      `SELECT (SELECT sum((o->>2)::float8) FROM jsonb_array_elements(options) AS o) AS sum FROM match_choices WHERE workspace_no = 2 AND content_id IS NOT NULL`,
    );
    for (const { sum } of sums) expect(sum).toBeCloseTo(1, 4);
  });

  it('is never of what may not be sent, and a dry run keeps nothing', async () => {
    reset();
    for (const c of world.contents) if (c.id !== 'c') c.refused = 'not_approved';
    const { items } = await world.matching.dryRun(3, { people: ['p1', 'p2', 'p3'], channel: 'wecom', key: 'dry' });
    expect(items.every((p) => ('contentId' in p ? p.contentId === 'c' && p.propensity === 1 : p.none === 'holdout'))).toBe(true);
    expect(await world.engines.pg.query('SELECT 1 FROM match_choices WHERE workspace_no = 3')).toEqual([]);
    expect(world.written).toEqual([]);
    for (const c of world.contents) c.refused = 'rights_expired';
    expect((await world.matching.pick(3, { ...ask('none', [1]), holdout: 0 })).get(1)).toEqual({ none: 'rights_expired' });
    world.contents.length = 0;
    expect((await world.matching.pick(3, ask('empty', [1]))).get(1)).toEqual({ none: 'no_content' });
  });

  it('learns who clicks what, and says what another way would have brought', async () => {
    reset();
    const at = world.clock.ms();
    const told: Told[] = [];
    await world.matching.settings.set(4, { content: { holdout: 0, floor: 0.1, frequency: { choices: 100, days: 1 } } });
    for (const p of everyone) world.levels.set(p, p % 2 ? 'buyer' : 'basic');
    const picked = await world.matching.pick(4, ask('learn'));
    for (const [no, p] of picked) {
      if (!('contentId' in p)) continue;
      // Buyers click a, the others click b; the level is told by an event long before.
      told.push({
        person: no,
        event: 'Level Changed',
        at: at - 100 * day,
        source: 'yutang',
        properties: { to: no % 2 ? 'buyer' : 'basic' },
      });
      const message = { outboxId: `o${no}`, contentId: p.contentId, channel: 'wecom' };
      told.push({ person: no, event: 'Message Sent', at: at + 60_000, source: 'yutang', properties: message });
      if (p.contentId === (no % 2 ? 'a' : 'b'))
        told.push({ person: no, event: 'Message Clicked', at: at + 120_000, source: 'yutang', properties: message });
    }
    await world.tell(4, told);
    world.clock.advance(5 * day);
    const { content } = await world.matching.model(4);
    const cell = (id: string, level: string) => content.cells.find((c) => c.content === id && c.level === level)!.clicked;
    expect(cell('a', 'buyer').share).toBe(1);
    expect(cell('a', 'basic').share).toBe(0);
    await world.matching.settings.set(4, { content: { seenDays: 0 } });
    const later = await world.matching.pick(4, ask('later'));
    const right = [...later].filter(([no, p]) => 'contentId' in p && p.contentId === (no % 2 ? 'a' : 'b')).length;
    expect(right / later.size).toBeGreaterThan(0.7);
    const even = await world.matching.offPolicy(4, 'even', 90);
    expect(even).toMatchObject({ state: 'said', choices: 400 });
    // Half of the people click each of two of three contents.
    if (even.state === 'said') expect(Math.abs(even.snips.value - 1 / 3)).toBeLessThan(0.08);
    expect(await world.matching.offPolicy(2, 'c', 1)).toMatchObject({ state: 'refused', why: 'choices', least: { choices: 200 } });
    const hour = await world.matching.recommendations(4, 'p1', 'content', 5);
    expect(hour).toMatchObject({ hour: { basis: 'none' }, channel: { channel: 'wecom', basis: 'level' } });
  });

  it('follows merges and splits', async () => {
    reset();
    await world.matching.pick(5, { ...ask('m1', [1, 2]), holdout: 0 });
    await world.matching.pick(5, { ...ask('m2', [2]), holdout: 0 });
    const rows = () =>
      world.engines.pg.query<{ key: string; no: number }>(
        'SELECT key, person_no AS no FROM match_choices WHERE workspace_no = 5 ORDER BY key, person_no',
      );
    await world.matching.onMerge(5, [{ from: 2, to: 1 }]);
    expect(await rows()).toEqual([
      { key: 'm1', no: 1 },
      { key: 'm2', no: 1 },
    ]);
    await world.matching.onSplit(5, { from: 1, to: 9, former: [2] });
    expect(await rows()).toEqual([
      { key: 'm1', no: 1 },
      { key: 'm2', no: 9 },
    ]);
  });
});
