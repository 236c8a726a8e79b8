/** What calendar and clock on the wall show in a zone. */
export interface Wall {
  /** YYYY-MM-DD */
  date: string;
  /** The day before. */
  before: string;
  /** 1 Monday to 7 Sunday. */
  day: number;
  /** Minutes since midnight. */
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function wallIn(zone: string, at: Date): Wall {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(zone, format);
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const date = `${part.year}-${part.month}-${part.day}`;
  const noon = Date.parse(`${date}T12:00:00Z`);
  return {
    date,
    before: new Date(noon - 86_400_000).toISOString().slice(0, 10),
    day: new Date(noon).getUTCDay() || 7,
    minute: Number(part.hour) * 60 + Number(part.minute),
  };
}

export const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Whether a slot of a day holds this minute: `today` of the slot's own day, or `yesterday` of the day before, past midnight. */
export function holds(slot: { from: string; to: string }, minute: number): 'today' | 'yesterday' | 'no' {
  const [from, to] = [minuteOf(slot.from), minuteOf(slot.to)];
  if (from < to) return minute >= from && minute < to ? 'today' : 'no';
  if (from === to) return 'today';
  return minute >= from ? 'today' : minute < to ? 'yesterday' : 'no';
}
