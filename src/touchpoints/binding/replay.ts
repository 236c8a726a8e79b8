import { type BindingRules, type Fact, heirIn, heirOf, inOrder, type RuleVersion, type Succession } from './facts.ts';

export const DAY = 86_400_000;

/** One change of a person's binding. */
export interface Entry {
  at: number;
  kind:
    | 'bound'
    | 'taken_over'
    | 'renewed_touch'
    | 'renewed_order'
    | 'expired'
    | 'succeeded'
    | 'transferred'
    | 'assigned'
    | 'released'
    | 'disputed'
    | 'resumed'
    | 'decided';
  /** Who has the customer from here on. */
  staff: string | null;
  before: string | null;
  /** The fact that did it. */
  by: string;
  /** The event of a touch or an order. */
  event: string | null;
  protectedUntil: number | null;
  /** null with a staff member: for as long as nobody takes over. */
  validUntil: number | null;
  actor: string | null;
  reason: string | null;
}

/** A touch that changed nothing, and why. */
export interface Kept {
  at: number;
  staff: string;
  holder: string | null;
  by: string;
  event: string;
  why: 'protected' | 'disputed' | 'no_rules';
}

export interface Held {
  staff: string;
  since: number;
  protectedUntil: number;
  validUntil: number | null;
}

export interface Outcome {
  entries: Entry[];
  kept: Kept[];
  /** Who has the customer now. */
  held: Held | null;
  /** Disputes that are open. */
  disputes: string[];
}

export interface Setting {
  /** In the order of `from`. */
  versions: readonly RuleVersion[];
  /** In the order of `at`. */
  successions: readonly Succession[];
}

/**
 * What follows from everything that is known about one person. The same facts give the same history, in whatever order or portions they came in:
 * a late event counts from its own time on, and what had been believed in between is not part of the history any more.
 */
export function replay(given: readonly Fact[], setting: Setting, now: number): Outcome {
  const run = new Run(setting);
  const facts = inOrder(given);
  let i = 0;
  for (const s of setting.successions) {
    // What stands at the same instant as a succession came before it.
    while (i < facts.length && facts[i]!.at <= s.at) run.take(facts[i++]!);
    if (s.at <= now) run.succeed(s);
  }
  while (i < facts.length) run.take(facts[i++]!);
  run.expireBefore(now);
  return { entries: run.entries, kept: run.kept, held: run.held, disputes: [...run.disputes] };
}

