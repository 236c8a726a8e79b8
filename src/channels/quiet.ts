/** Quiet hours: from and to as HH:MM, in the zone of whoever is written to; they may span midnight. */
export interface QuietHours {
  from: string;
  to: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes since local midnight. */
function localMinutes(ms: number, timezone: string): number {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    formats.set(timezone, format);
  }
  return minutesOf(format.format(ms));
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

function isQuiet(minutes: number, hours: QuietHours): boolean {
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  return from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}

/** When the quiet that lies over `ms` ends; undefined when there is none. */
export function quietUntil(ms: number, hours: QuietHours | null, timezone: string): number | undefined {
  if (!hours || !isQuiet(localMinutes(ms, timezone), hours)) return undefined;
  // Minute by minute would be 1,440 steps; by quarters first, since every zone's clock changes by whole quarters.
  const minute = 60_000;
  let at = Math.floor(ms / minute) * minute;
  const limit = at + 26 * 60 * minute;
  for (const step of [15 * minute, minute]) {
    while (at + step < limit && isQuiet(localMinutes(at + step, timezone), hours)) at += step;
  }
  return at + minute;
}

/** The hours that hold on a channel. */
export const quietOn = (
  policy: { quietHours: QuietHours | null; quietByChannel: Record<string, QuietHours | null> },
  channel: string,
): QuietHours | null => {
  const own = policy.quietByChannel[channel];
  return own === undefined ? policy.quietHours : own;
};

const zones = new Map<string, boolean>();
/** Names that customers sent must not fill the memory. */
const mostZones = 1_000;

export function isZone(name: string): boolean {
  const seen = zones.get(name);
  if (seen !== undefined) return seen;
  let known = true;
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
  } catch {
    known = false;
  }
  if (zones.size < mostZones) zones.set(name, known);
  return known;
}

/** Where a person's day is: what the trait `timezone` says, where that is a zone; else where their devices are, or the workspace is. */
export function zoneOf(traits: Record<string, unknown> | undefined, otherwise: string): string {
  const { timezone } = traits ?? {};
  return typeof timezone === 'string' && timezone !== '' && timezone.length < 64 && isZone(timezone) ? timezone : otherwise;
}
