import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BindingRules, Fact, RuleVersion, Succession } from './facts.ts';
import { DAY, type Entry, type Held, replay } from './replay.ts';

const rules: BindingRules = {
  enabled: true,
  touches: [{ event: 'Friend Added', staff: 'userId' }],
  protectionDays: 10,
  validityDays: 30,
  orderRenews: 'both',
};
const versions: RuleVersion[] = [{ n: 1, from: 0, rules }];
const touch = (day: number, staff: string, id = `t${day}${staff}`): Fact => ({
  at: day * DAY,
  id,
  kind: 'touch',
  staff,
  event: 'Friend Added',
});
const order = (day: number): Fact => ({ at: day * DAY, id: `o${day}`, kind: 'order' });
const by = { actor: 'Ann', reason: 'asked' };
const set = (day: number, staff: string | null): Fact => ({ at: day * DAY, id: `s${day}`, kind: 'set', staff, ...by });
const opened = (day: number, dispute = 'd1'): Fact => ({ at: day * DAY, id: `${dispute}o`, kind: 'opened', dispute, ...by });
const closed = (day: number, staff?: string | null, dispute = 'd1'): Fact => ({
  at: day * DAY,
  id: `${dispute}c`,
  kind: 'closed',
  dispute,
  ...(staff === undefined ? {} : { staff }),
  ...by,
});
const leaves = (day: number, from: string, to: string | string[], until: number | null = null): Succession => ({
  id: `x${day}`,
  from,
  heirs: [to].flat(),
  at: day * DAY,
  until: until === null ? null : until * DAY,
  ...by,
});
/** The history in short: day, what, who. */
const told = (facts: Fact[], now: number, more: { successions?: Succession[]; versions?: RuleVersion[] } = {}) =>
  replay(facts, { versions: more.versions ?? versions, successions: more.successions ?? [] }, now * DAY).entries.map(
    (e) => `${e.at / DAY} ${e.kind} ${e.staff}`,
  );
const held = (facts: Fact[], now: number, successions: Succession[] = []) =>
  replay(facts, { versions, successions }, now * DAY).held as Held;

