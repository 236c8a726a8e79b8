import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

/** Texts that a room says to whoever sent something that does not fit, read from its sources. What is filled in is `{}`. */
export interface Said {
  text: string;
  room: string;
  /** File and line. */
  at: string;
  /** Part of another text rather than a text of its own. */
  part: boolean;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}
interface Source {
  path: string;
  room: string;
  text: string;
  /** All nodes, in the order of the text. */
  nodes: Node[];
  /** Those at which something may be said. */
  places: Node[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
/** Rooms whose texts no HTTP answer carries. */
const others = ['console', 'sdk', 'simulators', 'demo'];
const isNode = (v: unknown): v is Node => typeof v === 'object' && v !== null && typeof (v as Node).type === 'string';

function children(node: Node): Node[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));
}
function all(node: Node, into: Node[] = []): Node[] {
  into.push(node);
  for (const child of children(node)) all(child, into);
  return into;
}

function sources(): Source[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = relative(root, join(entry.parentPath, entry.name));
    const parts = path.split('/');
    const room = parts.length > 2 ? parts[1]! : 'system';
    if (!entry.isFile() || !/\.ts$/.test(path) || others.includes(room)) return [];
    if (/\.test\.ts$|(?:fixture|harness|testkit)\.ts$|\/test\/|\.zh\.ts$|\.d\.ts$|test-data/.test(path)) return [];
    const text = readFileSync(join(root, path), 'utf8');
    const nodes = all(parseSync(path, text).program as unknown as Node);
    return [{ path, room, text, nodes, places: nodes.filter(isPlace) }];
  });
}

const name = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return node.name as string;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'AssignmentPattern') return name(node.left);
  if (node.type === 'MemberExpression' && node.computed !== true) return name(node.property);
  return undefined;
};
const isFunction = (node: Node): boolean => /^(ArrowFunctionExpression|FunctionExpression|FunctionDeclaration)$/.test(node.type);
/** A sentence or a phrase, rather than a word for programs. */
const isText = (text: string): boolean => /[a-z]{2}.*\s|\s.*[a-z]{2}/i.test(text) && !/^\s*\W*\s*$/.test(text);

const inside = (source: Source, node: Node): Node[] => source.places.filter((n) => n.start >= node.start && n.end <= node.end);
const isPlace = (node: Node): boolean => /^(Property|CallExpression|NewExpression)$/.test(node.type);

/** Keys of objects, and names of parameters, that hold what is said. */
const keys = new Set(['reason', 'detail', 'broken']);
const parameters = new Set(['reason', 'detail', 'title', 'why', 'mend']);
/** Checks of zod that take the text to say as their last argument. */
const checks = new Set(
  'min max length regex refine email url int positive nonnegative gt gte lt lte startsWith endsWith string number array enum union nonempty multipleOf literal date datetime strictObject'.split(
    ' ',
  ),
);

