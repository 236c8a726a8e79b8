/** One element of a chain or of a selector: `button#buy.primary[name="go"]:nth-of-type(2)`. */
export interface Step {
  tag: string;
  id: string | undefined;
  classes: string[];
  attributes: Record<string, string | true>;
  nth: number | undefined;
  /** How it stands to the one before it: right under it, or anywhere under it. */
  direct: boolean;
}

const part = /^(?:#([\w\u4e00-\u9fff-]+)|\.([\w\u4e00-\u9fff-]+)|\[([\w-]+)(?:="([^"\]]*)")?\]|:nth-of-type\((\d{1,6})\))/;

/** Reads a selector, or an element chain, which is one. undefined: it is neither. */
export function parseSelector(text: string): Step[] | undefined {
  const steps: Step[] = [];
  let rest = text.trim();
  let direct = false;
  while (rest) {
    const tag = /^(?:[a-zA-Z][\w-]*|\*)/.exec(rest)?.[0] ?? '';
    rest = rest.slice(tag.length);
    const step: Step = { tag: tag === '*' ? '' : tag.toLowerCase(), id: undefined, classes: [], attributes: {}, nth: undefined, direct };
    let parts = 0;
    for (let found = part.exec(rest); found; found = part.exec(rest)) {
      const [whole, id, name, attribute, value, nth] = found;
      if (id) step.id = id;
      if (name) step.classes.push(name);
      if (attribute) step.attributes[attribute] = value ?? true;
      if (nth) step.nth = Number(nth);
      rest = rest.slice(whole.length);
      parts += 1;
    }
    if (!tag && parts === 0) return undefined;
    steps.push(step);
    const between = /^\s*(>)?\s*/.exec(rest)!;
    if (rest && between[0] === '') return undefined;
    direct = between[1] !== undefined;
    rest = rest.slice(between[0].length);
    if (direct && !rest) return undefined;
  }
  return steps.length > 0 && steps.length <= 20 ? steps : undefined;
}

/** Whether the last element of a chain is one that a selector means. A place is known only where the chain tells it: none means the first. */
export function fitsChain(selector: readonly Step[], chain: readonly Step[]): boolean {
  const from = (s: number, c: number): boolean => {
    if (!fitsStep(selector[s]!, chain[c]!)) return false;
    if (s === 0) return true;
    if (selector[s]!.direct) return c > 0 && from(s - 1, c - 1);
    for (let above = c - 1; above >= 0; above--) if (from(s - 1, above)) return true;
    return false;
  };
  return chain.length > 0 && from(selector.length - 1, chain.length - 1);
}

function fitsStep(want: Step, is: Step): boolean {
  return (
    (want.tag === '' || is.tag === '' || want.tag === is.tag) &&
    (want.id === undefined || want.id === is.id) &&
    (want.nth === undefined || want.nth === (is.nth ?? 1)) &&
    want.classes.every((one) => is.classes.includes(one)) &&
    Object.entries(want.attributes).every(([key, value]) => (value === true ? key in is.attributes : is.attributes[key] === value))
  );
}
