import type { Values } from '../core/types.ts';
import { attribute, described, fits, has, isEditable, isSecret, pathOf, tag } from './elements.ts';

export interface CaptureRules {
  clicks?: boolean;
  submits?: boolean;
  changes?: boolean;
  pages?: boolean;
  /** Elements to capture beside links, buttons and fields. */
  capture?: string | string[];
  /** Elements, with all inside them, of which nothing is said. */
  ignore?: string | string[];
}

const button = /^(?:button|submit|reset|image)$/i;
const role = /^(?:button|link|tab|menuitem|menuitemcheckbox|menuitemradio|option|switch|checkbox|radio)$/i;
const joined = (list: string | string[] | undefined): string | undefined => (Array.isArray(list) ? list.join() : list);

export function isClickable(el: Element, capture?: string): boolean {
  const name = tag(el);
  return (
    (name === 'a' && has(el, 'href')) ||
    name === 'button' ||
    name === 'summary' ||
    (name === 'input' && button.test(attribute(el, 'type') ?? '')) ||
    has(el, 'onclick') ||
    has(el, 'data-yt-capture') ||
    role.test(attribute(el, 'role') ?? '') ||
    fits(el, capture)
  );
}

/** Clicks, submits and changes of fields, as they pass through the window before the page's own handlers. */
export function captureElements(rules: CaptureRules, emit: (event: string, properties: Values) => void): void {
  const ignore = joined(rules.ignore);
  const capture = joined(rules.capture);

  const clickable = (el: Element): boolean => isClickable(el, capture);
  const open = (path: Element[]): boolean => !path.some((el) => has(el, 'data-yt-ignore') || isEditable(el) || fits(el, ignore));
  const tell = (event: string, path: Element[], at: number, more: Values = {}): void => {
    const el = path[at];
    if (!el || isSecret(path[0]!) || isSecret(el) || !open(path)) return;
    const deep = /^(?:a|button|summary)$/.test(tag(el)) || role.test(attribute(el, 'role') ?? '');
    emit(event, { ...described(el, path.slice(at), deep), ...more });
  };
  /** Whatever a page does to its elements, an error of ours never becomes one of its own. */
  const listen = <E extends Event>(name: string, act: (event: E) => void): void =>
    window.addEventListener(
      name,
      (event) => {
        try {
          act(event as E);
        } catch {
          // This one is not told.
        }
      },
      { capture: true, passive: true },
    );

  if (rules.clicks !== false) {
    let down: Element[] = [];
    let recovered = 0;
    const click = (path: Element[]): void => tell('Element Clicked', path, path.findIndex(clickable));
    listen<PointerEvent>('pointerdown', (event) => {
      // Another gesture, however soon: its click is one of its own.
      recovered = 0;
      down = event.button ? [] : pathOf(event);
    });
    // A page that takes the element away between the finger's down and up leaves nothing to be clicked.
    listen<PointerEvent>('pointerup', (event) => {
      const gone = down[0] && !down[0].isConnected;
      if (gone) {
        recovered = event.timeStamp;
        click(down);
      }
      down = [];
    });
    listen<MouseEvent>('click', (event) => {
      if (recovered && event.timeStamp - recovered < 100) recovered = 0;
      else click(pathOf(event));
    });
  }
  if (rules.submits !== false) listen('submit', (event) => tell('Form Submitted', pathOf(event), 0));
  if (rules.changes !== false)
    listen('change', (event) => {
      const path = pathOf(event);
      const el = path[0];
      if (!el || !/^(?:input|select|textarea)$/.test(tag(el))) return;
      // Values are masked; only a field that says so lets its choice be known.
      const spoken = attribute(el, 'data-yt-capture') === 'value' && { element_value: spokenValue(el) };
      tell('Element Changed', path, 0, spoken || {});
    });
}

function spokenValue(el: Element): unknown {
  const field = el as HTMLInputElement;
  const kind = attribute(el, 'type');
  if (kind === 'checkbox') return field.checked;
  return tag(el) === 'select' || kind === 'radio' || kind === 'range' ? field.value.slice(0, 100) : undefined;
}
