import { scrub, scrubUrl, secretName } from '../core/scrub.ts';
import type { Values } from '../core/types.ts';

/** Reads by the browser's own accessors: a form's field named "id", or a page's own getter, stands in nobody's way. */
const getter = <T, R>(prototype: T, name: keyof T & string): ((of: T) => R) => {
  const get = Object.getOwnPropertyDescriptor(prototype, name)!.get!;
  return (of) => get.call(of) as R;
};
const tagOf = getter<Element, string>(Element.prototype, 'localName');
const previousOf = getter<Element, Element | null>(Element.prototype, 'previousElementSibling');
const firstOf = getter<Node, Node | null>(Node.prototype, 'firstChild');
const nextOf = getter<Node, Node | null>(Node.prototype, 'nextSibling');
const kindOf = getter<Node, number>(Node.prototype, 'nodeType');
const dataOf = getter<Node, string | null>(Node.prototype, 'nodeValue');
const { getAttribute, hasAttribute, matches } = Element.prototype;
export const attribute = (el: Element, name: string): string | null => getAttribute.call(el, name);
export const has = (el: Element, name: string): boolean => hasAttribute.call(el, name);
export const fits = (el: Element, selector: string | undefined): boolean => Boolean(selector) && matches.call(el, selector!);
export const tag = tagOf;

const pathMost = 64;
const chainMost = 10;
const siblingsMost = 100;
const textNodesMost = 60;
const keptAttributes = ['name', 'type', 'role', 'href', 'aria-label', 'title', 'alt', 'data-testid', 'data-yt-name'];
const hashed = /\d{4,}|^(?:css|sc|jsx|jss|emotion|svelte|data-v)-|__?[\w-]*\d[\w-]*$|^:r|[^\w\u4e00-\u9fff-]/;
const state =
  /^(?:is|has|js|ng|v)-|^(?:active|hover|focus|focused|selected|open|opened|show|shown|hide|hidden|disabled|checked|current|loading|pressed)$/;
/** Inline words inside a button or link are its text; anything else inside it is asked the same way. */
const textless = /^(?:input|textarea|select|option|script|style|noscript|iframe|svg|template|canvas)$/;

/** The elements of an event from its target up to the document, through open shadow roots. */
export function pathOf(event: Event): Element[] {
  const path: Element[] = [];
  for (const at of event.composedPath()) {
    if (path.length >= pathMost) break;
    if (at instanceof Element) path.push(at);
  }
  return path;
}

/** Whether an element, or the field that it is, may not be spoken of at all. */
export function isSecret(el: Element): boolean {
  const name = tagOf(el);
  if (name !== 'input' && name !== 'textarea' && name !== 'select') return false;
  return (
    /^(?:password|hidden|file)$/i.test(attribute(el, 'type') ?? '') ||
    /cc-|password|one-time-code/i.test(attribute(el, 'autocomplete') ?? '') ||
    (/numeric/i.test(attribute(el, 'inputmode') ?? '') && Number(attribute(el, 'maxlength') ?? 99) <= 8) ||
    ['name', 'id', 'placeholder', 'aria-label'].some((key) => secretName.test(attribute(el, key) ?? ''))
  );
}

export function isEditable(el: Element): boolean {
  return /^(?:|true|plaintext-only)$/i.test(attribute(el, 'contenteditable') ?? 'false');
}

/** What an element says: its own words, and those inside a button or link, without fields and whatever looks like a secret. */
export function textOf(el: Element, deep: boolean): string {
  const name = tagOf(el);
  if (name === 'input') return /^(?:button|submit|reset)$/i.test(attribute(el, 'type') ?? '') ? scrub(attribute(el, 'value') ?? '') : '';
  if (textless.test(name)) return '';
  let left = textNodesMost;
  const words = (of: Node): string => {
    let text = '';
    for (let node = firstOf(of); node && left > 0; node = nextOf(node)) {
      left -= 1;
      if (kindOf(node) === 3) text += (dataOf(node) ?? '').slice(0, 300);
      else if (deep && kindOf(node) === 1) {
        const inner = node as Element;
        if (!textless.test(tagOf(inner)) && !has(inner, 'data-yt-ignore') && !isEditable(inner)) text += ` ${words(inner)} `;
      }
    }
    return text;
  };
  return scrub(words(el));
}

/** `main#app > div.card > button#buy.primary[name="go"]:nth-of-type(2)`: as selectors write it, from the outermost kept to the target. */
export function chainOf(path: Element[]): string {
  return path
    .filter((el) => !/^(?:html|body)$/.test(tagOf(el)))
    .slice(0, chainMost)
    .map((el, depth) => step(el, depth === 0))
    .reverse()
    .join(' > ');
}

function step(el: Element, target: boolean): string {
  const id = attribute(el, 'id');
  const classes = (attribute(el, 'class') ?? '').slice(0, 400).split(/\s+/);
  const stable = classes.filter((one) => one && one.length < 40 && !hashed.test(one) && !state.test(one)).slice(0, 5);
  let text = tagOf(el).replace(/[^\w-]/g, '');
  const named = id && id.length < 60 && !hashed.test(id);
  if (named) text += `#${id}`;
  for (const one of stable) text += `.${one}`;
  for (const key of keptAttributes) {
    const value = target || key === 'data-yt-name' || key === 'data-testid' ? attribute(el, key) : null;
    if (value) text += `[${key}="${(key === 'href' ? scrubUrl(value) : scrub(value, 100)).replace(/["\\\]]/g, '')}"]`;
  }
  const nth = named ? 1 : place(el);
  return nth > 1 ? `${text}:nth-of-type(${nth})` : text;
}

function place(el: Element): number {
  let nth = 1;
  let looked = 0;
  for (let one = previousOf(el); one; one = previousOf(one)) {
    if (++looked > siblingsMost) return 0;
    if (tagOf(one) === tagOf(el)) nth += 1;
  }
  return nth;
}

/** What an event about an element says of it. */
export function described(el: Element, path: Element[], deep: boolean): Values {
  const link = path.find((one) => tagOf(one) === 'a' && has(one, 'href'));
  const href = link && attribute(link, 'href');
  const values: Values = {
    element_tag: tagOf(el),
    element_id: attribute(el, 'id') ?? undefined,
    element_name: attribute(el, 'name') ?? undefined,
    element_type: attribute(el, 'type') ?? undefined,
    element_text: textOf(el, deep) || scrub(attribute(el, 'aria-label') ?? '') || undefined,
    element_href: href ? scrubUrl(/^(?:mailto|tel|sms|javascript):/i.test(href) ? href.slice(0, href.indexOf(':') + 1) : href) : undefined,
    element_chain: chainOf(path),
  };
  for (const key of ['element_id', 'element_name'] as const) if (values[key]) values[key] = scrub(values[key] as string, 100);
  return values;
}
