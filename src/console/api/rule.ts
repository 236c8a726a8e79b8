/** The rule language, as the server speaks it. */
export type {
  Comparison as Compare,
  EventRule,
  Measured,
  Op,
  Rule,
  SequenceRule,
  Span,
  Value,
  Where,
  Window,
} from '../../audience/index.ts';
