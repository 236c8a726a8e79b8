import { afterAll, beforeAll, expect, it } from 'vitest';
import { isOurs, newCode, readCode, showCode } from './coupons/codes.ts';
import { balances } from './index.ts';
import { brokenOff, clock, close, coupon, crowd, engines, kept, open, rewards, settle, told, workspace } from './rewards.fixture.ts';

const coupons = new Proxy({}, { get: (_of, name) => rewards.coupons[name as 'issue'] }) as typeof rewards.coupons;

beforeAll(open);
afterAll(close);

const issued = async (id: string) =>
  (
    await engines.pg.query<{ rows: number; said: number; codes: number }>(
      'SELECT count(*) AS rows, count(DISTINCT i.code) AS codes, c.issued AS said FROM coupons c LEFT JOIN coupon_issues i ON i.coupon_no = c.no WHERE c.id = $1 GROUP BY c.no',
      [id],
    )
  )[0]!;
const bookOf = async (ws: number, id: string) =>
  balances(engines.pg, ws, `coupon:${(await engines.pg.query<{ no: number }>('SELECT no FROM coupons WHERE id = $1', [id]))[0]!.no}`);
const sold = (answers: Iterable<object>) => [...answers].filter((a) => 'refused' in a && a.refused === 'sold_out').length;

it('gives to many at once, the same to the same question, and never more than there are', async () => {
  const ws = workspace();
  const id = await coupon(ws, { stock: 30, budgetFen: 1_000_000 });
  const people = await crowd(ws, 40);
  const ask = { couponId: id, people, key: 'wave', cause: { journeyId: 'jny', nodeId: 'n' } };
  const first = await coupons.issue(ws, ask);
  expect([first.size, sold(first.values()), await issued(id)]).toEqual([40, 10, { rows: 30, codes: 30, said: 30 }]);
  expect(await coupons.issue(ws, { ...ask, people: people.slice(0, 30) })).toEqual(new Map([...first].slice(0, 30)));
  expect(await bookOf(ws, id)).toEqual({ funds: -1_000_000, budget: 1_000_000 - 30 * 800, reserved: 30 * 800, spent: 0 });
  await settle();
  const events = await told(ws, 'Coupon Issued');
  expect([events.length, JSON.parse(events[0]!.properties)]).toEqual([
    30,
    expect.objectContaining({ couponId: id, journeyId: 'jny', nodeId: 'n', faceFen: 2_000 }),
  ]);
});

it('says why somebody gets none', async () => {
  const ws = workspace();
  const [a, b, c] = (await crowd(ws, 3)) as [number, number, number];
  const give = async (id: string, key: string, people: number[]) =>
    [...(await coupons.issue(ws, { couponId: id, people, key, cause: {} })).values()].map((g) => ('refused' in g ? g.refused : 'given'));
  const ruled = await coupon(ws, { rule: { trait: 'no', op: 'exists' } });
  kept.add(b);
  expect(await give(ruled, '1', [a, b, 99])).toEqual(['given', 'not_allowed', 'not_allowed']);
  expect(await give(ruled, '2', [a, c])).toEqual(['limit', 'given']);
  await coupons.pause(ws, ruled);
  expect(await give(ruled, '3', [c])).toEqual(['paused']);
  await coupons.resume(ws, ruled);
  await coupons.end(ws, ruled);
  expect(await give(ruled, '3', [c])).toEqual(['over']);
  expect(await give(ruled, '2', [c])).toEqual(['given']);
  const daily = await coupon(ws, { perDay: 1, perPerson: 2 });
  expect(await give(daily, '1', [a, b])).toEqual(['given', 'sold_out']);
  // It is 10:00 in Shanghai: the next day begins there, not in Greenwich.
  clock.advance(14 * 3_600_000);
  expect(await give(daily, '2', [a, b])).toEqual(['given', 'sold_out']);
  const dear = await coupon(ws, { budgetFen: 1_700 });
  expect(await give(dear, '1', [a, b, c])).toEqual(['given', 'given', 'sold_out']);
});

it('ten thousand who claim at the same moment get exactly what there is', async () => {
  const ws = workspace();
  const [claims, stock] = process.env.YUTANG_COUPON_CLAIMS ? [Number(process.env.YUTANG_COUPON_CLAIMS), 1_000] : [400, 60];
  const people = await crowd(ws, claims);
  const id = await coupon(ws, { stock });
  // Half of them through the line, half each in a transaction of its own, at the same time.
  const answers = await Promise.all(
    people.map(async (personNo, i) =>
      i % 2 === 0
        ? coupons.claim(ws, { couponId: id, personNo, key: 'tap' })
        : (await coupons.issue(ws, { couponId: id, people: [personNo], key: 'tap', cause: {} })).get(personNo)!,
    ),
  );
  expect([answers.filter((a) => 'code' in a).length, sold(answers), await issued(id)]).toEqual([
    stock,
    claims - stock,
    { rows: stock, codes: stock, said: stock },
  ]);
  const twice = await Promise.all(people.slice(0, 50).map((personNo) => coupons.claim(ws, { couponId: id, personNo, key: 'tap' })));
  expect(twice).toEqual(answers.slice(0, 50));
});

it('is killed after any step and neither gives twice nor forgets to tell', async () => {
  const ws = workspace();
  const people = await crowd(ws, 5);
  const id = await coupon(ws);
  const ask = { couponId: id, people, key: 'k', cause: {} };
  await brokenOff('rewards.issued', () => coupons.issue(ws, ask));
  await coupons.issue(ws, ask);
  await brokenOff('rewards.told', settle);
  await settle();
  expect([await issued(id), (await told(ws, 'Coupon Issued')).length]).toEqual([{ rows: 5, codes: 5, said: 5 }, 5]);
});

it('codes show a slip of the hand', () => {
  const code = newCode();
  expect([isOurs(code), readCode(showCode(code).toLowerCase()), /^(.{4}-){2}.{4}$/.test(showCode(code))]).toEqual([true, code, true]);
  for (let at = 0; at < code.length; at++) {
    const slip = [...code];
    slip[at] = code[at] === '7' ? '8' : '7';
    expect(isOurs(slip.join(''))).toBe(false);
    if (at === 0 || code[at] === code[at - 1]) continue;
    const swapped = [...code];
    [swapped[at - 1], swapped[at]] = [code[at]!, code[at - 1]!];
    expect(isOurs(swapped.join(''))).toBe(false);
  }
});
