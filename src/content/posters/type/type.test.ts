import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkDoc } from '../check.ts';
import { docSchema } from '../schema.ts';
import { breakLines, type Measure, setLine } from './break-lines.ts';
import { fitText } from './fit.ts';
import { legible } from './legible.ts';

/** Ten to a square, five to a letter. */
const signs = new Intl.Segmenter('zh');
const measure: Measure = (text) =>
  [...signs.segment(text)].reduce((sum, { segment }) => sum + (segment.charCodeAt(0) < 0x2000 ? 5 : 10), 0);
const linesOf = (text: string, squares: number, maxLines = 99) => {
  const { lines, cut } = breakLines(text, { width: squares * 10, size: 10, maxLines, measure });
  return { cut, lines: lines.map((line) => line.pieces.map((p) => p.text).join('')) };
};

it.each([
  ['一二三四五，六七八', 5, ['一二三四', '五，六七八']],
  ['一二三四「五六」七', 5, ['一二三四', '「五六」七']],
  ['买 Yutang Pro 版', 6, ['买 Yutang', 'Pro 版']],
  ['全场一律打 8.5 折起', 6, ['全场一律打', '8.5 折起']],
  ['一二三四五六', 5, ['一二三四', '五六']],
  ['好！）”。一二三', 3, ['好！）”。', '一二三']],
  ['第一段\n第二段', 9, ['第一段', '第二段']],
  ['Donaudampfschiff', 4, ['Donaudam', 'pfschiff']],
  ['送你👨‍👩‍👧券', 3, ['送你', '👨‍👩‍👧券']],
])('sets %s on %i squares', (text, squares, lines) => {
  expect(linesOf(text, squares).lines).toEqual(lines);
});

it('sets signs closer that show each other their empty halves, and hangs the last', () => {
  expect(setLine('「好」，', 10, measure)).toEqual({
    pieces: [
      { text: '「好」', x: -5 },
      { text: '，', x: 20 },
    ],
    width: 30,
  });
  expect(linesOf('一二三四。', 4.5).lines).toEqual(['一二三四。']);
});

it('cuts with dots after the last line, never behind a mark, and makes type smaller before', () => {
  expect(linesOf('一二三四，五六七八九', 5, 1)).toEqual({ cut: true, lines: ['一二三四…'] });
  const box = { width: 100, height: 60, size: 40, minSize: 0, lineHeight: 1, maxLines: 2 };
  const at =
    (size: number): Measure =>
    (text) =>
      (measure(text) * size) / 10;
  expect(fitText('一二三四五六七八', box, at)).toMatchObject({ size: 40, cut: true });
  expect(fitText('一二三四五六七八', { ...box, minSize: 12 }, at)).toMatchObject({ size: 25, cut: false });
});

it('keeps the rules for any text', () => {
  const sign = fc.constantFrom(...'一二三四五天人A b9，。！？」』）、「（《“￥…%👍');
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 60 }), fc.integer({ min: 3, max: 12 }), (drawn, squares) => {
      const text = drawn.join('');
      const { lines, cut } = linesOf(text, squares);
      expect(cut).toBe(false);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      lines.slice(1).forEach((line, i) => {
        // Only what is wider than a whole line is parted by force.
        const forced = measure(lines[i]!) >= squares * 10 - 10 || measure(line) >= squares * 10 - 10;
        if (!forced) expect(line).not.toMatch(/^[，。！？」』）、…%]/);
        if (!forced) expect(lines[i]).not.toMatch(/[「（《“￥]$/);
      });
    }),
    { numRuns: 300 },
  );
});

it('draws no empty box: letters in disguise are letters, a rare character is 〓 and said, the rest is left out and said', () => {
  const cover = { text: (c: number) => c < 0x3100 || (c >= 0x4e00 && c < 0xa000), emoji: (c: number) => c >= 0x1f300 && c < 0x1fb00 };
  expect(legible('𠮷田𝓐nn🎉‮ 한국 it’s', cover)).toEqual({ text: "〓田Ann🎉 it's", missing: ['𠮷'], dropped: ['한', '국'] });
});

it('names what is amiss with a poster', () => {
  const point = { name: 'Shop', open: true, personal: true, common: { text: 'https://y.example/s/0123456789' } };
  const known = { point, sample: point.common, files: new Map() };
  const doc = (layers: object[], more: object = {}) =>
    docSchema.parse({ width: 750, height: 1334, background: { colour: '#ffffff' }, leadsTo: { touchpointId: 'tp' }, layers, ...more });
  const said = (given: Parameters<typeof doc>, as: object = {}) =>
    checkDoc(doc(...given), { ...known, ...as }).map((n) => `${n.layer ?? ''}:${n.what}`);
  const code = { id: 'c', type: 'code', x: 500, y: 1100, width: 200, height: 200 };
  expect(said([[code]])).toEqual([]);
  expect(said([[{ ...code, width: 90 }]])).toEqual(['c:code_small']);
  expect(said([[{ ...code, x: 600 }]])).toEqual(['c:code_outside']);
  expect(said([[{ ...code, dark: '#999999' }]])).toEqual(['c:code_contrast']);
  expect(said([[{ ...code, dark: '#ffffff', light: '#000000' }]])).toEqual(['c:code_contrast']);
  expect(said([[code, { id: 'b', type: 'box', x: 510, y: 1110, width: 9, height: 9, fill: '#ff0000' }]])).toEqual(['c:code_covered']);
  expect(said([[code], { leadsTo: null }])).toEqual(['c:code_missing']);
  expect(said([[code]], { point: { ...point, personal: false } })).toEqual(['c:code_shared']);
  expect(said([[code]], { point: { ...point, open: false } })).toEqual(['c:touchpoint_closed']);
  expect(said([[{ id: 't', type: 'text', x: 700, y: 0, width: 200, height: 50, size: 12, colour: '#000000', text: 'x' }]])).toEqual([
    ':code_none',
    't:text_outside',
    't:text_tiny',
  ]);
  expect(said([[code, { id: 'p', type: 'picture', x: 0, y: 0, width: 9, height: 9, file: null }]])).toEqual(['p:picture_none']);
});