describe('the lines of the mechanics', () => {
  it('binds at first touch', () => {
    expect(told([touch(1, 'a')], 2)).toEqual(['1 bound a']);
    expect(held([touch(1, 'a')], 2)).toEqual({ staff: 'a', since: DAY, protectedUntil: 11 * DAY, validUntil: 31 * DAY });
  });

  it('has a protection period without take-over, and says what it kept', () => {
    expect(told([touch(1, 'a'), touch(5, 'b'), touch(10, 'b')], 11)).toEqual(['1 bound a']);
    expect(replay([touch(1, 'a'), touch(5, 'b')], { versions, successions: [] }, 6 * DAY).kept).toMatchObject([
      { at: 5 * DAY, staff: 'b', holder: 'a', why: 'protected' },
    ]);
  });

  it('after it the last touch wins, also of who has the customer already', () => {
    expect(told([touch(1, 'a'), touch(11, 'b'), touch(12, 'a'), touch(21, 'a')], 22)).toEqual([
      '1 bound a',
      '11 taken_over b',
      '21 taken_over a',
    ]);
    expect(told([touch(1, 'a'), touch(11, 'a'), touch(12, 'b')], 13)).toEqual(['1 bound a', '11 renewed_touch a']);
    expect(held([touch(1, 'a'), touch(11, 'a')], 13).since).toBe(DAY);
  });

  it('an order renews: both terms, validity alone, or nothing', () => {
    const renewedBy = (orderRenews: BindingRules['orderRenews']) =>
      replay([touch(1, 'a'), order(6)], { versions: [{ n: 1, from: 0, rules: { ...rules, orderRenews } }], successions: [] }, 7 * DAY).held;
    expect(renewedBy('both')).toMatchObject({ protectedUntil: 16 * DAY, validUntil: 36 * DAY });
    expect(renewedBy('validity')).toMatchObject({ protectedUntil: 11 * DAY, validUntil: 36 * DAY });
    expect(renewedBy('nothing')).toMatchObject({ protectedUntil: 11 * DAY, validUntil: 31 * DAY });
    // An order of somebody who is bound to nobody binds nobody.
    expect(told([order(1)], 2)).toEqual([]);
  });

  it('ends when its validity does, at that instant, and the next touch is a first one', () => {
    expect(told([touch(1, 'a')], 31)).toEqual(['1 bound a', '31 expired null']);
    expect(told([touch(1, 'a'), touch(40, 'b')], 41)).toEqual(['1 bound a', '31 expired null', '40 bound b']);
    const endless = [{ n: 1, from: 0, rules: { ...rules, validityDays: null } }];
    expect(told([touch(1, 'a')], 4000, { versions: endless })).toEqual(['1 bound a']);
  });

  it('succession keeps protection; what would be theirs is the successor’s until they are back', () => {
    const successions = [leaves(3, 'a', 'b')];
    expect(told([touch(1, 'a'), touch(5, 'c')], 6, { successions })).toEqual(['1 bound a', '3 succeeded b']);
    expect(held([touch(1, 'a')], 6, successions)).toMatchObject({ staff: 'b', since: DAY, protectedUntil: 11 * DAY, validUntil: 31 * DAY });
    expect(told([touch(5, 'a')], 6, { successions })).toEqual(['5 bound b']);
    expect(told([touch(5, 'a')], 6, { successions: [leaves(3, 'a', 'b', 4)] })).toEqual(['5 bound a']);
    expect(told([touch(5, 'a')], 6, { successions: [leaves(3, 'a', 'b'), leaves(4, 'b', 'c')] })).toEqual(['5 bound c']);
  });

  it('several successors share by lot, about evenly; who has one of them keeps that one', () => {
    const successions = [leaves(3, 'a', ['b', 'c', 'd'])];
    const shares = Map.groupBy(
      Array.from({ length: 300 }, (_, i) => held([touch(1, 'a', `msg-${i}`)], 4, successions).staff),
      (s) => s,
    );
    expect([...shares.keys()].sort()).toEqual(['b', 'c', 'd']);
    for (const share of shares.values()) expect(share.length).toBeGreaterThan(70);
    for (let i = 0; i < 20; i++) {
      const first = held([touch(1, 'a', `msg-${i}`)], 4, successions).staff;
      expect(held([touch(1, 'a', `msg-${i}`), touch(12, 'a', `later-${i}`)], 13, successions).staff).toBe(first);
    }
  });

  it('transfer begins a term; giving up leaves nobody', () => {
    expect(told([touch(1, 'a'), set(4, 'b'), touch(12, 'a')], 13)).toEqual(['1 bound a', '4 transferred b']);
    expect(held([touch(1, 'a'), set(4, 'b')], 5)).toMatchObject({ staff: 'b', since: 4 * DAY, protectedUntil: 14 * DAY });
    expect(told([set(1, 'b'), set(2, null), touch(3, 'a')], 4)).toEqual(['1 assigned b', '2 released null', '3 bound a']);
  });

  it('stands still during a dispute, and goes on with the time that was left', () => {
    const facts = [touch(1, 'a'), opened(6), touch(12, 'b'), order(13), set(14, 'c')];
    expect(told(facts, 50)).toEqual(['1 bound a', '6 disputed a']);
    expect(told([...facts, closed(16)], 17)).toEqual(['1 bound a', '6 disputed a', '16 resumed a']);
    expect(held([...facts, closed(16)], 17)).toMatchObject({ staff: 'a', protectedUntil: 21 * DAY, validUntil: 41 * DAY });
    expect(told([...facts, closed(16, 'b')], 17).at(-1)).toBe('16 decided b');
    expect(held([...facts, closed(16, 'b')], 17)).toMatchObject({ staff: 'b', since: 16 * DAY, protectedUntil: 26 * DAY });
    expect(told([...facts, closed(16, null)], 17).at(-1)).toBe('16 decided null');
    // Two people, each with a dispute, became one.
    const two = [touch(1, 'a'), opened(2), opened(3, 'd2'), closed(5), closed(7, undefined, 'd2')];
    expect(held(two, 8).protectedUntil).toBe(16 * DAY);
  });

  it('rules count from their own time on, and what is not named is no touch', () => {
    const later = [
      { n: 1, from: 5 * DAY, rules },
      { n: 2, from: 20 * DAY, rules: { ...rules, protectionDays: 0 } },
    ];
    expect(told([touch(1, 'a'), touch(6, 'b'), touch(18, 'c'), touch(22, 'd'), touch(28, 'e')], 29, { versions: later })).toEqual([
      '6 bound b',
      '18 taken_over c',
      '28 taken_over e',
    ]);
    expect(told([{ ...touch(1, 'a'), event: 'Page Viewed' } as Fact], 2)).toEqual([]);
  });

  it('a late event counts from its own time on', () => {
    const known = [touch(5, 'a'), touch(20, 'a')];
    expect(told([...known, touch(2, 'b')], 21)).toEqual(['2 bound b', '20 taken_over a']);
    // What somebody decided stands.
    expect(told([...known, set(6, 'c'), touch(2, 'b')], 7)).toEqual(['2 bound b', '6 transferred c', '20 taken_over a']);
  });
});

