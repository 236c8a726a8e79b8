import { describe, expect, it } from 'vitest';
import { parseRule } from '../audience/index.ts';
import type { Graph } from './graph.ts';
import { splitBranch } from './plan.ts';
import { problemsOf } from './problems.ts';
import { readGraph } from './read-graph.ts';
import type { Surroundings } from './surroundings.ts';

const checkRule = (rule: unknown, field: string) => parseRule(rule, field).errors;
const around: Surroundings = {
  ...{ contents: new Map([['c1', 'Hi']]), channels: new Set(['webhook']), audiences: new Set(['aud_1']), rooms: new Set() },
  ...{ coupons: new Set(), touchpoints: new Set(), journeys: new Set(), tags: new Map() },
};
const entry = { id: 'in', type: 'entry', event: 'Start' };
const exit = { id: 'x', type: 'exit' };
const said = (graph: unknown): string[] => {
  const read = readGraph(graph, checkRule);
  return (read.graph ? problemsOf(read.graph, around) : read.errors).map((e) => `${e.field}: ${e.reason}`);
};
const withNode = (node: Record<string, unknown>) => ({
  nodes: [entry, { id: 'n', ...node }, exit],
  edges: [
    { from: 'in', to: 'n' },
    { from: 'n', to: 'x' },
  ],
});
const branched = (node: Record<string, unknown>, keys: string[]) => ({
  nodes: [entry, { id: 'n', ...node }, exit],
  edges: [{ from: 'in', to: 'n' }, ...keys.map((branch) => ({ from: 'n', to: 'x', branch }))],
});
const rule = { event: 'Buy' };

