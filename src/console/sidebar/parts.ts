import { card, h } from './dom.ts';
import type { More, SidebarView } from './server.ts';
import { type Formats, nameIn, say } from './words.ts';

/** What the page shows of one customer; each part by itself. */

export function face({ person }: SidebarView, format: Formats): HTMLElement {
  const letter = [...person.name][0] ?? '?';
  return card(
    null,
    'sidebar-person',
    h(
      'div',
      { class: 'row' },
      person.avatar
        ? h('img', { class: 'face', src: person.avatar, alt: '', referrerpolicy: 'no-referrer' })
        : h('span', { class: 'face' }, letter),
      h(
        'div',
        { class: 'grow' },
        h('h1', { 'data-testid': 'sidebar-name' }, person.name),
        h('p', { class: 'soft' }, [person.phone, say('seen', { when: format.time(person.lastSeenAt) })].filter(Boolean).join(' · ')),
      ),
    ),
    h(
      'p',
      { class: 'chips' },
      person.stage && h('span', { class: 'chip' }, nameIn(person.stage.name)),
      person.tier && h('span', { class: 'chip' }, nameIn(person.tier.name)),
      h('span', { class: 'chip heat', 'data-testid': 'sidebar-heat', hidden: true }),
    ),
  );
}

export function ladder({ person }: SidebarView): HTMLElement | null {
  const at = person.ladder.findIndex((level) => level.key === person.level?.key);
  if (at < 0) return null;
  const steps = person.ladder.map((level, i) =>
    h('li', { class: i < at ? 'past' : i === at ? 'now' : '', ...(i === at ? { 'aria-current': 'step' } : {}) }, nameIn(level.name)),
  );
  return card(say('ladder'), 'sidebar-ladder', h('ol', { class: 'ladder' }, ...steps));
}

export function bond({ binding }: SidebarView, format: Formats): HTMLElement {
  if (!binding) return card(null, 'sidebar-binding', h('p', { class: 'soft' }, say('unbound')));
  const now = Date.now();
  const until =
    Date.parse(binding.protectedUntil) > now
      ? say('protectedUntil', { day: format.day(binding.protectedUntil) })
      : binding.validUntil === null
        ? null
        : say('validUntil', { day: format.day(binding.validUntil) });
  return card(
    null,
    'sidebar-binding',
    h(
      'p',
      { class: 'row' },
      h('b', { class: binding.mine ? 'water' : '' }, binding.mine ? say('mine') : say('boundTo', { name: binding.name })),
      h('span', { class: binding.disputed ? 'warn' : 'soft' }, binding.disputed ? say('disputed') : until),
    ),
  );
}

export function orders({ person }: SidebarView, format: Formats): HTMLElement {
  const { count, revenueFen, lastAt } = person.orders;
  const sum =
    count === 0
      ? h('p', { class: 'soft' }, say('noOrders'))
      : h(
          'p',
          { class: 'row' },
          h('b', {}, say('orderCount', { count })),
          h('b', {}, format.fen(revenueFen)),
          h('span', { class: 'soft' }, lastAt ? say('last', { when: format.day(lastAt) }) : ''),
        );
  return card(say('orders'), 'sidebar-orders', sum, h('ul', { class: 'lines', 'data-testid': 'sidebar-order-lines' }));
}

/** What is asked after the first look. */
export function showMore(more: More, format: Formats): void {
  const heat = document.querySelector<HTMLElement>('[data-testid=sidebar-heat]');
  if (heat && more.heat) {
    const { band, chance } = more.heat;
    heat.hidden = false;
    heat.dataset.band = band;
    heat.textContent = `${say(band === 'hot' ? 'hot' : band === 'warm' ? 'warm' : 'cool')} ${Math.round(chance * 100)}%`;
  }
  const lines = document.querySelector('[data-testid=sidebar-order-lines]');
  lines?.replaceChildren(
    ...more.orders.map((order) =>
      h(
        'li',
        { class: 'row' },
        h('span', { class: 'grow cut' }, order.what || order.id),
        h('span', {}, format.fen(order.fen)),
        h('span', { class: 'soft' }, format.day(order.at)),
      ),
    ),
  );
}
