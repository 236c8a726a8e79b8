import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

export interface Figure {
  /** Letter of the measurement, as docs/benchmarks.md orders them. */
  id: string;
  what: string;
  value: string;
  /** What the same machine did in the same run with the least machinery. */
  reference?: string;
  ratio?: string;
  target?: string;
  met?: boolean;
}

const figures: Figure[] = [];

export function report(figure: Figure): void {
  figures.push(figure);
  const verdict = figure.met === undefined ? '' : figure.met ? '  ✓' : '  ✗';
  process.stdout.write(
    `${figure.id}  ${figure.what}: ${figure.value}${figure.reference ? ` · reference ${figure.reference}` : ''}${figure.ratio ? ` · ratio ${figure.ratio}` : ''}${figure.target ? ` · target ${figure.target}${verdict}` : ''}\n`,
  );
}

export function machine(): string {
  const cpu = cpus();
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
  return `${cpu.length} × ${cpu[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux, Node ${process.version}, load before ${load}`;
}

/** A document with the rows of what was measured in the places of those of before, and where and when; rows of other letters stay as they are. */
export function written(text: string, conditions: string): string {
  const ids = new Set(figures.map((f) => f.id));
  const idOf = (line: string): string | undefined => /^\| (\S+) \|/.exec(line)?.[1];
  const [before, table, after] = text.split(/(?<=<!-- figures -->)|(?=<!-- \/figures -->)/) as [string, string, string];
  const lines = table.trimEnd().split('\n');
  const rows = lines.filter((line) => !ids.has(idOf(line) ?? ''));
  for (const id of ids) {
    const place = rows.findLastIndex((line) => /^\| [a-z] \|/.test(line) && idOf(line)! < id);
    rows.splice(place < 0 ? rows.length : place + 1, 0, ...figures.filter((f) => f.id === id).map(rowOf));
  }
  const machine = rows.findIndex((line) => line.startsWith('Machine: '));
  rows[machine] += ` ${conditions}`;
  return `${before}${rows.join('\n')}\n${after}`;
}

const rowOf = (f: Figure): string =>
  `| ${f.id} | ${f.what} | ${f.value} | ${f.reference ?? ''} | ${f.ratio ?? ''} | ${f.target ?? ''} | ${f.met === undefined ? '' : f.met ? 'yes' : 'no'} |`;
export const measuredIds = (): string[] => [...new Set(figures.map((f) => f.id))];

export const round = (n: number, digits = 0): string =>
  n.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });

/** The middle of several timings in milliseconds, after one run to warm up. */
export async function median(runs: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}
