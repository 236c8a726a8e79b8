import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, harness } from './harness.ts';
import { type Cell, workbookOf, zipOf } from './xlsx/workbook.fixture.ts';

let h: Harness;
beforeAll(async () => {
  h = await harness();
});
afterAll(() => h.close());
beforeEach(() => h.stored.clear());

let serial = 0;
const fresh = () => `W${++serial}`;
const head: Cell[] = ['订单号', '用户ID', '下单时间', '商品名称', '数量', '金额', '手机号'];
const day = 46_023.5; // 2026-01-01 12:00
const inspect = async (file: Buffer, sheet?: string) => {
  const { uploadId } = await h.imports.upload(1, { name: 'a.xlsx', stream: Readable.from([file]) });
  return h.imports.inspect(1, uploadId, sheet);
};
const events = () => [...h.stored.values()];

describe('workbooks', () => {
  it('cells as they are shown: dates, long numbers, zeros in front, texts, formulas by their result', async () => {
    const [a] = [fresh()];
    const file = workbookOf({
      订单: {
        rows: [
          head,
          [a, { padded: 42 }, { date: day }, '绿茶 & <红茶>', 2, { formula: 'HYPERLINK("x")', value: 0.1 + 0.2 }, 13_800_138_000],
        ],
      },
    });
    expect(await inspect(file)).toMatchObject({ format: 'xlsx', sheets: ['订单'], sheet: '订单', rows: 1, kind: 'orders' });
    const done = await h.run(file, { kind: 'orders' });
    expect(done).toMatchObject({ state: 'done', rows: { read: 1, accepted: 1 } });
    expect(events()[0]).toMatchObject({
      timestamp: '2026-01-01T04:00:00.000Z',
      userId: '000042',
      properties: { revenue_fen: 30, products: [{ name: '绿茶 & <红茶>', quantity: 2 }] },
      externalIds: [{ type: 'phone', id: '+8613800138000' }],
    });
  });

  it('a title above the header, blank rows between, and cells merged over the lines of an order', async () => {
    const [a, b] = [fresh(), fresh()];
    const rows: Cell[][] = [
      ['一月订单报表'],
      [],
      head,
      [a, 'u1', { date: day }, '茶', 1, 30],
      [null, null, null, '杯', 1, null],
      [],
      [b, '', { date: day }, '茶', 1, 5],
    ];
    const file = workbookOf({ S: { rows, merged: ['A1:G1', 'A4:A5', 'B4:B5', 'C4:C5', 'F4:F5'] } });
    const done = await h.run(file, { kind: 'orders' });
    // The amount that is merged over two lines is that of the order, once.
    expect(done).toMatchObject({
      rows: { read: 3, accepted: 2, rejected: 1 },
      totals: { orders: 1, revenueFen: 3000 },
      reasons: { no_customer: 1 },
    });
    expect(events()[0]!.properties).toMatchObject({ lines: 2 });
    expect(await h.rejected(done.id)).toMatch(/^7,"names no customer/m);
  });

  it('the first visible sheet, or the one that is named; several kinds in one workbook', async () => {
    const file = workbookOf({
      隐藏: { rows: [['x', 'y']], hidden: true },
      会员: {
        rows: [
          ['会员号', '姓名', '入会时间', '会员等级', '积分'],
          ['M1', '王', { date: day }, '金卡', 120],
        ],
      },
      商品: {
        rows: [
          ['商品编码', '商品名称', '单价', '成本价', '库存'],
          ['P1', '茶', 30, 12.5, 8],
        ],
      },
    });
    expect(await inspect(file)).toMatchObject({ sheets: ['会员', '商品'], sheet: '会员', kind: 'members' });
    expect(await inspect(file, '商品')).toMatchObject({ sheet: '商品', kind: 'products', mapping: { cost: '成本价', stock: '库存' } });
    expect(await h.run(file, { kind: 'members' })).toMatchObject({ rows: { accepted: 1 } });
    expect(events()[0]).toMatchObject({
      type: 'identify',
      traits: { member_id: 'M1', name: '王', joinedAt: '2026-01-01T04:00:00.000Z', level: '金卡', points: 120 },
      externalIds: [{ type: 'member_id', id: 'M1' }],
    });
    expect(await h.run(file, { kind: 'products', sheet: '商品' })).toMatchObject({ rows: { accepted: 1 } });
    expect((await h.imports.products(1, { limit: 5 })).items).toMatchObject([{ productId: 'P1', priceFen: 3000, costFen: 1250, stock: 8 }]);
    await expect(inspect(file, '没有')).rejects.toMatchObject({
      errors: [{ field: 'sheet', reason: expect.stringContaining('会员, 商品') }],
    });
  });

  it('a number too long for a spreadsheet is no order id', async () => {
    const file = workbookOf({ S: { rows: [head, [4.301234567890123e17, 'u', { date: day }, '茶', 1, 1]] } });
    const done = await h.run(file, { kind: 'orders' });
    expect(done.reasons).toEqual({ shortened_id: 1 });
    expect(await h.rejected(done.id)).toContain('format the column as text');
  });

  const laughs = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>`;
  it.each<[string, () => Buffer, RegExp]>([
    ['a zip that is no workbook', () => zipOf({ 'a.txt': 'x' }), /no Excel workbook/],
    ['declared entities', () => workbookOf({ S: { rows: [], xml: laughs } }), /declares XML entities/],
    [
      'an entity from nowhere',
      () => workbookOf({ S: { rows: [], xml: '<worksheet><sheetData>&x;</sheetData></worksheet>' } }),
      /broken XML/,
    ],
    ['XML without end', () => workbookOf({ S: { rows: [], xml: '<worksheet><sheetData>' } }), /broken XML/],
    ['nesting without end', () => workbookOf({ S: { rows: [], xml: '<a>'.repeat(10_000) } }), /nested too deep/],
    ['a bomb', () => workbookOf({ S: { rows: [], xml: ' '.repeat(80_000_000) } }), /unpacks to far more/],
    [
      'a bomb that lies',
      () => zipOf({ 'xl/workbook.xml': `<workbook>${' '.repeat(20_000_000)}</workbook>` }, { 'xl/workbook.xml': 100 }),
      /damaged/,
    ],
    [
      'one endless text',
      () => workbookOf({ S: { rows: [], xml: `<worksheet><sheetData><row><c t="str"><v>${'x'.repeat(9_000_000)}` } }),
      /longer than any cell/,
    ],
    ['no sheet', () => workbookOf({}), /without a sheet/],
    ['nothing in the sheet', () => workbookOf({ S: { rows: [] } }), /has nothing in its sheet/],
    ['a cut end', () => workbookOf({ S: { rows: [head] } }).subarray(0, 600), /damaged/],
    ['UTF-16 inside', () => zipOf({ 'xl/workbook.xml': Buffer.from('\ufeff<workbook/>', 'utf16le') }), /UTF-8/],
    ['an old workbook', () => Buffer.from('d0cf11e0a1b11ae1', 'hex'), /\.xlsx/],
  ])('refuses %s', async (_name, file, reason) => {
    await expect(inspect(file())).rejects.toMatchObject({
      status: 400,
      errors: [{ field: 'file', reason: expect.stringMatching(reason) }],
    });
  });

  it('cells far outside, merges over everything and texts that are not there do no harm', async () => {
    const id = fresh();
    const xml = `<worksheet><sheetData><row r="1">${head.map((t) => `<c t="str"><v>${t}</v></c>`).join('')}</row>
      <row r="2"><c t="str"><v>${id}</v></c><c t="str"><v>u</v></c><c s="1"><v>${day}</v></c><c t="s"><v>99999</v></c><c><v>1</v></c><c><v>2</v></c>
      <c r="XFD2" t="str"><v>far</v></c></row><row r="9999999"><c r="A9999999" t="s"><v>-1</v></c></row></sheetData>
      <mergeCells><mergeCell ref="K1:XFD1048576"/></mergeCells></worksheet>`;
    expect(await h.run(workbookOf({ S: { rows: [], xml } }), { kind: 'orders' })).toMatchObject({ rows: { read: 1, accepted: 1 } });
  });
});

describe('hostile texts', () => {
  it('a line of 10 MB', async () => {
    const csv = `order_id,user_id,time,amount\n${fresh()},u,2026-01-01,1\n${fresh()},"${'x'.repeat(10_000_000)}",2026-01-01,1\n`;
    const done = await h.run(csv, { kind: 'orders' });
    expect(done).toMatchObject({ state: 'failed', error: expect.stringContaining('longer than 8 MB') });
  });

  it('formulas stay texts, and the file of rejected rows does not run them', async () => {
    const csv = `order_id,user_id,time,amount,note\n${fresh()},u,2026-01-01,1,"=HYPERLINK(""http://x"")"\n${fresh()},u,never,1,=cmd|' /C calc'!A0\n`;
    const done = await h.run(csv, { kind: 'orders' });
    expect(done.rows).toMatchObject({ accepted: 1, rejected: 1 });
    expect(events()[0]!.properties).toMatchObject({ note: '=HYPERLINK("http://x")' });
    expect(await h.rejected(done.id)).toContain(`'=cmd|`);
    // Mended and imported again, the mark is not part of the value.
    expect(await h.imports.firstRejected(1, done.id, 5)).toMatchObject([{ row: 3, values: { note: "=cmd|' /C calc'!A0" } }]);
  });
});
