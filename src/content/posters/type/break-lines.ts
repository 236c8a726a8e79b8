/** How wide a piece of text is, in the type in which it will stand. */
export type Measure = (text: string) => number;

/** A line: pieces, each with its place from the left, so that signs of punctuation can stand closer. */
export interface Line {
  pieces: { text: string; x: number }[];
  width: number;
}

/** Never first on a line. */
const notFirst = new Set('、。，．：；！？…‥·・）】》〉」』〕｝’”％‰℃°,.!?;:)]}%>々〻ー～~／/');
/** Never last. */
const notLast = new Set('（【《〈「『〔｛‘“￥¥$€£#＃@(［[{<');
/** Take half of their square: the right half is empty, or the left. */
const rightEmpty = new Set('、。，．：；！？）】》〉」』〕｝’”');
const leftEmpty = new Set('（【《〈「『〔｛‘“');
/** What is counted stays with its number. */
const counted = new Set('折元块角分件份位个人次天日月年时点万千百倍张名');
/** Of what is written with words: letters, digits and what holds them together. */
const ofWord = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}\p{M}'’_+&@#%‰.,:/=?-]/u;
const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/** What must not be parted, in the order of the text; a space belongs to what stands before it. */
export function unitsOf(paragraph: string): string[] {
  const units: string[] = [];
  let open = false;
  let inWord = false;
  for (const { segment } of graphemes.segment(paragraph)) {
    const last = units.length - 1;
    const word = ofWord.test(segment) && !rightEmpty.has(segment);
    const together =
      last >= 0 &&
      (open ||
        segment === ' ' ||
        notFirst.has(segment) ||
        (inWord && word && !units[last]!.endsWith(' ')) ||
        (counted.has(segment) && /\d ?$/.test(units[last]!)));
    if (together) units[last] += segment;
    else units.push(segment);
    open = notLast.has(segment);
    inWord = word;
  }
  return units;
}

/** Places the signs of a line: two that show each other their empty halves stand closer by half a square. */
export function setLine(text: string, size: number, measure: Measure): Line {
  const pieces: Line['pieces'] = [];
  let x = 0;
  let run = '';
  const flush = () => {
    if (run === '') return;
    pieces.push({ text: run, x });
    x += measure(run);
    run = '';
  };
  const signs = [...text];
  signs.forEach((sign, i) => {
    const before = signs[i - 1];
    if (before !== undefined && closer(before, sign)) {
      flush();
      x -= size / 2;
    }
    // At the left edge the empty half of a bracket would be a dent.
    if (i === 0 && leftEmpty.has(sign)) x -= size / 2;
    run += sign;
  });
  flush();
  return { pieces, width: x };
}
const closer = (a: string, b: string): boolean =>
  (rightEmpty.has(a) && (rightEmpty.has(b) || leftEmpty.has(b))) || (leftEmpty.has(a) && leftEmpty.has(b));

/** A mark at the end of a line may reach out by its empty half. */
const reach = (text: string, size: number): number => (rightEmpty.has(text.at(-1) ?? '') ? size / 2 : 0);

/** Lines by the rules of Chinese setting. `cut`: there was more than these. */
export function breakLines(
  text: string,
  { width, size, maxLines, measure }: { width: number; size: number; maxLines: number; measure: Measure },
): { lines: Line[]; cut: boolean } {
  const fits = (line: string): boolean => setLine(line, size, measure).width - reach(line, size) <= width + 0.5;
  const all: string[] = [];
  for (const paragraph of text.split('\n')) {
    const lines: string[][] = [[]];
    for (const unit of unitsOf(paragraph)) {
      const line = lines.at(-1)!;
      if (line.length === 0 || fits((line.join('') + unit).trimEnd())) line.push(unit);
      else lines.push([unit]);
      // What is wider than a line alone is parted wherever the line is full.
      while (lines.at(-1)!.length === 1 && !fits(lines.at(-1)![0]!.trimEnd())) {
        const [head, tail] = part(lines.at(-1)![0]!, fits);
        if (tail === '') break;
        lines[lines.length - 1] = [head];
        lines.push([tail]);
      }
    }
    // No sign alone on the last line: one from the line before keeps it company.
    const [last, before] = [lines.at(-1)!, lines.at(-2)];
    if (before && before.length > 2 && [...last.join('').trim()].length === 1) last.unshift(before.pop()!);
    all.push(...lines.map((line) => line.join('').trimEnd()));
    if (all.length > maxLines) break;
  }
  const cut = all.length > maxLines;
  const shown = all.slice(0, maxLines);
  if (cut) shown[maxLines - 1] = shorten(shown[maxLines - 1]!, fits);
  return { lines: shown.map((line) => setLine(line, size, measure)), cut };
}

function part(word: string, fits: (line: string) => boolean): [string, string] {
  const signs = [...graphemes.segment(word)].map((s) => s.segment);
  let n = 1;
  while (n < signs.length && fits(signs.slice(0, n + 1).join(''))) n += 1;
  return [signs.slice(0, n).join(''), signs.slice(n).join('')];
}

function shorten(line: string, fits: (line: string) => boolean): string {
  const signs = [...graphemes.segment(line)].map((s) => s.segment);
  while (signs.length > 0) {
    while (signs.length > 0 && (notFirst.has(signs.at(-1)!) || notLast.has(signs.at(-1)!) || signs.at(-1) === ' ')) signs.pop();
    if (fits(`${signs.join('')}…`)) break;
    signs.pop();
  }
  return `${signs.join('')}…`;
}
