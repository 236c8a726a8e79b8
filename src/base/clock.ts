/** Time comes from outside everywhere, so that a year of a pool can be simulated in a minute. */
export interface Clock {
  /** Milliseconds since the Unix epoch (UTC). */
  ms(): number;
  /** The same instant as a Date. */
  now(): Date;
}

export const systemClock: Clock = { ms: () => Date.now(), now: () => new Date() };

export interface ManualClock extends Clock {
  set(instant: string | Date): void;
  /** Moves forward by so many milliseconds. */
  advance(ms: number): void;
}

/** A clock that stands still until it is moved. `start`: an ISO instant. */
export function manualClock(start: string | Date): ManualClock {
  let at = new Date(start).getTime();
  return {
    ms: () => at,
    now: () => new Date(at),
    set: (instant) => {
      at = new Date(instant).getTime();
    },
    advance: (ms) => {
      at += ms;
    },
  };
}
