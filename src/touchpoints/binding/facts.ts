/** What binding is worked out from. Event time decides; facts of one instant are taken in the order of their kind, then of their id. */
export type Fact = { at: number; id: string } & (
  | { kind: 'touch'; staff: string; event: string }
  | { kind: 'order' }
  /** By hand: to a staff member, or to nobody. */
  | { kind: 'set'; staff: string | null; actor: string; reason: string }
  | { kind: 'opened'; dispute: string; actor: string; reason: string }
  /** `staff` undefined: the claim was taken back, who had the customer keeps them. */
  | { kind: 'closed'; dispute: string; staff?: string | null; actor: string; reason: string }
);

/** A staff member's customers pass to others; until they are back, what would have been theirs goes there too. */
export interface Succession {
  id: string;
  from: string;
  /** One, or several who share them by lot. */
  heirs: readonly string[];
  at: number;
  /** From when on the first has customers of their own again. */
  until: number | null;
  actor: string;
  reason: string;
}

/** Rules hold from an instant on. */
export interface RuleVersion {
  n: number;
  from: number;
  rules: BindingRules;
}

export interface BindingRules {
  enabled: boolean;
  /** Events that bring a customer and a staff member together, and which property names the staff member. */
  touches: { event: string; staff: string }[];
  /** So long nobody else can take the customer over. */
  protectionDays: number;
  /** So long the binding holds without anything new; null: until somebody takes over. */
  validityDays: number | null;
  /** What an order begins anew. */
  orderRenews: 'both' | 'validity' | 'nothing';
}

const order = ['opened', 'closed', 'set', 'touch', 'order'] as const;

/** The order in which facts count, whatever the order in which they came in. */
export function inOrder(facts: readonly Fact[]): Fact[] {
  return [...facts].sort(
    (a, b) => a.at - b.at || order.indexOf(a.kind) - order.indexOf(b.kind) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

/** Which heir it is: who has the customer already, or else as the lot falls; for the same fact it always falls so. */
export function heirIn(s: Succession, fact: string, holder: string | null): string {
  if (holder !== null && s.heirs.includes(holder)) return holder;
  let lot = 0x811c9dc5;
  for (const letter of `${s.id} ${fact}`) lot = Math.imul(lot ^ letter.codePointAt(0)!, 0x01000193) >>> 0;
  // The last steps of this sum alone are too even: the high half is stirred in.
  lot = Math.imul(lot ^ (lot >>> 16), 0x45d9f3b) >>> 0;
  return s.heirs[((lot ^ (lot >>> 15)) >>> 0) % s.heirs.length]!;
}

/** Whose a touch is: a staff member's who has left are their successors'. */
export function heirOf(staff: string, at: number, successions: readonly Succession[], fact: string, holder: string | null): string {
  let now = staff;
  for (const s of successions) if (s.at <= at && s.from === now && (s.until === null || at < s.until)) now = heirIn(s, fact, holder);
  return now;
}
