/** How a cell's number is to be read, by the format it is shown in. */
export type NumberFormat = { kind: 'date' } | { kind: 'padded'; digits: number } | { kind: 'plain' };

const builtInDates = (id: number) => (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

export function formatOf(id: number, code: string | undefined): NumberFormat {
  if (code === undefined) return builtInDates(id) ? { kind: 'date' } : { kind: 'plain' };
  // Texts in quotes, colours and conditions say nothing about the number.
  const bare = code
    .replace(/"[^"]*"|\\./g, '')
    .replace(/\[(?!h|m|s)[^\]]*\]/gi, '')
    .split(';')[0]!;
  if (/general/i.test(bare)) return { kind: 'plain' };
  if (/[ymdhs年月日时分秒]/i.test(bare)) return { kind: 'date' };
  const padded = /^0{2,}$/.exec(bare.trim());
  return padded ? { kind: 'padded', digits: padded[0].length } : { kind: 'plain' };
}

/** A number as text: without the noise of floating point; with its zeros where the format shows them; a date as written on the wall. */
export function numberText(raw: string, format: NumberFormat, from1904: boolean): string {
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  if (format.kind === 'date' && value >= 0 && value < 2_958_466) return dateText(value + (from1904 && value >= 1 ? 1462 : 0));
  const text = plainNumber(value);
  return format.kind === 'padded' && /^\d+$/.test(text) ? text.padStart(format.digits, '0') : text;
}

function plainNumber(value: number): string {
  // A spreadsheet keeps 15 digits. A longer number is shown shortened, so that nobody takes it for the code it was.
  if (Math.abs(value) >= 1e15)
    return value
      .toExponential(14)
      .replace(/\.?0+e/, 'e')
      .replace('e', 'E');
  const text = String(Number(value.toPrecision(15)));
  return text.includes('e') ? Number(text).toFixed(15).replace(/0+$/, '').replace(/\.$/, '') : text;
}

function dateText(serial: number): string {
  const at = new Date(Math.round(serial * 86_400) * 1000 - 25_569 * 86_400_000).toISOString();
  if (serial < 1) return at.slice(11, 19);
  return Number.isInteger(serial) ? at.slice(0, 10) : `${at.slice(0, 10)} ${at.slice(11, 19)}`;
}
