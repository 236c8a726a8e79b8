import { termsSchema } from '../src/rewards/index.ts';
import { report, round } from './report.ts';
import { measured } from './server.ts';
import { openWorld } from './world.ts';

const people = Number(process.env.BENCH_PEOPLE ?? 100_000);
const claims = Number(process.env.BENCH_CLAIMS ?? 10_000);
const stock = 1_000;

/** (q) A coupon given to everybody at once, and claimed by many at the same moment; processor time is that of the program, PostgreSQL and this bench. */
export async function benchCoupons(): Promise<void> {
  const { system, workspaceNo: ws, close } = await openWorld();
  try {
    const { pg, clock } = system;
    const { coupons } = system.rewards;
    const base = 50_000_000;
    await pg.query(
      'INSERT INTO people (workspace_no, person_no, created_at) SELECT $1, n, $2 FROM generate_series($3::bigint, $4::bigint) AS n',
      [...[ws, clock.now(), base, base + people - 1]],
    );
    const crowd = Array.from({ length: people }, (_, i) => base + i);
    const make = async (more: object): Promise<string> => {
      const terms = termsSchema.parse({ type: 'amount', faceFen: 2_000, validity: { days: 7 }, costFen: 500 });
      const { id } = await coupons.create(ws, { name: 'Bench', terms, ways: ['page'], codes: 'own', stock: people, perPerson: 1, ...more });
      await coupons.launch(ws, id);
      return id;
    };
    const all = await make({});
    const given = await measured(() => coupons.issue(ws, { couponId: all, people: crowd, key: 'bench', cause: {} }));
    const got = [...given.value.values()].filter((g) => 'code' in g).length;
    report({
      id: 'q',
      what: `a coupon to ${people} people, ${got} got it`,
      value: `${round(given.seconds)} s, ${round(given.cpu)} s of processor time`,
    });
    const few = await make({ stock });
    const claimed = await measured(() =>
      Promise.all(crowd.slice(0, claims).map((personNo) => coupons.claim(ws, { couponId: few, personNo, key: 'tap' }))),
    );
    const won = claimed.value.filter((g) => 'code' in g).length;
    report({
      ...{ id: 'q', what: `${claims} claims at once on ${stock}: ${won} got one` },
      ...{
        value: `${Math.round(claims / claimed.seconds)} claims/s, ${round(claimed.cpu)} s of processor time`,
        target: `${stock}`,
        met: won === stock,
      },
    });
  } finally {
    await close();
  }
}
