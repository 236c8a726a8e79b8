/** The one place that says who may do what. A route names one of these words; a role is a set of them. */

export const roles = ['owner', 'operator', 'analyst', 'assistant'] as const;
export type Role = (typeof roles)[number];

const readable = [
  'self',
  'people',
  'events',
  'catalog',
  'definitions',
  'audiences',
  'imports',
  'content',
  'touchpoints',
  'coupons',
  'journeys',
  'experiments',
  'messages',
  'channels',
  'policy',
  'insight',
  'settings',
  'members',
  'keys',
  'jobs',
  'audit',
] as const;

const writable = [
  'self',
  'people',
  'events',
  'definitions',
  'audiences',
  'imports',
  'content',
  'touchpoints',
  'coupons',
  'journeys',
  'experiments',
  'messages',
  'channels',
  'policy',
  'insight',
  'settings',
  'members',
  'keys',
  'workspaces',
] as const;

const special = [
  'people.erase',
  'people.reveal',
  'people.export',
  'notes.write',
  'questions.write',
  'journeys.launch',
  'experiments.launch',
  'coupons.issue',
  'coupons.redeem',
  'content.approve',
  'approvals.decide',
  'approvals.limit',
] as const;

export type Permission = `${(typeof readable)[number]}.read` | `${(typeof writable)[number]}.write` | (typeof special)[number];

const reads = readable.map((area): Permission => `${area}.read`);
export const permissions: readonly Permission[] = [...reads, ...writable.map((area): Permission => `${area}.write`), ...special];

const without = (all: readonly Permission[], ...taken: Permission[]): ReadonlySet<Permission> =>
  new Set(all.filter((one) => !taken.includes(one)));

const granted: Record<Role, ReadonlySet<Permission>> = {
  owner: new Set(permissions),
  // Runs the pool; who belongs to it, its keys, the record of what was done and what must be approved stay with the owner.
  operator: without(permissions, 'members.write', 'keys.write', 'workspaces.write', 'audit.read', 'approvals.limit'),
  // Sees everything that helps to understand, changes nothing but the own account, notes about people, and the own questions.
  analyst: new Set<Permission>([...without(reads, 'keys.read', 'audit.read'), 'self.write', 'notes.write', 'questions.write']),
  // Answers customers: people, what was said to them, what there is to remember, and takes their coupons.
  assistant: new Set<Permission>([
    'self.read',
    'self.write',
    'people.read',
    'messages.read',
    'notes.write',
    'coupons.read',
    'coupons.redeem',
  ]),
};

/** An API key is a machine that operates: no account of its own, and nothing about members. */
const machine = without([...granted.operator], 'self.write', 'members.read', 'content.approve', 'approvals.decide');
/** A key that must not see personal values cannot ask for them either. */
const blindMachine = without([...machine], 'people.reveal', 'people.export');
const nothing: ReadonlySet<Permission> = new Set();

export const permissionsOf = (role: Role): ReadonlySet<Permission> => granted[role];
export const permissionsOfKey = (kind: 'api' | 'write', personal: boolean): ReadonlySet<Permission> =>
  kind === 'write' ? nothing : personal ? machine : blindMachine;

/** Words that a route may carry: a permission, `public` (anybody) or `ingest` (a write key). */
export function isRouteWord(word: string): boolean {
  return word === 'public' || word === 'ingest' || (permissions as readonly string[]).includes(word);
}
