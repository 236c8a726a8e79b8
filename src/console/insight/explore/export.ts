import { getInstanceByDom } from 'echarts/core';

export type Cell = string | number | null | undefined;

/** A value as CSV; text that a spreadsheet would take for a formula is kept text. */
function csvCell(value: Cell): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf(head: string[], rows: Cell[][]): string {
  return [head, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n');
}

function save(name: string, href: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
}

/** With a byte order mark, so that spreadsheets read Chinese as it is. */
export function saveCsv(name: string, text: string): void {
  const href = URL.createObjectURL(new Blob([`\uFEFF${text}\r\n`], { type: 'text/csv;charset=utf-8' }));
  save(`${name}.csv`, href);
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** The first chart inside an element as a picture, twice as sharp as on screen. False when there is none. */
export function savePicture(name: string, inside: HTMLElement | null, background: string): boolean {
  for (const box of inside?.querySelectorAll<HTMLElement>('[role=img]') ?? []) {
    const chart = getInstanceByDom(box);
    if (!chart) continue;
    save(`${name}.png`, chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: background }));
    return true;
  }
  return false;
}
