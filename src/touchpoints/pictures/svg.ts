import { type Level, matrixOf } from './matrix.ts';

export interface PictureWish {
  text: string;
  level?: Level | undefined;
  /** Dark on light alone is read by every phone. */
  dark?: string | undefined;
  light?: string | undefined;
  /** A picture in the middle: `data:image/png;base64,…`. Then the level is at least Q. */
  logo?: string | undefined;
  /** A border and a line of words below. */
  frame?: { caption: string } | undefined;
}

/** Light squares around the code, as the standard asks. */
const quiet = 4;
/** The part of the width that a logo covers: far below what level Q mends. */
const logoPart = 0.22;

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]!);

/** A QR code as SVG, in units of its squares; it scales to any size of print. */
export function codeSvg(wish: PictureWish): string {
  const wanted = wish.level ?? 'M';
  const level = wish.logo && (wanted === 'L' || wanted === 'M') ? 'Q' : wanted;
  const rows = matrixOf(wish.text, level);
  const inner = rows.length;
  const width = inner + 2 * quiet;
  const caption = wish.frame?.caption.trim();
  const height = width + (caption ? Math.round(width * 0.16) : 0);
  const [dark, light] = [wish.dark ?? '#000', wish.light ?? '#fff'];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" shape-rendering="crispEdges" role="img">`,
    `<rect width="${width}" height="${height}" fill="${light}"/>`,
    `<path d="${pathOf(rows)}" transform="translate(${quiet} ${quiet})" fill="${dark}"/>`,
  ];
  if (wish.logo) {
    const side = Math.round(inner * logoPart) | 1;
    const at = (width - side) / 2;
    parts.push(
      `<rect x="${at - 0.6}" y="${at - 0.6}" width="${side + 1.2}" height="${side + 1.2}" rx="1" fill="${light}"/>`,
      `<image x="${at}" y="${at}" width="${side}" height="${side}" href="${escapeXml(wish.logo)}"/>`,
    );
  }
  if (wish.frame) {
    parts.push(
      `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="1.5" fill="none" stroke="${dark}" stroke-width="0.6" shape-rendering="auto"/>`,
    );
    if (caption) {
      const size = Math.min(width * 0.085, (width * 0.9) / widthOf(caption));
      parts.push(
        `<text x="${width / 2}" y="${width + (height - width) * 0.45}" font-family="system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif" font-size="${size.toFixed(2)}" text-anchor="middle" fill="${dark}">${escapeXml(caption)}</text>`,
      );
    }
  }
  return `${parts.join('')}</svg>`;
}

/** The squares of a row that touch are one piece. */
function pathOf(rows: boolean[][]): string {
  const pieces: string[] = [];
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; ) {
      let end = x;
      while (row[end]) end += 1;
      if (end > x) pieces.push(`M${x} ${y}h${end - x}v1H${x}z`);
      x = end + 1;
    }
  });
  return pieces.join('');
}

/** In widths of a full character; letters and digits are about half as wide. */
const widthOf = (text: string): number => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) < 0x2e80 ? 0.58 : 1), 0.01);