class Run {
  readonly entries: Entry[] = [];
  readonly kept: Kept[] = [];
  held: Held | null = null;
  /** Two people who became one may each bring a dispute. */
  readonly disputes = new Set<string>();
  /** Since when no time passes because of them. */
  #pausedAt = 0;
  /** The fact with which the present term began. */
  #term = '';
  readonly #setting: Setting;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  take(fact: Fact): void {
    this.expireBefore(fact.at);
    if (fact.kind === 'touch') this.#touch(fact);
    else if (fact.kind === 'order') this.#order(fact);
    else if (fact.kind === 'set') this.#set(fact);
    else if (fact.kind === 'opened') this.#open(fact);
    else this.#close(fact);
  }

  /** A binding whose time is over ends then, not when something next happens. While a dispute is open no time passes. */
  expireBefore(at: number): void {
    const { held } = this;
    if (!held || this.disputes.size > 0 || held.validUntil === null || held.validUntil > at) return;
    this.held = null;
    this.#note({ at: held.validUntil, id: `expiry of ${this.#term}` }, 'expired', held.staff);
  }

  succeed(s: Succession): void {
    this.expireBefore(s.at);
    if (this.held?.staff !== s.from) return;
    // Protection and validity are the customer's, and stay what they were.
    this.held = { ...this.held, staff: heirIn(s, this.#term, null) };
    this.#note(s, 'succeeded', s.from, s);
  }

  #touch(fact: Fact & { kind: 'touch' }): void {
    const rules = this.#rulesAt(fact.at);
    const staff = heirOf(fact.staff, fact.at, this.#setting.successions, fact.id, this.held?.staff ?? null);
    const counts = rules?.enabled && rules.touches.some((t) => t.event === fact.event);
    const why = !counts
      ? 'no_rules'
      : this.disputes.size > 0
        ? 'disputed'
        : this.held && fact.at < this.held.protectedUntil
          ? 'protected'
          : null;
    if (why) {
      this.kept.push({ at: fact.at, staff, holder: this.held?.staff ?? null, by: fact.id, event: fact.event, why });
      return;
    }
    const before = this.held?.staff ?? null;
    this.#begin(fact, staff, rules!);
    this.#note(fact, before === null ? 'bound' : before === staff ? 'renewed_touch' : 'taken_over', before, { event: fact.event });
  }

  #order(fact: Fact & { kind: 'order' }): void {
    const { held } = this;
    const rules = this.#rulesAt(fact.at);
    if (!held || this.disputes.size > 0 || !rules?.enabled || rules.orderRenews === 'nothing') return;
    const fresh = terms(fact.at, rules);
    const protectedUntil = rules.orderRenews === 'both' ? Math.max(held.protectedUntil, fresh.protectedUntil) : held.protectedUntil;
    const validUntil = later(held.validUntil, fresh.validUntil);
    if (protectedUntil === held.protectedUntil && validUntil === held.validUntil) return;
    this.held = { ...held, protectedUntil, validUntil };
    this.#term = fact.id;
    this.#note(fact, 'renewed_order', held.staff, { event: 'Order Completed' });
  }

  #set(fact: Fact & { kind: 'set' }): void {
    const before = this.held?.staff ?? null;
    if (this.disputes.size > 0 || (fact.staff === null && before === null)) return;
    const to = fact.staff === null ? null : heirOf(fact.staff, fact.at, this.#setting.successions, fact.id, before);
    this.#give(fact, to);
    this.#note(fact, to === null ? 'released' : before === null ? 'assigned' : 'transferred', before, fact);
  }

  #open(fact: Fact & { kind: 'opened' }): void {
    if (this.disputes.size === 0) this.#pausedAt = fact.at;
    this.disputes.add(fact.dispute);
    this.#note(fact, 'disputed', this.held?.staff ?? null, fact);
  }

  #close(fact: Fact & { kind: 'closed' }): void {
    if (!this.disputes.delete(fact.dispute)) return;
    const { held } = this;
    const before = held?.staff ?? null;
    const to = fact.staff === undefined ? before : fact.staff;
    if (to !== before) {
      this.#give(fact, to);
      this.#pausedAt = fact.at;
    } else if (held && this.disputes.size === 0) {
      // What had not run out when the dispute began has the rest of its time.
      const rest = (until: number) => (until > this.#pausedAt ? until + fact.at - this.#pausedAt : until);
      const validUntil = held.validUntil === null ? null : rest(held.validUntil);
      this.held = { ...held, protectedUntil: rest(held.protectedUntil), validUntil };
    }
    this.#note(fact, to === before ? 'resumed' : 'decided', before, fact);
  }

  #give(fact: Fact, staff: string | null): void {
    const rules = this.#rulesAt(fact.at) ?? this.#setting.versions[0]?.rules;
    if (staff === null || !rules) this.held = null;
    else this.#begin(fact, staff, rules);
  }

  #begin(fact: Fact, staff: string, rules: BindingRules): void {
    const since = this.held?.staff === staff ? this.held.since : fact.at;
    this.held = { staff, since, ...terms(fact.at, rules) };
    this.#term = fact.id;
  }

  #note(
    fact: { at: number; id: string },
    kind: Entry['kind'],
    before: string | null,
    more: { event?: string; actor?: string; reason?: string } = {},
  ): void {
    const { held } = this;
    this.entries.push({
      at: fact.at,
      kind,
      staff: held?.staff ?? null,
      before,
      by: fact.id,
      event: more.event ?? null,
      protectedUntil: held?.protectedUntil ?? null,
      validUntil: held?.validUntil ?? null,
      actor: more.actor ?? null,
      reason: more.reason ?? null,
    });
  }

  #rulesAt(at: number): BindingRules | undefined {
    return this.#setting.versions.findLast((v) => v.from <= at)?.rules;
  }
}

const terms = (at: number, rules: BindingRules): { protectedUntil: number; validUntil: number | null } => ({
  protectedUntil: at + rules.protectionDays * DAY,
  validUntil: rules.validityDays === null ? null : at + rules.validityDays * DAY,
});

const later = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : Math.max(a, b));
