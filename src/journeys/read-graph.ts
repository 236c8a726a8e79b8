import type { FieldError } from '../base/index.ts';
import { branchKeys, type Graph, type JourneyNode, nodeTypes, otherwise } from './graph.ts';

const sendChannels = ['wecom', 'official_account', 'mini_program', 'webhook'];

/** Reads a rule or the conditions on an event; the audience room's own parser. */
export type ReadRule = (input: unknown, field: string) => FieldError[];

const limits = { nodes: 200, branches: 20, text: 200, waitDays: 366 };

type Dict = Record<string, unknown>;
const isDict = (v: unknown): v is Dict => v !== null && typeof v === 'object' && !Array.isArray(v);

/**
 * Reads anything as a graph. What comes back has every node well formed, every edge between nodes and no circle; whether it is complete enough
 * to be launched is another question (`problemsOf`), so that an unfinished draft can be saved. Errors name the place and the mend.
 */
export function readGraph(input: unknown, readRule: ReadRule): { graph: Graph; errors: [] } | { graph: null; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const bad = (field: string, reason: string): undefined => {
    errors.push({ field, reason });
  };
  if (!isDict(input)) return { graph: null, errors: [{ field: 'graph', reason: 'must be an object {nodes, edges}' }] };
  for (const part of ['nodes', 'edges'] as const) if (!Array.isArray(input[part])) bad(`graph.${part}`, 'must be a list');
  if (errors.length > 0) return { graph: null, errors };
  const nodes = input.nodes as unknown[];
  const edges = input.edges as unknown[];
  if (nodes.length > limits.nodes) bad('graph.nodes', `has ${nodes.length} nodes; at most ${limits.nodes}`);
  if (edges.length > limits.nodes * 3) bad('graph.edges', `has ${edges.length} edges; at most ${limits.nodes * 3}`);
  if (errors.length > 0) return { graph: null, errors };

  const ids = new Map<string, JourneyNode>();
  for (const [i, node] of nodes.entries()) readNode(node, `graph.nodes.${i}`, ids, { bad, readRule });
  for (const [i, edge] of edges.entries()) readEdge(edge, `graph.edges.${i}`, ids, bad);
  if (errors.length > 0) return { graph: null, errors };

  const graph = { nodes, edges: edges.map((e) => dropNull(e as Dict)) } as unknown as Graph;
  errors.push(...edgeErrors(graph));
  if (errors.length === 0) errors.push(...circles(graph));
  return errors.length > 0 ? { graph: null, errors } : { graph, errors: [] };
}

function readNode(node: unknown, at: string, ids: Map<string, JourneyNode>, r: Reading): undefined {
  if (!isDict(node)) return r.bad(at, 'must be an object {id, type, …}');
  if (!isText(node.id)) return r.bad(`${at}.id`, `must be a text of 1 to ${limits.text} characters`);
  if (ids.has(node.id)) return r.bad(`${at}.id`, `"${node.id}" is used twice; give every node its own id`);
  ids.set(node.id, node as unknown as JourneyNode);
  if (!nodeTypes.includes(node.type as never)) {
    return r.bad(`${at}.type`, `${JSON.stringify(node.type) ?? 'nothing'} is not a kind of node; use one of ${nodeTypes.join(', ')}`);
  }
  readers[node.type as JourneyNode['type']](node, at, r);
}

function readEdge(edge: unknown, at: string, ids: Map<string, JourneyNode>, bad: Reading['bad']): undefined {
  if (!isDict(edge)) return bad(at, 'must be an object {from, to, branch?}');
  for (const end of ['from', 'to'] as const) {
    const id = edge[end];
    if (!isText(id) || !ids.has(id)) bad(`${at}.${end}`, `names no node of this graph: ${JSON.stringify(id) ?? 'nothing'}`);
  }
  if (edge.branch !== undefined && edge.branch !== null && !isText(edge.branch)) bad(`${at}.branch`, 'must be the key of a branch');
}

const dropNull = (edge: Dict): Dict => Object.fromEntries(Object.entries(edge).filter(([, v]) => v !== null));
const isText = (v: unknown): v is string => typeof v === 'string' && v.trim() !== '' && v.length <= limits.text;
const isWhole = (v: unknown, from: number, to: number): v is number => Number.isInteger(v) && (v as number) >= from && (v as number) <= to;

interface Reading {
  bad(field: string, reason: string): undefined;
  readRule: ReadRule;
}

function readCondition(node: Dict, at: string, r: Reading): undefined {
  if (node.event !== undefined && !isText(node.event)) return r.bad(`${at}.event`, 'must be the name of an event');
  if (node.where === undefined || node.where === null) return;
  // The conditions are those of an event rule, so they are read as one.
  for (const e of r.readRule({ event: 'x', where: node.where }, 'rule')) r.bad(`${at}.${e.field.replace(/^rule\.?/, '')}`, e.reason);
}

