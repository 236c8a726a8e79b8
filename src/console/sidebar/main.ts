import './sidebar.css';
import { type Acting, contents, notes, tags } from './acts.ts';
import { h } from './dom.ts';
import { bond, face, ladder, orders, showMore } from './parts.ts';
import { Refused, type SidebarView, server, signIn } from './server.ts';
import { formats, say, type Word } from './words.ts';

const root = document.getElementById('sidebar')!;
const inWecom = /wxwork/i.test(navigator.userAgent);

let fading: ReturnType<typeof setTimeout> | undefined;
function tell(text: string): void {
  document.querySelector('.told')?.remove();
  clearTimeout(fading);
  document.body.append(h('p', { class: 'told', role: 'status', 'data-testid': 'sidebar-told' }, text));
  fading = setTimeout(() => document.querySelector('.told')?.remove(), 4_000);
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
  const parts = [face(view, format), bond(view, format), ladder(view), orders(view, format), part(tags), part(contents), part(notes)];
  root.replaceChildren(...parts.filter((one) => one !== null));
  root.removeAttribute('aria-busy');
  performance.mark('sidebar-shown');
  server.more(customer).then(
    (more) => showMore(more, format),
    () => {},
  );
}

function refuse(word: Word, fill: Record<string, string> = {}): void {
  root.removeAttribute('aria-busy');
  root.replaceChildren(
    h(
      'section',
      { class: 'card middle', 'data-testid': 'sidebar-refused' },
      h('p', {}, say(word, fill)),
      h('button', { class: 'go', click: () => location.reload() }, say('retry')),
    ),
  );
}

async function begin(): Promise<void> {
  const given = new URL(location.href).searchParams.get('customer');
  if (!given && !inWecom) return refuse('openInChat');
  // While the rest is being fetched.
  if (!given) server.signature().catch(() => {});
  try {
    const customer = given ?? (await (await import('./wecom.ts')).customerOfChat());
    show(customer, await server.view(customer));
  } catch (error) {
    if (!(error instanceof Refused)) return refuse('failed', { why: String((error as { errMsg?: string }).errMsg ?? error) });
    if (error.status === 401) return signIn();
    refuse(error.status === 403 ? 'notYours' : error.status === 404 ? 'unknown' : 'failed', { why: error.message });
  }
}

void begin();
