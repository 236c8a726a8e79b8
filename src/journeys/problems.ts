import type { FieldError } from '../base/index.ts';
import { branchKeys, type Graph, otherwise } from './graph.ts';
import { reachable } from './plan.ts';

/** What must be known outside the graph to say whether it can run. */
export interface Surroundings {
  /** Ids of the content items that exist. */
  contents: ReadonlySet<string>;
  /** Channels that are set up. */
  channels: ReadonlySet<string>;
  /** Ids of the audiences that exist; undefined when it is not known here. */
  audiences: ReadonlySet<string> | undefined;
}

/** Why a well-formed graph cannot be launched yet; nothing when it can. */
export function problemsOf(graph: Graph, around: Surroundings): FieldError[] {
  const problems: FieldError[] = [];
  const bad = (field: string, reason: string): void => {
    problems.push({ field, reason });
  };
  const entries = graph.nodes.filter((n) => n.type === 'entry');
  if (entries.length !== 1) bad('graph.nodes', entries.length === 0 ? 'has no entry; add one' : 'has more than one entry; keep one');
  const reached = new Set(entries.flatMap((e) => [...reachable(graph, e.id)]));
  const ways = new Set(graph.edges.map((e) => JSON.stringify([e.from, e.branch])));
  graph.nodes.forEach((node, i) => {
    const at = `graph.nodes.${i}`;
    // A goal counts wherever it stands; on the way it is only passed.
    if (node.type !== 'goal' && entries.length === 1 && !reached.has(node.id))
      bad(at, `"${node.id}" is never reached; connect it or take it out`);
    for (const key of branchKeys(node)) {
      if (!ways.has(JSON.stringify([node.id, key]))) {
        const what = key === otherwise ? 'those who match no branch ("else")' : `the branch "${key}"`;
        bad(at, `${what} lead nowhere; connect them to a node, or to an exit`);
      }
    }
    switch (node.type) {
      case 'entry':
        if (node.event === undefined && node.audience === undefined)
          bad(`${at}.event`, 'is missing; say which event or audience begins the journey');
        if (node.audience !== undefined && around.audiences && !around.audiences.has(node.audience))
          bad(`${at}.audience`, 'does not exist');
        if (!graph.edges.some((e) => e.from === node.id)) bad(at, 'leads nowhere; connect it to the first step');
        break;
      case 'wait':
        if (node.minutes === undefined && node.hours === undefined && node.days === undefined)
          bad(at, 'says no time; set minutes, hours or days');
        break;
      case 'branch':
        if (node.branches.length === 0) bad(`${at}.branches`, 'is empty; add a branch with a rule');
        node.branches.forEach((b, k) => {
          if (b.rule === undefined) bad(`${at}.branches.${k}.rule`, 'is missing; say who takes this branch');
        });
        break;
      case 'split': {
        const sum = node.branches.reduce((total, b) => total + b.weight, 0);
        if (node.branches.length < 2) bad(`${at}.branches`, 'has fewer than two branches; a split compares at least two');
        else if (Math.abs(sum - 100) > 0.001)
          bad(`${at}.branches`, `the weights add up to ${Number(sum.toFixed(3))}; make them add up to 100`);
        break;
      }
      case 'send':
        if (!node.contentId) bad(`${at}.contentId`, 'is missing; choose what to send');
        else if (!around.contents.has(node.contentId)) bad(`${at}.contentId`, 'does not exist any more; choose other content');
        if (!around.channels.has(node.channel))
          bad(`${at}.channel`, `the ${node.channel} channel is not set up yet; do so in the settings`);
        break;
      case 'goal':
        if (node.event === undefined) bad(`${at}.event`, 'is missing; say which event is the goal');
        if (node.withinDays === undefined) bad(`${at}.withinDays`, 'is missing; say for how many days after the journey it still counts');
        break;
      default:
    }
  });
  return problems;
}
