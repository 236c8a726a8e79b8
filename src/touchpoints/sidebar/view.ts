import { wallIn } from '../live/wall.ts';
import type { Named, SidebarDeps, SidebarPerson } from './ports.ts';

export interface Names {
  zh: string;
  en: string;
}

/** Everything that the sidebar shows at first, in one answer. */
export interface SidebarView {
  currency: string;
  timezone: string;
  staff: { id: string; name: string } | null;
  person: {
    id: string;
    name: string;
    avatar: string | null;
    phone: string | null;
    stage: Named | null;
    tier: Named | null;
    level: Named | null;
    /** The ladder, from shallow to deep. */
    ladder: Named[];
    tags: { key: string; name: Names; value: string | null; byHand: boolean }[];
    orders: SidebarPerson['orders'];
    createdAt: string;
    lastSeenAt: string;
  };
  binding: {
    staffId: string;
    name: string;
    mine: boolean;
    since: string;
    protectedUntil: string;
    validUntil: string | null;
    disputed: boolean;
  } | null;
  notes: { id: string; text: string; at: string; by: string }[];
  /** Tags that can be given here. */
  tags: Named[];
  contents: {
    id: string;
    name: string;
    preview: string;
    link: string | null;
    card: 'picture' | 'mini_program' | null;
    picture: string | null;
  }[];
  /** Follow-ups that are open, whoever set them. */
  tasks: { id: string; text: string; due: string; mine: boolean; by: string }[];
  /** Today, in the workspace's zone. */
  day: string;
}

/** Reads it all at once; every part is one look-up in PostgreSQL by a key. */
export async function readView(
  deps: SidebarDeps,
  { workspaceNo, currency, timezone }: { workspaceNo: number; currency: string; timezone: string },
  personNo: number,
  staff: { id: string; name: string } | null,
): Promise<SidebarView | undefined> {
  const [person, definitions, binding, notes, contents, tasks] = await Promise.all([
    deps.people.read(workspaceNo, personNo),
    deps.definitions(workspaceNo),
    deps.staff.binding(workspaceNo, personNo),
    deps.people.notes(workspaceNo, personNo),
    deps.contents(workspaceNo),
    deps.tasks.ofPerson(workspaceNo, personNo),
  ]);
  if (!person) return undefined;
  const names = await deps.staff.names(workspaceNo, [...(binding ? [binding.staffId] : []), ...tasks.map((t) => t.staffId)]);
  const called = (id: string): string => names.get(id) ?? id;
  const named = (list: Named[], key: string | null): Named | null => {
    const found = list.find((d) => d.key === key);
    return found ? bare(found) : null;
  };
  const text = (trait: unknown): string | null => (typeof trait === 'string' && trait !== '' ? trait : null);
  const { traits } = person;
  return {
    currency,
    timezone,
    staff,
    person: {
      id: person.id,
      name: text(traits.name) ?? text(traits.nickname) ?? person.id,
      avatar: avatarOf(traits.avatar),
      phone: text(traits.phone),
      stage: named(definitions.stages, person.stage),
      tier: named(definitions.tiers, person.tier),
      level: named(definitions.levels, person.level),
      ladder: definitions.levels.map(bare),
      tags: person.tags.map(({ key, value }) => {
        const tag = definitions.tags.find((t) => t.key === key);
        return {
          key,
          name: tag?.name ?? { zh: key, en: key },
          value: value === undefined || value === null ? null : String(value),
          byHand: tag?.byHand ?? false,
        };
      }),
      orders: person.orders,
      createdAt: person.createdAt,
      lastSeenAt: person.lastSeenAt,
    },
    binding: binding ? { ...binding, name: called(binding.staffId), mine: binding.staffId === staff?.id } : null,
    notes: notes.map(({ id, text: words, at, by }) => ({ id, text: words, at, by: by.name })),
    tags: definitions.tags.filter((t) => t.byHand).map(bare),
    contents: contents.map(({ id, name, body, link, card }) => ({
      ...{ id, name, preview: previewOf(body), link: link ? link.title : null },
      ...(card?.kind === 'poster'
        ? { card: 'picture' as const, picture: null }
        : { card: card?.kind ?? null, picture: card?.picture ?? null }),
    })),
    tasks: tasks.map(({ staffId, ...task }) => ({ ...task, mine: staffId === staff?.id, by: called(staffId) })),
    day: wallIn(timezone, deps.clock.now()).date,
  };
}

const bare = ({ key, name }: Named): Named => ({ key, name });

/** A picture from elsewhere is fetched by the phone: only where nobody on the way can look. */
const avatarOf = (trait: unknown): string | null => (typeof trait === 'string' && /^https:\/\//.test(trait) ? trait : null);

/** The words without what is filled in. */
const previewOf = (body: string): string =>
  body
    .replace(/\{%.*?%\}/gs, '')
    .replace(/\{\{.*?\}\}/gs, '…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80);
