/** Hours since the epoch, as all counts are kept. */
export const hourOf = (ms: number): number => Math.floor(ms / 3_600_000);
export const msOf = (hour: number): number => hour * 3_600_000;

/** The hour of the week (0 = Sunday 0:00) and the day of each hour, in a time zone. */
export class Calendar {
  readonly #format: Intl.DateTimeFormat;
  readonly #slots = new Map<number, number>();

  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, weekday: 'short', hour: 'numeric', hourCycle: 'h23' });
  }

  slot(hour: number): number {
    const found = this.#slots.get(hour);
    if (found !== undefined) return found;
    const parts = this.#format.formatToParts(msOf(hour));
    const of = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
    const slot = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(of('weekday')) * 24 + Number(of('hour'));
    this.#slots.set(hour, slot);
    return slot;
  }
}