export function saidBySources(): Said[] {
  const files = sources();
  const found = new Map<string, Said>();
  /** What a name stands for: values of constants and functions, by file and (when others may see them) by room. */
  const defined = new Map<string, { node: Node; source: Source }[]>();
  const sinks = new Map<string, Set<number>>();
  const visited = new Set<string>();

  const define = (key: string, node: Node, source: Source) => defined.set(key, [...(defined.get(key) ?? []), { node, source }]);
  for (const source of files) {
    for (const node of source.nodes) {
      if (node.type === 'VariableDeclarator' && name(node.id) && isNode(node.init))
        define(`${source.path}:${name(node.id)}`, node.init, source);
      if (node.type === 'FunctionDeclaration' && name(node.id)) define(`${source.path}:${name(node.id)}`, node, source);
      if (node.type === 'ExportNamedDeclaration' && isNode(node.declaration)) {
        const d = node.declaration;
        if (d.type === 'FunctionDeclaration') define(`*:${name(d.id)}`, d, source);
        for (const v of (d.declarations as Node[] | undefined) ?? []) if (isNode(v.init)) define(`*:${name(v.id)}`, v.init, source);
      }
    }
  }
  const lookup = (source: Source, called: string) => defined.get(`${source.path}:${called}`) ?? defined.get(`*:${called}`) ?? [];

  /** The texts that an expression can be. */
  const collect = (node: Node | undefined, source: Source, part: boolean, word = false): void => {
    if (!isNode(node)) return;
    const key = `${source.path}:${node.start}:${node.type}:${part}`;
    if (visited.has(key)) return;
    visited.add(key);
    const go = (next: unknown, p = part) => isNode(next) && collect(next, source, p, word && p === part);
    const add = (text: string) => {
      const line = source.text.slice(0, node.start).split('\n').length;
      if (isText(text) || word) found.set(`${source.room}:${text}`, { text, room: source.room, at: `${source.path}:${line}`, part });
    };
    switch (node.type) {
      case 'Literal':
        if (typeof node.value === 'string') add(node.value);
        return;
      case 'TemplateLiteral': {
        const quasis = node.quasis as { value: { cooked: string } }[];
        add(quasis.map((q) => q.value.cooked).join('{}'));
        for (const e of node.expressions as Node[]) go(e, true);
        return;
      }
      case 'BinaryExpression':
        if (node.operator !== '+') return;
        add(flat(node));
        go(node.left, true);
        go(node.right, true);
        return;
      case 'ConditionalExpression':
        go(node.consequent);
        go(node.alternate);
        return;
      case 'LogicalExpression':
        go(node.left);
        go(node.right);
        return;
      case 'TSAsExpression':
      case 'TSNonNullExpression':
      case 'TSSatisfiesExpression':
      case 'ParenthesizedExpression':
      case 'ChainExpression':
      case 'AwaitExpression':
        go(node.expression ?? node.argument);
        return;
      case 'ArrayExpression':
        for (const e of node.elements as unknown[]) go(e);
        return;
      case 'ObjectExpression':
        for (const p of node.properties as Node[]) go(p.value);
        return;
      case 'MemberExpression':
        if (isNode(node.object) && node.object.type === 'Identifier')
          for (const d of lookup(source, name(node.object)!))
            if (/Object|Array|TSAs|TSSat/.test(d.node.type)) collect(d.node, d.source, part);
        return;
      case 'Identifier':
        for (const d of lookup(source, node.name as string)) if (!isFunction(d.node)) collect(d.node, d.source, part);
        return;
      case 'CallExpression': {
        const callee = name(node.callee);
        if (callee) for (const d of lookup(source, callee)) if (isFunction(d.node)) returns(d.node, d.source, part);
        return;
      }
      default:
    }
  };
  const flat = (node: Node): string => {
    if (node.type === 'BinaryExpression') return flat(node.left as Node) + flat(node.right as Node);
    if (node.type === 'Literal') return String(node.value);
    if (node.type === 'TemplateLiteral') return (node.quasis as { value: { cooked: string } }[]).map((q) => q.value.cooked).join('{}');
    return '{}';
  };
  const returns = (fn: Node, source: Source, part: boolean): void => {
    const body = fn.body as Node;
    if (body.type !== 'BlockStatement') {
      collect(body, source, part);
      return;
    }
    const walk = (node: Node): void => {
      if (isFunction(node)) return;
      if (node.type === 'ReturnStatement' && isNode(node.argument)) collect(node.argument, source, part);
      for (const child of children(node)) walk(child);
    };
    for (const child of children(body)) walk(child);
  };

  /** Every expression of the sources that is said, however it gets there. */
  const places = (source: Source, nodes: readonly Node[], say: (node: Node, part: boolean) => void): void => {
    for (const node of nodes) {
      if (node.type === 'Property' && keys.has(name(node.key) ?? '') && isNode(node.value)) say(node.value, false);
      if ((node.type === 'CallExpression' || node.type === 'NewExpression') && Array.isArray(node.arguments)) {
        const called = name(node.callee) ?? '';
        const args = node.arguments as Node[];
        // `checked(x).map((reason) => …)`: what `checked` answers.
        const each = args[0]?.type === 'ArrowFunctionExpression' ? (args[0].params as Node[])[0] : undefined;
        if (/^(map|flatMap|forEach)$/.test(called) && parameters.has(name(each) ?? ''))
          say((node.callee as { object: Node }).object, false);
        if (called === 'problem' && args[1]) say(args[1], false);
        if (called === 'notFound' && args[0]) collect(args[0], source, true, true);
        if (called === 'badInput' && args[1]) say(args[1], false);
        const at =
          sinks.get(`${source.path}:${called}`) ?? (defined.has(`${source.path}:${called}`) ? undefined : sinks.get(`*:${called}`));
        for (const i of at ?? []) if (args[i]) say(args[i], true);
        if (checks.has(called) && isNode(node.callee) && node.callee.type === 'MemberExpression' && args.length > 0) {
          const last = args.at(-1)!;
          const value =
            last.type === 'ObjectExpression'
              ? (last.properties as Node[]).find((p) => /^(message|error)$/.test(name(p.key) ?? ''))?.value
              : last;
          if (isNode(value) && !isFunction(value) && value.type !== 'Identifier') say(value, false);
        }
        if (called === 'addIssue' || called === 'push') {
          for (const p of ((args[0]?.properties as Node[] | undefined) ?? []).filter((p) => name(p.key) === 'message'))
            say(p.value as Node, false);
        }
      }
    }
  };

  // A parameter is said when its function says it; so is what its callers pass. Until nothing new is found.
  const functions = files.flatMap((source) =>
    source.nodes.flatMap((node) => {
      const fn =
        node.type === 'FunctionDeclaration'
          ? node
          : node.type === 'VariableDeclarator' && isNode(node.init) && isFunction(node.init)
            ? node.init
            : node.type === 'Property' && isNode(node.value) && isFunction(node.value)
              ? node.value
              : undefined;
      if (node.type === 'ClassDeclaration') {
        const made = (node.body as { body: Node[] }).body.find((m) => m.kind === 'constructor')?.value as Node | undefined;
        return made ? [{ source, fn: made, called: name(node.id)!, nodes: [], shared: true }] : [];
      }
      const called = fn && name(node.type === 'Property' ? node.key : node.id);
      return fn && called
        ? [
            {
              source,
              fn,
              called,
              nodes: inside(source, fn.body as Node),
              shared: source.text.includes(`export function ${called}(`) || source.text.includes(`export const ${called} `),
            },
          ]
        : [];
    }),
  );
  const mark = (f: (typeof functions)[number], i: number): boolean => {
    let news = false;
    for (const key of [`${f.source.path}:${f.called}`, ...(f.shared ? [`*:${f.called}`] : [])]) {
      const set = sinks.get(key) ?? new Set();
      if (!set.has(i)) news = true;
      sinks.set(key, set.add(i));
    }
    return news;
  };
  for (const f of functions)
    (f.fn.params as Node[]).forEach((p, i) => {
      if (parameters.has(name(p) ?? '') && /: (string|FieldError)/.test(f.source.text.slice(p.start, p.start + 40))) mark(f, i);
    });
  for (let news = true; news; ) {
    news = false;
    for (const f of functions) {
      const params = (f.fn.params as Node[]).map((p) => name(p));
      places(f.source, f.nodes, (said) => {
        for (const n of all(said)) {
          if (n.type !== 'Identifier') continue;
          const i = params.indexOf(n.name as string);
          if (i >= 0 && /^\w+\??: (string|readonly string)/.test(f.source.text.slice((f.fn.params as Node[])[i]!.start)) && mark(f, i))
            news = true;
        }
      });
    }
  }
  for (const source of files) places(source, source.places, (node, part) => collect(node, source, part));
  return [...found.values()].sort((a, b) => a.at.localeCompare(b.at));
}
