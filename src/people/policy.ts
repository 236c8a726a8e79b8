import type { Identity, IdentityRules } from './rules.ts';

/** Why an identity was set aside: a limit, or because the two people were taken apart by hand. */
export type ConflictReason = 'limit' | 'apart';

/** What the policy sees of the people known so far, and how it changes them. */
export interface PeopleView {
  readonly rules: IdentityRules;
  /** Whom an identity points to at an instant; undefined when unknown. */
  owner(identity: Identity, atMs: number): number | undefined;
  /** All identities a person holds. */
  held(person: number): readonly Identity[];
  /** Whether somebody has decided that these two are not one person. */
  apart(a: number, b: number): boolean;
  create(atMs: number): number;
  attach(identity: Identity, person: number, atMs: number): void;
  /** A weak identity points to another person from an instant on. */
  repoint(identity: Identity, person: number, atMs: number): void;
  /** @param by the identity of the message that named the one who is gone */
  merge(from: number, to: number, by: Identity | undefined): void;
  conflict(identity: Identity, person: number | undefined, reason: ConflictReason): void;
}

/**
 * Finds, makes, joins: the person that a message's identities name, under the identity policy.
 * A limit that would be broken sets the message's lowest-priority identity aside and matches again; so does a decision to keep people apart.
 * @param identities in normal form, without repeats, at least one
 * @returns the person number that the event belongs to
 */
export function resolvePerson(view: PeopleView, identities: readonly Identity[], atMs: number): number {
  if (identities.length === 1) return single(view, identities[0]!, atMs);
  const one = view.owner(identities[0]!, atMs);
  if (one !== undefined && identities.every((i) => view.owner(i, atMs) === one)) return one;
  const { rules } = view;
  const sorted = [...identities].sort((a, b) => rules.rank(a.type) - rules.rank(b.type));
  const strong = sorted.filter((i) => rules.isStrong(i.type));
  const weak = sorted.filter((i) => !rules.isStrong(i.type));
  if (strong.length === 0) return weakOnly(view, weak, atMs);
  const person = joinStrong(view, strong, () => anonymousOwner(view, weak, atMs), atMs);
  return attachWeak(view, weak, person, atMs);
}

function single(view: PeopleView, identity: Identity, atMs: number): number {
  const owner = view.owner(identity, atMs);
  if (owner !== undefined) return owner;
  const person = view.create(atMs);
  view.attach(identity, person, atMs);
  return person;
}

const holdsStrong = (view: PeopleView, person: number): boolean => view.held(person).some((i) => view.rules.isStrong(i.type));

/** The first person known only by weak identities: a strong one that nobody holds yet is theirs. */
function anonymousOwner(view: PeopleView, weak: Identity[], atMs: number): number[] {
  const owner = weak.map((i) => view.owner(i, atMs)).find((p) => p !== undefined && !holdsStrong(view, p));
  return owner === undefined ? [] : [owner];
}

/** Why these people and identities cannot be one; undefined when they can. */
function hindrance(view: PeopleView, people: readonly number[], identities: readonly Identity[]): ConflictReason | undefined {
  if (people.some((a, i) => people.slice(i + 1).some((b) => view.apart(a, b)))) return 'apart';
  const broken = view.rules.broken(
    people.map((p) => view.held(p)),
    identities,
  );
  return broken.length > 0 ? 'limit' : undefined;
}

function joinStrong(view: PeopleView, strong: Identity[], anonymous: () => number[], atMs: number): number {
  const kept = [...strong];
  for (;;) {
    const known = ownersOf(view, kept, atMs);
    const people = known.length > 0 ? known : anonymous();
    const hindered = kept.length === 1 ? undefined : hindrance(view, people, kept);
    if (!hindered) return unite(view, people, kept, atMs);
    const aside = kept.pop()!;
    view.conflict(aside, view.owner(aside, atMs), hindered);
  }
}

/** Weak identities bring anonymous history along, but never join two people who each hold a strong identity. */
function attachWeak(view: PeopleView, weak: Identity[], person: number, atMs: number): number {
  let target = person;
  for (const identity of weak) {
    const owner = view.owner(identity, atMs);
    if (owner === target) continue;
    if (owner !== undefined && holdsStrong(view, owner)) {
      view.repoint(identity, target, atMs);
      continue;
    }
    const hindered = hindrance(view, owner === undefined ? [target] : [target, owner], [identity]);
    if (hindered) view.conflict(identity, owner, hindered);
    else if (owner === undefined) view.attach(identity, target, atMs);
    else target = mergeTwo(view, target, owner, (p) => (p === owner ? identity : undefined));
  }
  return target;
}

function weakOnly(view: PeopleView, weak: Identity[], atMs: number): number {
  const kept = [...weak];
  for (;;) {
    const people = ownersOf(view, kept, atMs);
    const strongOnes = people.filter((p) => holdsStrong(view, p));
    const hindered = kept.length === 1 ? undefined : (hindrance(view, people, kept) ?? (strongOnes.length > 1 ? 'limit' : undefined));
    if (!hindered) return unite(view, people, kept, atMs);
    const aside = kept.pop()!;
    view.conflict(aside, view.owner(aside, atMs), hindered);
  }
}

function ownersOf(view: PeopleView, identities: readonly Identity[], atMs: number): number[] {
  const owners = new Set<number>();
  for (const identity of identities) {
    const owner = view.owner(identity, atMs);
    if (owner !== undefined) owners.add(owner);
  }
  return [...owners];
}

function unite(view: PeopleView, people: number[], identities: readonly Identity[], atMs: number): number {
  if (people.length > 1) {
    const names = new Map(identities.map((i) => [view.owner(i, atMs), i] as const).reverse());
    people = [people.reduce((a, b) => mergeTwo(view, a, b, (p) => names.get(p)))];
  }
  const person = people[0] ?? view.create(atMs);
  for (const identity of identities) if (view.owner(identity, atMs) === undefined) view.attach(identity, person, atMs);
  return person;
}

/** The one who holds a strong identity stays; among equals the elder (lower number). */
export function mergeTwo(view: PeopleView, a: number, b: number, by: (person: number) => Identity | undefined = () => undefined): number {
  const strongA = holdsStrong(view, a);
  const to = strongA === holdsStrong(view, b) ? Math.min(a, b) : strongA ? a : b;
  const from = to === a ? b : a;
  view.merge(from, to, by(from));
  return to;
}

/** Joins two people because someone says so (alias): the person, or the conflict that forbids it. */
export function aliasPeople(
  view: PeopleView,
  previous: Identity,
  current: Identity,
  atMs: number,
): { person: number } | { conflict: true } {
  const [before, now] = [view.owner(previous, atMs), view.owner(current, atMs)];
  if (before === undefined || now === undefined || before === now) {
    const identities = previous.type === current.type && before === undefined ? [current] : [previous, current];
    if (before !== undefined && now === undefined && hindrance(view, [before], [current])) return { conflict: true };
    return { person: unite(view, [...new Set([before, now].filter((p) => p !== undefined))], identities, atMs) };
  }
  if (hindrance(view, [before, now], [])) return { conflict: true };
  return { person: mergeTwo(view, before, now, (p) => (p === before ? previous : current)) };
}
