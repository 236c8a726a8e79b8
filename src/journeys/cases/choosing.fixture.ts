import { type Case, graph } from '../table.fixture.ts';
import { branch, start, wait, x } from './bricks.fixture.ts';

export const choosing: Case[] = [
  // Branches and shares.
  {
    name: 'a branch whose rule holds',
    graph: (k) => branch(k, [{ key: 'a', name: 'A', rule: { event: k.ev('Start') } }]),
    script: [['0m', 'Start']],
    trail: ['enter in', 'branch b:a', 'exit x completed'],
  },
  {
    name: 'else',
    graph: (k) => branch(k, [{ key: 'a', name: 'A', rule: { event: k.ev('Buy') } }]),
    script: [['0m', 'Start']],
    trail: ['enter in', 'branch b:else', 'exit x completed'],
  },
  {
    name: 'the first of two that hold',
    graph: (k) =>
      branch(k, [
        { key: 'a', name: 'A', rule: { event: k.ev('Start') } },
        { key: 'b', name: 'B', rule: { event: k.ev('Start') } },
      ]),
    script: [['0m', 'Start']],
    trail: ['enter in', 'branch b:a', 'exit x completed'],
  },
  {
    name: 'by what the entry said',
    graph: (k) => branch(k, [{ key: 'a', name: 'A', entry: [{ property: 'sku', op: 'in', value: ['p', 'q'] }] }]),
    script: [
      ['0m', 'Start', { sku: 'q' }],
      ['0m', 'Start', { sku: 'r' }, { user: 'b' }],
    ],
    trail: ['enter in', 'branch b:a', 'exit x completed'],
    also: { b: ['enter in', 'branch b:else', 'exit x completed'] },
  },
  {
    name: 'by what the entry said and a rule: both must hold',
    graph: (k) => branch(k, [{ key: 'a', name: 'A', rule: { event: k.ev('Buy') }, entry: [{ property: 'price', op: '>', value: 1 }] }]),
    script: [['0m', 'Start', { price: 2 }]],
    trail: ['enter in', 'branch b:else', 'exit x completed'],
  },
  {
    name: 'what the entry did not say satisfies only that it is missing',
    graph: (k) =>
      branch(k, [
        { key: 'a', name: 'A', entry: [{ property: 'price', op: '>', value: 1 }] },
        { key: 'b', name: 'B', entry: [{ property: 'price', op: 'not exists' }] },
      ]),
    script: [['0m', 'Start']],
    trail: ['enter in', 'branch b:b', 'exit x completed'],
  },
  {
    name: 'a split',
    graph: (k) =>
      graph(
        [
          start(k),
          {
            id: 'ab',
            type: 'split',
            branches: [
              { key: 'a', name: 'A', weight: 100 },
              { key: 'b', name: 'B', weight: 0 },
            ],
          },
          x,
        ],
        'in>ab ab:a>x ab:b>x',
      ),
    script: [['0m', 'Start']],
    trail: ['enter in', 'branch ab:a', 'exit x completed'],
  },
  {
    name: 'a split that learns gives one of its branches',
    graph: (k) =>
      graph(
        [
          start(k),
          {
            id: 'ab',
            type: 'bandit',
            floor: 20,
            branches: [
              { key: 'a', name: 'A' },
              { key: 'b', name: 'B' },
            ],
          },
          { id: 'g', type: 'goal', event: k.ev('Buy'), withinDays: 1 },
          x,
        ],
        'in>ab ab:a>x ab:b>x',
      ),
    script: [['0m', 'Start']],
    trail: ['enter in', /^branch ab:[ab]$/, 'exit x completed'],
  },
  {
    name: 'held out: leaves where no way leads on',
    graph: (k) => graph([start(k), { id: 'h', type: 'holdout', percent: 99.999999 }, x], 'in>h h:go>x'),
    script: [['0m', 'Start']],
    trail: ['enter in', 'branch h:held', 'leave h completed'],
  },
  {
    name: 'not held out: goes on',
    graph: (k) => graph([start(k), { id: 'h', type: 'holdout', percent: 0.000001 }, wait(), x], 'in>h h:go>x h:held>w w>x'),
    script: [['0m', 'Start']],
    trail: ['enter in', 'branch h:go', 'exit x completed'],
  },
];