describe('a graph is told what is wrong with it', () => {
  it.each<[string, unknown, RegExp]>([
    ['not an object', 'x', /^graph: must be an object/],
    ['no nodes', { edges: [] }, /^graph.nodes: must be a list/],
    ['no edges', { nodes: [] }, /^graph.edges: must be a list/],
    ['an empty graph', { nodes: [], edges: [] }, /^graph.nodes: has no entry/],
    ['a node that is no object', { nodes: [entry, 7], edges: [] }, /^graph.nodes.1: must be an object/],
    ['no id', { nodes: [{ type: 'exit' }], edges: [] }, /^graph.nodes.0.id: must be a text/],
    ['an id twice', { nodes: [entry, exit, exit], edges: [] }, /^graph.nodes.2.id: "x" is used twice/],
    ['an unknown type', withNode({ type: 'teleport' }), /^graph.nodes.1.type: "teleport" is not a kind of node; use one of entry, wait/],
    [
      'an edge to nowhere',
      { nodes: [entry, exit], edges: [{ from: 'in', to: 'y' }] },
      /^graph.edges.0.to: names no node of this graph: "y"/,
    ],
    [
      'a circle',
      {
        nodes: [entry, { id: 'a', type: 'goal', event: 'g', withinDays: 1 }, { id: 'b', type: 'goal', event: 'g', withinDays: 1 }],
        edges: [
          { from: 'in', to: 'a' },
          { from: 'a', to: 'b' },
          { from: 'b', to: 'a' },
        ],
      },
      /^graph.edges.2: |^graph.nodes.1: lies on a circle \(a, b\)/,
    ],
    [
      'a way out of an exit',
      {
        nodes: [entry, exit, { id: 'y', type: 'exit' }],
        edges: [
          { from: 'in', to: 'x' },
          { from: 'x', to: 'y' },
        ],
      },
      /^graph.edges.1.from: "x" is an exit/,
    ],
    [
      'a way into the entry',
      {
        nodes: [entry, { id: 'w', type: 'wait', days: 1 }],
        edges: [
          { from: 'in', to: 'w' },
          { from: 'w', to: 'in' },
        ],
      },
      /^graph.edges.1.to: leads into the entry/,
    ],
    [
      'two ways out of one node',
      {
        nodes: [entry, exit, { id: 'y', type: 'exit' }],
        edges: [
          { from: 'in', to: 'x' },
          { from: 'in', to: 'y' },
        ],
      },
      /^graph.edges.1: is a second way out of "in"/,
    ],
    [
      'a branch on an edge of a node without',
      { nodes: [entry, exit], edges: [{ from: 'in', to: 'x', branch: 'a' }] },
      /^graph.edges.0.branch: "in" has no branches/,
    ],
    [
      'an entry by nothing',
      { nodes: [{ id: 'in', type: 'entry' }, exit], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.0.event: is missing/,
    ],
    [
      'an entry by two things',
      { nodes: [{ ...entry, audience: 'aud_1' }, exit], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.0.audience: stands beside event; an entry begins with one/,
    ],
    [
      'an audience that is not there',
      { nodes: [{ id: 'in', type: 'entry', audience: 'aud_2' }, exit], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.0.audience: does not exist/,
    ],
    ['an entry to nowhere', { nodes: [entry], edges: [] }, /^graph.nodes.0: leads nowhere/],
    [
      'a bad condition',
      { nodes: [{ ...entry, where: [{ property: 'a', op: 'like', value: 1 }] }, exit], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.0.where\[0\].op: "like" is not an operator/,
    ],
    [
      'a bad re-entry',
      { nodes: [{ ...entry, reentry: { afterDays: -1 } }, exit], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.0.reentry: must be "never", "always" or/,
    ],
    [
      'a node never reached',
      { nodes: [entry, exit, { id: 'y', type: 'exit' }], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.2: "y" is never reached/,
    ],
    ['a wait of no time', withNode({ type: 'wait' }), /^graph.nodes.1: says no time/],
    ['a wait of two times', withNode({ type: 'wait', days: 1, hours: 1 }), /^graph.nodes.1: has hours and days/],
    ['a wait backwards', withNode({ type: 'wait', days: -1 }), /^graph.nodes.1.days: must be a number above 0/],
    ['a wait of words', withNode({ type: 'wait', days: 'two' }), /^graph.nodes.1.days: must be a number/],
    ['a wait of years', withNode({ type: 'wait', days: 1000 }), /^graph.nodes.1.days: must be a number above 0 and up to 366/],
    ['a branch node without branches', branched({ type: 'branch', branches: [] }, ['else']), /^graph.nodes.1.branches: is empty/],
    [
      'a branch without a rule',
      branched({ type: 'branch', branches: [{ key: 'a', name: 'A' }] }, ['a', 'else']),
      /^graph.nodes.1.branches.0.rule: is missing/,
    ],
    [
      'a branch with a bad rule',
      branched({ type: 'branch', branches: [{ key: 'a', name: 'A', rule: { event: '' } }] }, ['a', 'else']),
      /^graph.nodes.1.branches.0.rule.event: is empty/,
    ],
    [
      'a branch called else',
      branched({ type: 'branch', branches: [{ key: 'else', name: 'A', rule }] }, ['else']),
      /^graph.nodes.1.branches.0.key: "else" is kept/,
    ],
    [
      'a branch twice',
      branched(
        {
          type: 'branch',
          branches: [
            { key: 'a', rule },
            { key: 'a', rule },
          ],
        },
        ['a', 'else'],
      ),
      /^graph.nodes.1.branches.1.key: "a" is used twice/,
    ],
    [
      'a branch without else',
      branched({ type: 'branch', branches: [{ key: 'a', rule }] }, ['a']),
      /^graph.nodes.1: those who match no branch \("else"\) lead nowhere/,
    ],
    [
      'an edge of no branch',
      branched({ type: 'branch', branches: [{ key: 'a', rule }] }, ['a', 'else', 'b']),
      /^graph.edges.3.branch: must be one of the branches of "n": a, else/,
    ],
    [
      'a split of one',
      branched({ type: 'split', branches: [{ key: 'a', weight: 100 }] }, ['a']),
      /^graph.nodes.1.branches: has fewer than two/,
    ],
    [
      'weights that do not add up',
      branched(
        {
          type: 'split',
          branches: [
            { key: 'a', weight: 50 },
            { key: 'b', weight: 40 },
          ],
        },
        ['a', 'b'],
      ),
      /^graph.nodes.1.branches: the weights add up to 90; make them add up to 100/,
    ],
    [
      'a weight that is none',
      branched(
        {
          type: 'split',
          branches: [
            { key: 'a', weight: 'half' },
            { key: 'b', weight: 50 },
          ],
        },
        ['a', 'b'],
      ),
      /^graph.nodes.1.branches.0.weight: must be a number/,
    ],
    [
      'a split arm to nowhere',
      branched(
        {
          type: 'split',
          branches: [
            { key: 'a', weight: 50 },
            { key: 'b', weight: 50 },
          ],
        },
        ['a'],
      ),
      /^graph.nodes.1: the branch "b" lead nowhere/,
    ],
    ['a send of nothing', withNode({ type: 'send', channel: 'webhook' }), /^graph.nodes.1.contentId: is missing/],
    [
      'a send of what is not there',
      withNode({ type: 'send', channel: 'webhook', contentId: 'c2' }),
      /^graph.nodes.1.contentId: does not exist/,
    ],
    [
      'a send by pigeon',
      withNode({ type: 'send', channel: 'pigeon', contentId: 'c1' }),
      /^graph.nodes.1.channel: must be one of wecom, official_account, mini_program, webhook/,
    ],
    [
      'a send by what is not set up',
      withNode({ type: 'send', channel: 'wecom', contentId: 'c1' }),
      /^graph.nodes.1.channel: the wecom channel is not set up/,
    ],
    ['a goal of nothing', withNode({ type: 'goal', withinDays: 1 }), /^graph.nodes.1.event: is missing/],
    ['a goal without a window', withNode({ type: 'goal', event: 'g' }), /^graph.nodes.1.withinDays: is missing/],
    ['a goal of for ever', withNode({ type: 'goal', event: 'g', withinDays: 1e9 }), /^graph.nodes.1.withinDays: must be a number of days/],
    [
      'an until for nothing',
      branched({ type: 'until', hours: 1 }, ['met', 'timeout']),
      /^graph.nodes.1.event: is missing; say which event or rule/,
    ],
    ['an until without an end', branched({ type: 'until', event: 'Buy' }, ['met', 'timeout']), /^graph.nodes.1: says no time/],
    [
      'an until for two things',
      branched({ type: 'until', event: 'Buy', rule, hours: 1 }, ['met', 'timeout']),
      /^graph.nodes.1.rule: stands beside an event/,
    ],
    [
      'an until whose time-out leads nowhere',
      branched({ type: 'until', event: 'Buy', hours: 1 }, ['met']),
      /^graph.nodes.1: the branch "timeout" lead nowhere/,
    ],
    ['hours that are none', withNode({ type: 'window', from: '9', to: '18:00' }), /^graph.nodes.1.from: must be a time of day/],
    [
      'days that are none',
      withNode({ type: 'window', from: '09:00', to: '18:00', weekdays: [8] }),
      /^graph.nodes.1.weekdays: must be a list of days/,
    ],
    [
      'a bandit with nothing to learn from',
      branched({ type: 'bandit', branches: [{ key: 'a' }, { key: 'b' }] }, ['a', 'b']),
      /^graph.nodes.1: learns from a goal/,
    ],
    ['a holdout of nobody', branched({ type: 'holdout' }, ['go']), /^graph.nodes.1.percent: is missing/],
    ['a coupon where there are none', branched({ type: 'coupon', couponId: 'c' }, ['issued']), /^graph.nodes.1: there are no coupons here/],
    ['a tag where none can be given', withNode({ type: 'tag', add: 'a' }), /^graph.nodes.1: tags cannot be given here/],
    ['a task where there are none', withNode({ type: 'task', text: 'Call' }), /^graph.nodes.1: there are no tasks for staff here/],
    [
      'a choice where nothing chooses',
      withNode({ type: 'send', channel: 'webhook', contentId: 'auto' }),
      /^graph.nodes.1: nothing chooses what fits/,
    ],
    [
      'a chain with a channel twice',
      withNode({ type: 'send', channel: 'webhook', contentId: 'c1', fallback: [{ channel: 'webhook' }] }),
      /^graph.nodes.1.fallback: names a channel twice/,
    ],
    ['a jump to nowhere', withNode({ type: 'jump' }), /^graph.nodes.1.to: is missing/],
    ['a jump to what is not there', withNode({ type: 'jump', to: 'y' }), /^graph.nodes.1.to: names no node/],
    ['a jump to a journey that is not there', withNode({ type: 'jump', journey: 'j' }), /^graph.nodes.1.journey: does not exist/],
    [
      'a round in which no time passes',
      {
        nodes: [entry, { id: 's', type: 'send', channel: 'webhook', contentId: 'c1' }, { id: 'j', type: 'jump', to: 's' }, exit],
        edges: [
          { from: 'in', to: 's' },
          { from: 's', to: 'j' },
          { from: 'j', to: 'x' },
        ],
      },
      /^graph.nodes.2: goes round with no time passing/,
    ],
    [
      'a clock for nobody',
      { nodes: [{ id: 'in', type: 'entry', schedule: { cron: '0 9 * * *' } }, exit], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.0.audience: is missing; say for whom/,
    ],
    [
      'a clock that is none',
      { nodes: [{ id: 'in', type: 'entry', schedule: { cron: 'daily' }, rule }, exit], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.0.schedule.cron: must be five parts/,
    ],
    [
      'a day that never comes',
      { nodes: [{ id: 'in', type: 'entry', schedule: { cron: '0 9 31 2 *' }, rule }, exit], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.0.schedule.cron: names a time that never comes/,
    ],
    [
      'several at once, nobody again',
      { nodes: [{ ...entry, most: 2 }, exit], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.0.reentry: is never, yet several/,
    ],
    [
      'an exit rule by nothing',
      { nodes: [entry, exit, { id: 'q', type: 'exitRule' }], edges: [{ from: 'in', to: 'x' }] },
      /^graph.nodes.2.event: is missing/,
    ],
  ])('%s', (_what, graph, reason) => {
    expect(said(graph)).toContainEqual(expect.stringMatching(reason));
  });

  it('or that nothing is', () => {
    const graph = {
      nodes: [
        { ...entry, position: { x: 1, y: 2 } },
        { id: 'b', type: 'branch', branches: [{ key: 'a', name: 'A', rule }] },
        { id: 's', type: 'send', channel: 'webhook', contentId: 'c1' },
        { id: 'g', type: 'goal', event: 'Order Completed', withinDays: 0 },
        exit,
      ],
      edges: [
        { from: 'in', to: 'b' },
        { from: 'b', to: 's', branch: 'a' },
        { from: 'b', to: 'x', branch: 'else' },
        { from: 's', to: 'x', branch: null },
      ],
    };
    expect(said(graph)).toEqual([]);
    expect((readGraph(graph, checkRule).graph as Graph).nodes[0]).toHaveProperty('position');
  });
});

describe('a split', () => {
  it('is even, independent of others, and never into a branch of weight 0', () => {
    const arms = [
      { key: 'z', weight: 0 },
      { key: 'a', weight: 30 },
      { key: 'b', weight: 70 },
    ];
    let a = 0;
    let both = 0;
    for (let p = 1; p <= 20_000; p++) {
      const one = splitBranch('j1:n1', p, arms);
      expect(one).not.toBe('z');
      if (one === 'a') a += 1;
      if (one === 'a' && splitBranch('j1:n2', p, arms) === 'a') both += 1;
    }
    expect(Math.abs(a / 20_000 - 0.3)).toBeLessThan(0.012);
    expect(Math.abs(both / 20_000 - 0.09)).toBeLessThan(0.008);
  });
});
