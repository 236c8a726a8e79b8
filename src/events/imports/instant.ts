const day = 86_400_000;
const hour = 3_600_000;

export type DateOrder = 'dmy' | 'mdy' | undefined;

/** Reads times of one zone. Returns milliseconds UTC, or undefined for what is not a time. */
export type InstantReader = (value: unknown) => number | undefined;

const yearFirst =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]*(\d{1,2})[:时点](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,9}))?)?[分秒]?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;
const yearLast = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const packed = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?$/;

/**
 * A reader for times as shops write them: ISO with or without a zone, 2011/12/9 8:26, 2011年12月9日, 20111209082600,
 * Unix seconds or milliseconds, Excel's day numbers. A time that names no zone is of `zone`.
 */
export function instantReader(zone: string, order: DateOrder): InstantReader {
  const offset = zoneOffsets(zone);
  const local = (y: number, mo: number, d: number, h = 0, mi = 0, s = 0, ms = 0): number | undefined => {
    const at = wall(y, mo, d, h, mi, s, ms);
    if (at === undefined) return undefined;
    // The offset an hour or two away may differ where clocks change: the second look settles it.
    return at - offset(at - offset(at));
  };
  return (value) => {
    if (typeof value === 'number') return fromNumber(String(value), local);
    if (typeof value !== 'string') return undefined;
    const text = value.trim();
    const a = yearFirst.exec(text);
    if (a) {
      const ms = a[7] ? Number(a[7].padEnd(3, '0').slice(0, 3)) : 0;
      const parts = [Number(a[1]), Number(a[2]), Number(a[3]), Number(a[4] ?? 0), Number(a[5] ?? 0), Number(a[6] ?? 0), ms] as const;
      if (!a[8]) return local(...parts);
      const at = wall(...parts);
      return at === undefined ? undefined : at - zoneText(a[8]);
    }
    const b = yearLast.exec(text);
    if (b) return lastYear(b, order, local);
    return fromNumber(text, local);
  };
}

type Local = (y: number, mo: number, d: number, h?: number, mi?: number, s?: number) => number | undefined;

function lastYear(found: RegExpExecArray, order: DateOrder, local: Local): number | undefined {
  const [first, second] = [Number(found[1]), Number(found[2])];
  // 25/12 and 12/25 say themselves which is the day; 3/4 needs to be told.
  const reading = first > 12 ? 'dmy' : second > 12 ? 'mdy' : order;
  if (reading === undefined) return undefined;
  const [month, dayOfMonth] = reading === 'mdy' ? [first, second] : [second, first];
  return local(Number(found[3]), month, dayOfMonth, Number(found[4] ?? 0), Number(found[5] ?? 0), Number(found[6] ?? 0));
}

function fromNumber(text: string, local: Local): number | undefined {
  const c = /^\d{8}$|^\d{12}$|^\d{14}$/.test(text) ? packed.exec(text) : null;
  if (c) return local(Number(c[1]), Number(c[2]), Number(c[3]), Number(c[4] ?? 0), Number(c[5] ?? 0), Number(c[6] ?? 0));
  if (/^\d{10}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (/^\d{13}$/.test(text)) return Number(text);
  if (/^[2-7]\d{4}(\.\d+)?$/.test(text)) {
    // Excel counts days from 1899-12-30.
    const at = new Date(Math.round(Number(text) * 86400) * 1000 - 25_569 * day);
    return local(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds());
  }
  return undefined;
}

function wall(y: number, mo: number, d: number, h: number, mi: number, s: number, ms: number): number | undefined {
  if (mo < 1 || mo > 12 || d < 1 || h > 23 || mi > 59 || s > 59 || y < 1970 || y > 2200) return undefined;
  const at = Date.UTC(y, mo - 1, d, h, mi, s, ms);
  return new Date(at).getUTCDate() === d ? at : undefined;
}

function zoneText(text: string): number {
  const found = /^([+-])(\d{2}):?(\d{2})$/.exec(text);
  if (!found) return 0;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * hour + Number(found[3]) * 60_000);
}

/** Offsets of a zone, asked once an hour of time: the calendar's own answer is slow. */
function zoneOffsets(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const known = new Map<number, number>();
  return (at) => {
    const start = Math.floor(at / hour);
    const cached = known.get(start);
    if (cached !== undefined) return cached;
    const p = Object.fromEntries(format.formatToParts(start * hour).map((x) => [x.type, Number(x.value)]));
    const offset = Date.UTC(p.year ?? 1970, (p.month ?? 1) - 1, p.day ?? 1, p.hour ?? 0, p.minute ?? 0) - start * hour;
    if (known.size > 100_000) known.clear();
    known.set(start, offset);
    return offset;
  };
}