const staff = fc.constantFrom('a', 'b', 'c');
const day = fc.integer({ min: 0, max: 60 });
const fact: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(day, staff, fc.nat(9)).map(([d, s, n]) => touch(d, s, `t${d}${s}${n}`)) },
  { weight: 2, arbitrary: day.map(order) },
  { weight: 1, arbitrary: fc.tuple(day, fc.option(staff)).map(([d, s]) => set(d, s)) },
);
const disputes = fc
  .array(fc.tuple(day, fc.option(fc.integer({ min: 1, max: 20 })), fc.constantFrom(undefined, null, 'a', 'b')), { maxLength: 2 })
  .map((list) => list.flatMap(([d, length, s], i) => [opened(d, `d${i}`), ...(length === null ? [] : [closed(d + length, s, `d${i}`)])]));
const history = fc.record({
  facts: fc.tuple(fc.uniqueArray(fact, { maxLength: 25, selector: (f) => f.id }), disputes).map(([a, b]) => [...a, ...b]),
  successions: fc
    .uniqueArray(fc.tuple(day, staff, fc.uniqueArray(staff, { minLength: 1 }), fc.option(fc.integer({ min: 1, max: 20 }))), {
      maxLength: 2,
      selector: ([d]) => d,
    })
    .map((list) =>
      list
        .filter(([, from, to]) => !to.includes(from))
        .map(([d, from, to, until]) => leaves(d, from, to, until === null ? null : d + until))
        .sort((x, y) => x.at - y.at),
    ),
  protectionDays: fc.integer({ min: 0, max: 15 }),
  more: fc.option(fc.integer({ min: 0, max: 20 })),
  shuffle: fc.nat(),
});
const runs = Number(process.env.BINDING_HISTORIES ?? 300);

/** Who had the customer from when to when, as the entries tell it. */
function periods(entries: Entry[]): { staff: string; from: number; to: number }[] {
  const found: { staff: string; from: number; to: number }[] = [];
  for (const [i, e] of entries.entries())
    if (e.staff !== null) found.push({ staff: e.staff, from: e.at, to: entries[i + 1]?.at ?? Number.POSITIVE_INFINITY });
  return found;
}

describe('whatever happened', () => {
  it('there are never two binders, the history is whole and leads to the present', () => {
    fc.assert(
      fc.property(history, ({ facts, successions, protectionDays, more, shuffle }) => {
        const own = [{ n: 1, from: 0, rules: { ...rules, protectionDays, validityDays: more === null ? null : protectionDays + more } }];
        const setting = { versions: own, successions };
        const now = 90 * DAY;
        const out = replay(facts, setting, now);
        // Nobody has the customer before the one before them has let go.
        const all = periods(out.entries);
        for (const [i, p] of all.entries()) expect(p.from).toBeGreaterThanOrEqual(all[i - 1]?.to ?? 0);
        // Each entry begins where the one before it ended, and the last is the present.
        let who: string | null = null;
        for (const e of out.entries) {
          expect(e.before).toBe(who);
          who = e.staff;
        }
        expect(out.held?.staff ?? null).toBe(who);
        // Nobody was taken over under protection but by hand, and each term is at least as long as its protection.
        for (const [i, e] of out.entries.entries()) {
          if (e.kind === 'taken_over') expect(e.at).toBeGreaterThanOrEqual(out.entries[i - 1]!.protectedUntil!);
          if (e.validUntil !== null) expect(e.validUntil).toBeGreaterThanOrEqual(e.protectedUntil!);
        }
        // The order in which it came in says nothing.
        const other = [...facts].sort((x, y) => hash(x.id, shuffle) - hash(y.id, shuffle));
        expect(replay(other, setting, now)).toEqual(out);
        // What was known up to a day is the beginning of what is known later.
        const until = (shuffle % 60) * DAY;
        const before = { versions: own, successions: successions.filter((s) => s.at <= until) };
        const then = replay(
          facts.filter((f) => f.at <= until),
          before,
          until,
        );
        expect(out.entries.slice(0, then.entries.length)).toEqual(then.entries);
      }),
      { numRuns: runs },
    );
  });
});

const hash = (id: string, seed: number): number => [...id].reduce((h, c) => (h * 31 + c.charCodeAt(0) + seed) % 1_000_003, 7);
