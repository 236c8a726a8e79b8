import { type Identity, identityTypes, isStrong, priorityOf } from './identity-types.ts';

/** What the policy sees of the people known so far, and how it changes them. */
export interface PeopleView {
  /** Whom an identity points to at an instant; undefined when unknown. */
  owner(identity: Identity, atMs: number): number | undefined;
  /** All identities a person holds. */
  held(person: number): readonly Identity[];
  create(atMs: number): number;
  attach(identity: Identity, person: number, atMs: number): void;
  /** A weak identity points to another person from an instant on. */
  repoint(identity: Identity, person: number, atMs: number): void;
  merge(from: number, to: number): void;
  conflict(identity: Identity, person: number | undefined): void;
}

/**
 * Finds, makes, joins: the person that a message's identities name, under the identity policy.
 * A limit that would be broken sets the message's lowest-priority identity aside and matches again.
 * @param identities in normal form, without repeats, at least one
 * @returns the person number that the event belongs to
 */
export function resolvePerson(view: PeopleView, identities: readonly Identity[], atMs: number): number {
  if (identities.length === 1) return single(view, identities[0]!, atMs);
  const sorted = [...identities].sort((a, b) => priorityOf(a.type) - priorityOf(b.type));
  const strong = sorted.filter((i) => isStrong(i.type));
  const weak = sorted.filter((i) => !isStrong(i.type));
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

/** The first person known only by weak identities: a strong one that nobody holds yet is theirs. */
function anonymousOwner(view: PeopleView, weak: Identity[], atMs: number): number[] {
  const owner = weak.map((i) => view.owner(i, atMs)).find((p) => p !== undefined && !view.held(p).some((i) => isStrong(i.type)));
  return owner === undefined ? [] : [owner];
}

function joinStrong(view: PeopleView, strong: Identity[], anonymous: () => number[], atMs: number): number {
  const kept = [...strong];
  for (;;) {
    const known = ownersOf(view, kept, atMs);
    const people = known.length > 0 ? known : anonymous();
    if (kept.length === 1 || !breaksLimit([...people.flatMap((p) => view.held(p)), ...kept])) return unite(view, people, kept, atMs);
    const aside = kept.pop()!;
    view.conflict(aside, view.owner(aside, atMs));
  }
}

/** Weak identities bring anonymous history along, but never join two people who each hold a strong identity. */
function attachWeak(view: PeopleView, weak: Identity[], person: number, atMs: number): number {
  let target = person;
  for (const identity of weak) {
    const owner = view.owner(identity, atMs);
    if (owner === target) continue;
    if (owner !== undefined && view.held(owner).some((i) => isStrong(i.type))) {
      view.repoint(identity, target, atMs);
      continue;
    }
    const joined = owner === undefined ? [...view.held(target), identity] : [...view.held(target), ...view.held(owner)];
    if (breaksLimit(joined)) view.conflict(identity, owner);
    else if (owner === undefined) view.attach(identity, target, atMs);
    else target = mergeTwo(view, target, owner);
  }
  return target;
}

function weakOnly(view: PeopleView, weak: Identity[], atMs: number): number {
  const kept = [...weak];
  for (;;) {
    const people = ownersOf(view, kept, atMs);
    const strongOnes = people.filter((p) => view.held(p).some((i) => isStrong(i.type)));
    const fits = strongOnes.length <= 1 && !breaksLimit([...people.flatMap((p) => view.held(p)), ...kept]);
    if (kept.length === 1 || fits) return unite(view, people, kept, atMs);
    const aside = kept.pop()!;
    view.conflict(aside, view.owner(aside, atMs));
  }
}

function ownersOf(view: PeopleView, identities: Identity[], atMs: number): number[] {
  const owners = new Set<number>();
  for (const identity of identities) {
    const owner = view.owner(identity, atMs);
    if (owner !== undefined) owners.add(owner);
  }
  return [...owners];
}

function unite(view: PeopleView, people: number[], identities: Identity[], atMs: number): number {
  const person = people.length === 0 ? view.create(atMs) : people.reduce((a, b) => mergeTwo(view, a, b));
  for (const identity of identities) if (view.owner(identity, atMs) === undefined) view.attach(identity, person, atMs);
  return person;
}

/** The one who holds a strong identity stays; among equals the elder (lower number). */
function mergeTwo(view: PeopleView, a: number, b: number): number {
  const strongA = view.held(a).some((i) => isStrong(i.type));
  const strongB = view.held(b).some((i) => isStrong(i.type));
  const to = strongA === strongB ? Math.min(a, b) : strongA ? a : b;
  view.merge(to === a ? b : a, to);
  return to;
}

/** Whether one person holding all of these would hold too many of a type, or two within one scope. */
export function breaksLimit(identities: readonly Identity[]): boolean {
  const values = new Map<string, Set<string>>();
  for (const { type, value } of identities) {
    const of = values.get(type);
    if (of) of.add(value);
    else values.set(type, new Set([value]));
  }
  for (const [type, set] of values) {
    const rule = identityTypes.get(type);
    if (!rule) continue;
    if (set.size > rule.limit) return true;
    if (rule.scope && new Set([...set].map(rule.scope)).size < set.size) return true;
  }
  return false;
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
    if (before !== undefined && now === undefined && breaksLimit([...view.held(before), current])) return { conflict: true };
    return { person: unite(view, [...new Set([before, now].filter((p) => p !== undefined))], identities, atMs) };
  }
  if (breaksLimit([...view.held(before), ...view.held(now)])) return { conflict: true };
  return { person: mergeTwo(view, before, now) };
}
