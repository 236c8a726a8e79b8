/** Where the platform's behaviour is a matter of time, quota or contract, it is a number here; tests and the demo may change any. */
export interface Rules {
  tokenLifeMs: number;
  /** wrong secrets in an hour before gettoken shuts for an hour */
  tokenFailuresPerHour: number;
  /** time after an add event during which the API still says 84061 */
  relationLagMs: number;
  /** time during which a removed member is still listed */
  deletionLagMs: number;
  groupLagMs: number;
  /** time after creation during which reading a mass message's tasks or results says 41063 */
  dispatchMs: number;
  welcomeWindowMs: number;
  /** mass messages per customer or group; `max` absent: as many as the period has days */
  massCap: { period: 'day' | 'week' | 'month'; max?: number };
  maxCorpTags: number;
  maxContactWays: number;
  mediaLifeMs: number;
  /** joining a group by scanning stops at this many members */
  groupScanMax: number;
  /** a hand-over of a customer is done after this long, unless the customer refuses */
  handoverMs: number;
  /** the job that makes a moment takes this long */
  momentJobMs: number;
  serviceTokenMs: number;
  /** calls of one API a day, official accounts and mini programs */
  wxCallsPerDay: number;
  wxCodesPerMinute: number;
  /** real time a mark_tag takes, during which it counts against the five that may run at once */
  markTagMs: number;
  callsPerMinute: number;
  callsPerHour: number;
  callsPerMinutePerIp: number;
  callsPerHourPerIp: number;
  staffMessagesPerMinute: number;
  staffMessagesPerHour: number;
  staffMessagesPerSeatPerDay: number;
}

const HOUR = 3600_000;

export const defaultRules: Rules = {
  tokenLifeMs: 2 * HOUR,
  tokenFailuresPerHour: 2000,
  relationLagMs: 0,
  deletionLagMs: 0,
  groupLagMs: 2000,
  dispatchMs: 1000,
  welcomeWindowMs: 20_000,
  massCap: { period: 'month' },
  maxCorpTags: 3000,
  maxContactWays: 500_000,
  mediaLifeMs: 72 * HOUR,
  groupScanMax: 200,
  handoverMs: 24 * HOUR,
  momentJobMs: 2000,
  serviceTokenMs: 10 * 60_000,
  wxCallsPerDay: 1_000_000,
  wxCodesPerMinute: 5_000,
  markTagMs: 5,
  callsPerMinute: 10_000,
  callsPerHour: 150_000,
  callsPerMinutePerIp: 20_000,
  callsPerHourPerIp: 600_000,
  staffMessagesPerMinute: 30,
  staffMessagesPerHour: 1000,
  staffMessagesPerSeatPerDay: 200,
};

/** How the way to the product misbehaves. Rates are probabilities from 0 to 1. */
export interface CallbackWeather {
  loss: number;
  duplication: number;
  /** an event waits until the next one has gone */
  disorder: number;
  delayMs: number;
  timeoutMs: number;
  verifyTimeoutMs: number;
  tries: number;
  retryDelayMs: number;
}

export const fairWeather: CallbackWeather = {
  loss: 0,
  duplication: 0,
  disorder: 0,
  delayMs: 0,
  timeoutMs: 5000,
  verifyTimeoutMs: 1000,
  tries: 3,
  retryDelayMs: 0,
};
