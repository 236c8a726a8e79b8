import { type Acting, deliver } from './acts.ts';
import { card, h } from './dom.ts';
import { type SidebarCoupon, type SidebarView, server, why } from './server.ts';
import { nameIn, say } from './words.ts';

/** Coupons that may be given to this customer: one tap gives it and puts the words with the address of their own page into the chat. */
export function coupons(_view: SidebarView, { customer, tell }: Pick<Acting, 'customer' | 'tell'>): HTMLElement {
  const box = card(say('coupons'), 'sidebar-coupons');
  box.hidden = true;
  const give = async (one: SidebarCoupon, key: string, button: HTMLButtonElement): Promise<void> => {
    button.disabled = true;
    button.textContent = say('sending');
    try {
      // Tapped again after a bad answer it is the same coupon.
      const { name, url } = await server.give(customer, one.id, key);
      const text = say('couponText', { name });
      tell(say(await deliver({ messageId: '', text, link: { url, title: say('couponTitle') }, card: null })));
      button.closest('li')?.remove();
    } catch (error) {
      tell(say('failed', { why: why(error) }));
      button.disabled = false;
      button.textContent = say('give');
    }
  };
  const line = (one: SidebarCoupon): HTMLElement => {
    const key = crypto.randomUUID();
    return h(
      'li',
      { class: 'row' },
      h(
        'div',
        { class: 'grow' },
        h('b', { class: 'cut' }, one.name),
        h('p', { class: 'soft' }, nameIn(one.sentence)),
        h('small', { class: 'water' }, say('couponLeft', { n: one.left })),
      ),
      h(
        'button',
        {
          class: 'go',
          'data-testid': `sidebar-give-${one.id}`,
          click: (event) => void give(one, key, event.currentTarget as HTMLButtonElement),
        },
        say('give'),
      ),
    );
  };
  server.coupons(customer).then(
    ({ items }) => {
      if (items.length === 0) return;
      box.append(h('ul', { class: 'lines' }, ...items.map(line)));
      box.hidden = false;
    },
    () => {},
  );
  return box;
}
