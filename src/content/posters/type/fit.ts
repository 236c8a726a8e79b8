import { breakLines, type Line, type Measure } from './break-lines.ts';

export interface Box {
  width: number;
  height: number;
  size: number;
  /** Not below this; 0: the size stays. */
  minSize: number;
  lineHeight: number;
  maxLines: number;
}
export interface Fitted {
  lines: Line[];
  size: number;
  cut: boolean;
}

/** The largest type, down to the least that is wanted, in which all of a text stands in its box. */
export function fitText(text: string, box: Box, measureAt: (size: number) => Measure): Fitted {
  const least = box.minSize > 0 ? Math.min(box.minSize, box.size) : box.size;
  const at = (size: number): Fitted => {
    const room = Math.max(1, Math.floor((box.height + size * (box.lineHeight - 1)) / (size * box.lineHeight)));
    return { size, ...breakLines(text, { width: box.width, size, maxLines: Math.min(box.maxLines, room), measure: measureAt(size) }) };
  };
  const full = at(box.size);
  if (!full.cut || least === box.size) return full;
  let [low, high] = [Math.floor(least), Math.floor(box.size) - 1];
  let best = at(low);
  while (!best.cut && low < high) {
    const middle = Math.ceil((low + high) / 2);
    const tried = at(middle);
    if (tried.cut) high = middle - 1;
    else {
      best = tried;
      low = middle;
    }
  }
  return best;
}
