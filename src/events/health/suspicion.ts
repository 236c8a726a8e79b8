export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

export type DetectorName =
  | 'volume_gap'
  | 'volume_surge'
  | 'source_silent'
  | 'sdk_silent'
  | 'carrier_silent'
  | 'event_silent'
  | 'property_lost'
  | 'property_new'
  | 'type_clash'
  | 'empty_values'
  | 'late_events'
  | 'future_times'
  | 'shifted_times'
  | 'sent_again'
  | 'said_twice'
  | 'nobody'
  | 'orders_unled'
  | 'checkouts_without_orders'
  | 'refunds_unmatched'
  | 'merge_burst'
  | 'conflict_burst'
  | 'expected_missed'
  | 'unit_change'
  | 'currency_change'
  | 'names_explode'
  | 'values_explode'
  | 'busy_identity'
  | 'refused_rise';

/** What a detector says of one subject, as of the end of the history that it was shown. Hours are epoch hours; `to` is exclusive. */
export interface Suspicion {
  detector: DetectorName;
  subject: string;
  severity: Severity;
  from: number;
  to: number;
  observed: number;
  expected: number;
  /** What would have been no news. */
  low: number;
  high: number;
  unit: 'events' | 'share' | 'value' | 'names' | 'people';
  /** log10 of how likely this is by chance, or minus the number of standard deviations: the smaller, the surer. */
  certainty: number;
  /** Of what the observed share is. */
  of?: number;
  /** SDK versions, sources and the like from which it comes. */
  by?: string[];
  details?: Record<string, unknown>;
}

/** A finding that is known already: what it covers explains others. */
export interface Known {
  detector: DetectorName;
  subject: string;
  from: number;
  to: number;
  open: boolean;
}
