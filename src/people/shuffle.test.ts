import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyBook } from './book.ts';
import { resolvePerson } from './policy.ts';
import type { Identity } from './rules.ts';
import { WorkingView } from './working.ts';

type Message = { id: number; identities: Identity[] };

/** Who holds what, and whose the messages are, after these messages in this order: as a text. */
function graph(messages: readonly Message[]): string {
  let last = 0;
  const view = new WorkingView(
    1,
    () => undefined,
    new Map(),
    () => ++last,
    emptyBook,
  );
  const people = messages.map((m) => resolvePerson(view, m.identities, 0));
  const groups = new Map<number, string[]>();
  const put = (person: number, what: string) => groups.set(view.survivor(person), [...(groups.get(view.survivor(person)) ?? []), what]);
  people.forEach((person, i) => {
    put(person, `event ${messages[i]!.id}`);
  });
  for (const { identity } of view.changes.attached) put(view.owner(identity, 0)!, `${identity.type} ${identity.value}`);
  expect(view.changes.conflicts).toEqual([]);
  return [...groups.values()]
    .map((g) => g.sort().join(', '))
    .sort()
    .join('\n');
}

/** A person as they are: what they hold of each type stays within the limits, so nothing that is said of them can be in conflict. */
const personOf = (n: number) => {
  const strong: Identity[] = [
    { type: 'user_id', value: `u${n}` },
    { type: 'member_id', value: `m${n}` },
    { type: 'wechat_unionid', value: `x${n}` },
    ...['oa', 'mp', 'game', 'shop'].map((app) => ({ type: 'wechat_openid', value: `${app}:${n}` })),
    ...['corp1', 'corp2'].map((corp) => ({ type: 'wecom_external_userid', value: `${corp}:${n}` })),
    ...[1, 2, 3].map((k) => ({ type: 'phone', value: `+86139${n}000000${k}` })),
    ...[1, 2].map((k) => ({ type: 'email', value: `${n}.${k}@example.com` })),
    { type: 'platform_id', value: `douyin:${n}` },
  ];
  const weak: Identity[] = ['anonymous_id', 'device_id', 'cookie_id', 'ad_id'].map((type) => ({ type, value: `${type}${n}` }));
  return { strong, weak };
};

/** Weak identities come alone, among themselves, or with the user id: with two strong ones that are not known as one yet they would change hands. */
const message = fc
  .record({
    person: fc.integer({ min: 1, max: 5 }),
    strong: fc.uniqueArray(fc.nat(14), { maxLength: 4 }),
    weak: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
  })
  .map(({ person, strong, weak }): Identity[] => {
    const of = personOf(person);
    const picks = strong.length > 0 && weak.length > 0 ? [...new Set([0, ...strong])] : strong;
    const list = [...picks.map((k) => of.strong[k % of.strong.length]!), ...weak.map((k) => of.weak[k]!)];
    return list.length > 0 ? [...new Set(list)] : [of.strong[0]!];
  });

const orders = fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 40 }), {
  minLength: 10,
  maxLength: 10,
});

/** Whatever the order of these messages, they end in one graph. Returns how many orders were tried. */
function same(list: readonly Identity[][], shuffles: readonly number[][]): number {
  const messages = list.map((identities, id) => ({ id, identities }));
  const plain = graph(messages);
  for (const order of shuffles) expect(graph([...messages].sort((a, b) => order[a.id]! - order[b.id]!))).toBe(plain);
  return shuffles.length;
}

it('facts without conflict end in the same graph in whatever order they come', () => {
  let shuffles = 0;
  fc.assert(
    fc.property(fc.array(message, { minLength: 3, maxLength: 30 }), orders, (list, tried) => {
      shuffles += same(list, tried);
    }),
    { numRuns: 500 },
  );
  expect(shuffles).toBeGreaterThanOrEqual(5_000);
});

it('so they do when a device is seen with several identities of one person before those are known to be one', () => {
  const anyOf = fc
    .record({
      person: fc.integer({ min: 1, max: 4 }),
      strong: fc.uniqueArray(fc.nat(14), { maxLength: 3 }),
      weak: fc.nat(3),
    })
    .map(({ person, strong, weak }) => {
      const of = personOf(person);
      return [...new Set([...strong.map((k) => of.strong[k % of.strong.length]!), of.weak[weak]!])];
    });
  // In the end, which may come at any time, somebody says who they are.
  const said = [1, 2, 3, 4].map((n) => personOf(n).strong);
  fc.assert(
    fc.property(fc.array(anyOf, { minLength: 3, maxLength: 30 }), orders, (list, tried) => {
      same([...list, ...said], tried);
    }),
    { numRuns: 300 },
  );
});
