import './sidebar.css';
import { type Acting, contents, notes, tags } from './acts.ts';
import { coupons } from './coupons.ts';
import { h } from './dom.ts';
import { followUps } from './follow-ups.ts';
import { bond, face, ladder, orders, showMore } from './parts.ts';
import { Refused, type SidebarView, server, signIn, type Today, why } from './server.ts';
import { todayList } from './today.ts';
import { formats, say } from './words.ts';

const root = document.getElementById('sidebar')!;
const inWecom = /wxwork/i.test(navigator.userAgent);
/** The bar over a customer that says how much there is to see to. */
const bar = h('button', { class: 'bar', 'data-testid': 'today-open', hidden: true });

let fading: ReturnType<typeof setTimeout> | undefined;
function tell(text: string): void {
  document.querySelector('.told')?.remove();
  clearTimeout(fading);
  document.body.append(h('p', { class: 'told', role: 'status', 'data-testid': 'sidebar-told' }, text));
  fading = setTimeout(() => document.querySelector('.told')?.remove(), 4_000);
}

function fill(...parts: (Node | null)[]): void {
  root.replaceChildren(...parts.filter((one) => one !== null));
  root.removeAttribute('aria-busy');
  scrollTo(0, 0);
}

function show(customer: string, view: SidebarView): void {
  const format = formats(view.currency, view.timezone);
  const part = (make: (view: SidebarView, acting: Acting) => HTMLElement): HTMLElement => {
    const acting: Acting = {
      customer,
      format,
      tell,
      again: () => {
        const next = make(view, acting);
        now.replaceWith(next);
        now = next;
      },
    };
    let now = make(view, acting);
    return now;
  };
  fill(
    ...[bar, face(view, format), bond(view, format), ladder(view), orders(view, format)],
    ...[part(followUps), part(contents), coupons(view, { customer, tell }), part(tags), part(notes)],
  );
  performance.mark('sidebar-shown');
  server.more(customer).then(
    (more) => showMore(more, format),
    () => {},
  );
  if (view.staff) void countToday(() => show(customer, view));
}

/** How much there is today, when the customer is seen already. */
async function countToday(back: () => void): Promise<void> {
  const today = await server.today().catch(() => undefined);
  const count = (today?.items.length ?? 0) + (today?.waiting.length ?? 0);
  bar.hidden = count === 0;
  bar.textContent = say('todayCount', { count });
  bar.onclick = async () => showToday(await server.today().catch(() => today!), back);
}

function showToday(today: Today, back?: () => void, hint?: string): void {
  const open = (customer: string) => void openCustomer(customer, () => showToday(today, back, hint));
  fill(...todayList(today, { tell, open, ...(back ? { back } : {}), ...(hint === undefined ? {} : { hint }) }));
}

async function openCustomer(customer: string, back?: () => void): Promise<void> {
  try {
    show(customer, await server.view(customer));
  } catch (error) {
    if (back) return tell(say('failed', { why: why(error) }));
    refuse(error);
  }
}

/** Words where a customer would be, and a way to try again. */
function instead(text: string, more?: string, again = () => location.reload()): void {
  fill(
    h(
      'section',
      { class: 'card middle', 'data-testid': 'sidebar-refused' },
      h('p', {}, text),
      more !== undefined && h('p', { class: 'soft' }, more),
      h('button', { class: 'go', click: again }, say('retry')),
    ),
  );
}

function refuse(error: unknown): void {
  if (error instanceof Refused && error.status === 401) {
    signIn();
    return;
  }
  const status = error instanceof Refused ? error.status : 0;
  if (status === 403) instead(say('notYours'), say('notYoursWhy'));
  else if (status === 404) instead(say('unknown'));
  else instead(error instanceof Refused ? say('failed', { why: why(error) }) : why(error));
}

async function begin(): Promise<void> {
  const { searchParams } = new URL(location.href);
  const given = searchParams.get('customer');
  const refused = searchParams.get('refused');
  if (refused !== null)
    return instead(say(refused === 'left' ? 'left' : refused === 'outsider' ? 'outsider' : 'signedOut'), undefined, signIn);
  // While the rest is being fetched.
  if (inWecom && !given) server.signature().catch(() => {});
  try {
    const customer = given ?? (inWecom ? await customerOfChat() : undefined);
    if (customer !== undefined) return show(customer, await server.view(customer));
    if (!searchParams.get('account')) return instead(say('noAccount'));
    showToday(await server.today(), undefined, say('outside'));
  } catch (error) {
    refuse(error);
  }
}

/** undefined: the page was opened outside a chat with a customer, from the workbench. */
async function customerOfChat(): Promise<string | undefined> {
  try {
    return await (await import('./wecom.ts')).customerOfChat();
  } catch (error) {
    if (/without context|no permission|not in/i.test((error as { errMsg?: string }).errMsg ?? '')) return undefined;
    throw error;
  }
}

void begin();