const readers: Record<JourneyNode['type'], (node: Dict, at: string, r: Reading) => undefined> = {
  entry: (node, at, r) => {
    readCondition(node, at, r);
    if (node.audience !== undefined && !isText(node.audience)) r.bad(`${at}.audience`, 'must be the id of an audience');
    if (node.event !== undefined && node.audience !== undefined)
      r.bad(`${at}.audience`, 'stands beside an event; a journey begins with one or the other');
    if (node.existing !== undefined && typeof node.existing !== 'boolean') r.bad(`${at}.existing`, 'must be true or false');
    const { reentry } = node;
    if (reentry !== undefined && reentry !== 'never' && !(isDict(reentry) && isWhole(reentry.afterDays, 0, 3650))) {
      r.bad(`${at}.reentry`, 'must be "never" or {"afterDays": n} with whole days from 0 to 3650');
    }
  },
  wait: (node, at, r) => {
    const units = (['minutes', 'hours', 'days'] as const).filter((u) => node[u] !== undefined && node[u] !== null);
    if (units.length > 1) return r.bad(at, `has ${units.join(' and ')}; say the time in one of them`);
    const [unit] = units;
    if (!unit) return;
    const most = limits.waitDays * { days: 1, hours: 24, minutes: 1440 }[unit];
    const n = node[unit];
    if (typeof n !== 'number' || !(n > 0) || n > most) r.bad(`${at}.${unit}`, `must be a number above 0 and up to ${most}`);
  },
  branch: (node, at, r) => {
    readBranches(node, at, r, (branch, here) => {
      if (branch.key === otherwise) r.bad(`${here}.key`, `"${otherwise}" is kept for those who match none; choose another key`);
      if (branch.rule !== undefined) for (const e of r.readRule(branch.rule, 'rule')) r.bad(`${here}.${e.field}`, e.reason);
    });
  },
  split: (node, at, r) => {
    readBranches(node, at, r, (branch, here) => {
      const w = branch.weight;
      if (typeof w !== 'number' || !(w >= 0 && w <= 100)) r.bad(`${here}.weight`, 'must be a number from 0 to 100: its share in percent');
    });
  },
  send: (node, at, r) => {
    if (!sendChannels.includes(String(node.channel))) r.bad(`${at}.channel`, `must be one of ${sendChannels.join(', ')}`);
    if (node.contentId !== undefined && node.contentId !== null && typeof node.contentId !== 'string')
      r.bad(`${at}.contentId`, 'must be the id of a content item');
  },
  goal: (node, at, r) => {
    readCondition(node, at, r);
    if (node.withinDays !== undefined && !(typeof node.withinDays === 'number' && node.withinDays >= 0 && node.withinDays <= 366)) {
      r.bad(`${at}.withinDays`, 'must be a number of days from 0 to 366');
    }
    if (node.exit !== undefined && typeof node.exit !== 'boolean') r.bad(`${at}.exit`, 'must be true or false');
  },
  exit: () => {},
};

function readBranches(node: Dict, at: string, r: Reading, each: (branch: Dict, here: string) => undefined): undefined {
  if (!Array.isArray(node.branches)) return r.bad(`${at}.branches`, 'must be a list of branches');
  if (node.branches.length > limits.branches)
    return r.bad(`${at}.branches`, `has ${node.branches.length} branches; at most ${limits.branches}`);
  const seen = new Set<unknown>();
  for (const [i, branch] of (node.branches as unknown[]).entries()) {
    const here = `${at}.branches.${i}`;
    if (!isDict(branch)) r.bad(here, 'must be an object {key, name, …}');
    else if (!isText(branch.key)) r.bad(`${here}.key`, `must be a text of 1 to ${limits.text} characters`);
    else {
      if (seen.has(branch.key)) r.bad(`${here}.key`, `"${branch.key}" is used twice in this node`);
      seen.add(branch.key);
      if (branch.name !== undefined && typeof branch.name !== 'string') r.bad(`${here}.name`, 'must be a text');
      each(branch, here);
    }
  }
}

/** One way out of a node, or one for each of its branches. */
function edgeErrors(graph: Graph): FieldError[] {
  const byId = new Map(graph.nodes.map((n) => [n.id, n]));
  const seen = new Set<string>();
  return graph.edges.flatMap((edge, i) => {
    const at = `graph.edges.${i}`;
    const from = byId.get(edge.from)!;
    const keys = branchKeys(from);
    const way = JSON.stringify([edge.from, edge.branch]);
    const twice = seen.has(way);
    seen.add(way);
    if (from.type === 'exit') return [{ field: `${at}.from`, reason: `"${edge.from}" is an exit; nothing follows it` }];
    if (byId.get(edge.to)!.type === 'entry')
      return [{ field: `${at}.to`, reason: 'leads into the entry; people enter there from outside' }];
    if (keys.length > 0 && (edge.branch === undefined || !keys.includes(edge.branch))) {
      return [{ field: `${at}.branch`, reason: `must be one of the branches of "${edge.from}": ${keys.join(', ')}` }];
    }
    if (keys.length === 0 && edge.branch !== undefined && from.type !== 'branch' && from.type !== 'split') {
      return [{ field: `${at}.branch`, reason: `"${edge.from}" has no branches; leave it out` }];
    }
    return twice
      ? [{ field: at, reason: `is a second way out of "${edge.from}"${edge.branch === undefined ? '' : ` by "${edge.branch}"`}; keep one` }]
      : [];
  });
}

/** A journey ends: a way that comes back to where it was is refused. */
function circles(graph: Graph): FieldError[] {
  const left = new Map(graph.nodes.map((n) => [n.id, 0]));
  for (const e of graph.edges) left.set(e.to, left.get(e.to)! + 1);
  const free = [...left].filter(([, n]) => n === 0).map(([id]) => id);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    left.delete(id);
    for (const e of graph.edges.filter((x) => x.from === id)) {
      left.set(e.to, left.get(e.to)! - 1);
      if (left.get(e.to) === 0) free.push(e.to);
    }
  }
  const first = graph.nodes.findIndex((n) => left.has(n.id));
  if (first < 0) return [];
  return [
    {
      field: `graph.nodes.${first}`,
      reason: `lies on a circle (${[...left.keys()].join(', ')}); a journey must end: take one of these edges out`,
    },
  ];
}
