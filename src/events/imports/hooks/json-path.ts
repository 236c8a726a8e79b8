/** A place in JSON: `order.items[0].sku`, `["odd name"].x`; with `$.` in front it starts at the whole payload and not at the row. */
export type JsonPath = { fromRoot: boolean; steps: (string | number)[] };

const step = /^(?:\.?([^.[\]"$]+)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\])/;

/** Undefined for a text that is no path. */
export function parsePath(text: string): JsonPath | undefined {
  const fromRoot = text === '$' || text.startsWith('$.') || text.startsWith('$[');
  let rest = fromRoot ? text.slice(1) : text;
  const steps: (string | number)[] = [];
  while (rest !== '') {
    const found = step.exec(rest);
    if (!found || steps.length >= 32) return undefined;
    steps.push(found[1] ?? (found[2] === undefined ? found[3]!.replace(/\\(.)/g, '$1') : Number(found[2])));
    rest = rest.slice(found[0].length);
  }
  return { fromRoot, steps };
}

/** The value at a place; undefined when there is none. A text that holds JSON is stepped into, as forms and queues send it. */
export function valueAt(path: JsonPath, row: unknown, root: unknown): unknown {
  let value = path.fromRoot ? root : row;
  for (const one of path.steps) {
    const inner = typeof value === 'string' && /^\s*[{[]/.test(value) ? parsed(value) : value;
    if (inner === null || typeof inner !== 'object' || !Object.hasOwn(inner, one)) return undefined;
    value = (inner as Record<string | number, unknown>)[one];
  }
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const plainStep = /^[^.[\]"$\s]+$/;
export const pathText = (steps: readonly (string | number)[]): string =>
  steps
    .map((s, i) => (typeof s === 'number' ? `[${s}]` : plainStep.test(s) ? `${i > 0 ? '.' : ''}${s}` : `[${JSON.stringify(s)}]`))
    .join('');
