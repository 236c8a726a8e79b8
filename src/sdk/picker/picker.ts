import { scrub } from '../core/scrub.ts';
import { isClickable } from '../web/capture.ts';
import { attribute, described, pathOf, tag } from '../web/elements.ts';

/** What passes between this page and the console that opened it. Neither side takes a word that lacks the token or comes from elsewhere. */
export type PickerMessage =
  | { yutang: 'ready'; token: string }
  | { yutang: 'start'; token: string }
  | { yutang: 'stop'; token: string }
  | { yutang: 'picked'; token: string; element: Picked };

export interface Picked {
  on: 'click' | 'submit' | 'change';
  /** Whether the SDK captures it as the page is. */
  captured: boolean;
  selector: string;
  chain: string;
  text: string;
  path: string;
  /** How many elements of this page the selector means. */
  matches: number;
}

const script = document.currentScript as HTMLScriptElement | null;
const token = script?.dataset.token ?? '';
const home = script ? new URL(script.src).origin : '';
const console_ = window.opener as Window | null;
const say = (message: PickerMessage): void => console_?.postMessage(message, home);

/** The shortest selector of the chain's own words that means the fewest elements here. */
export function selectorOf(chain: string, count: (selector: string) => number): { selector: string; matches: number } {
  const steps = chain.split(' > ').map((step) => step.replace(/\[(?:href|title|alt|aria-label)="[^"]*"\]/g, ''));
  let best = { selector: steps[steps.length - 1]!, matches: Number.POSITIVE_INFINITY };
  for (let from = steps.length - 1; from >= 0; from--) {
    const selector = steps.slice(from).join(' > ');
    const matches = count(selector);
    if (matches > 0 && matches < best.matches) best = { selector, matches };
    if (best.matches === 1) break;
  }
  return Number.isFinite(best.matches) ? best : { ...best, matches: 0 };
}

function start(): void {
  const host = document.createElement('div');
  const shadow = host.attachShadow({ mode: 'closed' });
  const box = document.createElement('div');
  const bar = document.createElement('div');
  // Set one by one: a strict policy of the page allows no style sheet of ours.
  Object.assign(host.style, { position: 'fixed', inset: '0', zIndex: '2147483647', pointerEvents: 'none' });
  Object.assign(box.style, {
    position: 'fixed',
    border: '2px solid #1677ff',
    background: 'rgba(22,119,255,.15)',
    borderRadius: '3px',
    display: 'none',
  });
  Object.assign(bar.style, {
    position: 'fixed',
    left: '50%',
    bottom: '16px',
    transform: 'translateX(-50%)',
    background: '#1f1f1f',
    color: '#fff',
    padding: '8px 16px',
    borderRadius: '8px',
    font: '14px/1.5 system-ui, sans-serif',
    maxWidth: '92vw',
    boxShadow: '0 4px 16px rgba(0,0,0,.3)',
  });
  const chinese = /^zh/i.test(navigator.language);
  bar.textContent = chinese
    ? '点一个元素，回到鱼塘给它起名 · 按住 Alt 点击照常使用 · Esc 退出'
    : 'Click an element, then name it in Yutang · hold Alt to use the page · Esc to leave';
  shadow.append(box, bar);
  document.documentElement.append(host);

  const targetOf = (event: Event): { path: Element[]; at: number } => {
    const path = pathOf(event);
    return { path, at: path.findIndex((el) => isClickable(el) || /^(?:input|select|textarea)$/.test(tag(el))) };
  };
  const hover = (event: Event): void => {
    const { path, at } = targetOf(event);
    const el = path[Math.max(at, 0)];
    if (!el || el === host) return;
    const { left, top, width, height } = el.getBoundingClientRect();
    Object.assign(box.style, {
      display: 'block',
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
      borderColor: at < 0 ? '#faad14' : '#1677ff',
    });
  };
  const pick = (event: MouseEvent): void => {
    if (event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type !== 'click') return;
    const { path, at } = targetOf(event);
    const own = path.slice(Math.max(at, 0));
    const el = own[0];
    if (!el) return;
    const field =
      /^(?:select|textarea)$/.test(tag(el)) ||
      (tag(el) === 'input' && !/^(?:button|submit|reset|image)$/i.test(attribute(el, 'type') ?? ''));
    const { element_chain: chain, element_text: text } = described(el, own, true) as { element_chain: string; element_text?: string };
    const count = (selector: string): number => {
      try {
        return document.querySelectorAll(selector).length;
      } catch {
        return 0;
      }
    };
    say({
      yutang: 'picked',
      token,
      element: {
        on: field ? 'change' : 'click',
        captured: at >= 0,
        ...selectorOf(chain, count),
        chain,
        text: text ?? '',
        path: scrub(location.pathname, 500),
      },
    });
    bar.textContent = chinese
      ? `已选“${text || chain.split(' > ').pop()}”，请回到鱼塘起名`
      : `Picked “${text || chain.split(' > ').pop()}”: name it in Yutang`;
  };
  const stop = (): void => {
    for (const name of presses) window.removeEventListener(name, pick as EventListener, true);
    window.removeEventListener('mousemove', hover, true);
    window.removeEventListener('keydown', keys, true);
    host.remove();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    stop();
    say({ yutang: 'stop', token });
  };
  const presses = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'];
  for (const name of presses) window.addEventListener(name, pick as EventListener, true);
  window.addEventListener('mousemove', hover, true);
  window.addEventListener('keydown', keys, true);
}

// Begins only when the console itself says so; to whoever else opened this page nothing is told.
if (token && console_) {
  let started = false;
  window.addEventListener('message', (event) => {
    const said = event.data as PickerMessage | undefined;
    if (event.origin !== home || event.source !== console_ || said?.token !== token || said.yutang !== 'start' || started) return;
    started = true;
    start();
  });
  say({ yutang: 'ready', token });
}
