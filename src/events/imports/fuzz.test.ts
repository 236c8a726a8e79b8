import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../base/index.ts';
import { type Harness, harness } from './harness.ts';
import { importKinds } from './schema.ts';

/** Whatever comes through the door: an answer that names the mistake, or an import in which every row is accounted for. */
let h: Harness;
beforeAll(async () => {
  h = await harness();
});
afterAll(() => h.close());

const cell = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '',
    '"',
    '""',
    '"a',
    ',',
    '\n',
    '\r\n',
    'null',
    '0',
    '-1',
    '2026-01-01',
    '2026-02-30 10:00',
    '1e9',
    '99999999999999999999',
    '1.005',
    '¥3',
    'NaN',
    '订单',
    '\uFEFF',
    '=1+1',
  ),
  fc.integer().map(String),
  fc.double().map(String),
);
const header = fc.uniqueArray(
  fc.constantFrom(
    'order_id',
    'user_id',
    'ts',
    'amount',
    'price',
    'quantity',
    'status',
    '手机号',
    'event',
    'x',
    'product_id',
    'name',
    'products',
  ),
  { minLength: 1 },
);
const table = fc
  .tuple(header, fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 12 }), fc.constantFrom(',', ';', '\t', '|'))
  .map(([head, rows, mark]) => [head, ...rows].map((r) => r.join(mark)).join('\n'));
const json = fc
  .array(
    fc.oneof(
      fc.json(),
      fc
        .dictionary(fc.constantFrom('order_id', 'user_id', 'time', 'amount', 'products', 'event', '__proto__'), fc.jsonValue())
        .map((o) => JSON.stringify(o)),
    ),
    { maxLength: 8 },
  )
  .map((l) => l.join('\n'));
const file = fc.oneof(
  table.map((t) => Buffer.from(t)),
  json.map((t) => Buffer.from(t)),
  fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b)),
);

async function through(content: Buffer, kind: (typeof importKinds)[number] | undefined): Promise<void> {
  try {
    const { uploadId } = await h.imports.upload(1, { name: 'f', stream: Readable.from([content]) });
    const seen = await h.imports.inspect(1, uploadId);
    const { id } = await h.imports.start(1, {
      uploadId,
      kind: kind ?? seen.kind,
      options: { shiftDays: 0, withoutCustomer: 'anonymous', freeOrders: 'gift', statuses: {}, origin: '' },
    });
    await h.jobs.flush();
    const done = await h.imports.get(1, id);
    if (done.state === 'failed') expect(done.error).toMatch(/quote|longer than/);
    else {
      expect(done.state).toBe('done');
      expect(done.rows.accepted + done.rows.duplicate + done.rows.rejected).toBe(done.rows.read);
      expect(Object.values(done.reasons).reduce((a, b) => a + b, 0)).toBe(done.rows.rejected);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).status).toBe(400);
    expect((error as Problem).errors![0]!.reason.length).toBeGreaterThan(10);
  }
}

describe('anything as a file', () => {
  it('is taken in, or refused with the reason', async () => {
    await fc.assert(fc.asyncProperty(file, fc.option(fc.constantFrom(...importKinds), { nil: undefined }), through), { numRuns: 150 });
  }, 120_000);
});
