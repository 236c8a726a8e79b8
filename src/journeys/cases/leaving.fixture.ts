import { expect } from 'vitest';
import { ws } from '../journeys.fixture.ts';
import { type Case, graph } from '../table.fixture.ts';
import { nothing, others, send, start, through, trailIs, wait, x } from './bricks.fixture.ts';

export const leaving: Case[] = [
  // Round and on.
  {
    name: 'back by a jump, as often as said',
    graph: (k) => graph([start(k), wait(), { id: 'j', type: 'jump', to: 'w', most: 2 }, x], 'in>w w>j j>x'),
    script: [
      ['0m', 'Start'],
      ['1h', nothing],
      ['2h', nothing],
      ['3h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'arrive j', 'arrive w', 'arrive j', 'arrive w', 'arrive j', 'exit x completed'],
  },
  {
    name: 'back by a jump, with a pause between',
    graph: (k) =>
      graph(
        [start(k), { id: 'g', type: 'goal', event: 'never', withinDays: 1 }, { id: 'j', type: 'jump', to: 'g', most: 1, hours: 3 }, x],
        'in>g g>j j>x',
      ),
    script: [
      ['0m', 'Start'],
      ['2h', (k) => trailIs(k, ['enter in', 'arrive g', 'arrive j'])],
      ['3h', nothing],
    ],
    trail: ['enter in', 'arrive g', 'arrive j', 'arrive g', 'arrive j', 'exit x completed'],
  },
  {
    name: 'each round is a message of its own',
    graph: (k) => graph([start(k), send(k), wait({ days: 2 }), { id: 'j', type: 'jump', to: 's', most: 1 }, x], 'in>s s>w w>j j>x'),
    script: [
      ['0m', 'Start'],
      ['2d', nothing],
      ['4d', nothing],
    ],
    trail: ['enter in', 'arrive s', 'arrive w', 'arrive j', 'arrive s', 'arrive w', 'arrive j', 'exit x completed'],
    more: async (k) => expect(await k.texts()).toHaveLength(2),
  },
  {
    name: 'each round goes its own way by the branch',
    graph: (k) =>
      graph(
        [
          start(k),
          { id: 'b', type: 'branch', branches: [{ key: 'a', name: 'A', rule: { event: k.ev('Buy') } }] },
          wait(),
          { id: 'j', type: 'jump', to: 'b', most: 5 },
          x,
        ],
        'in>b b:a>x b:else>w w>j j>x',
      ),
    script: [
      ['0m', 'Start'],
      ['30m', 'Buy'],
      ['1h', nothing],
    ],
    trail: ['enter in', 'branch b:else', 'arrive w', 'arrive j', 'branch b:a', 'exit x completed'],
    more: async (k) => expect(await k.h.told(k.user('u'), 'Journey Branched')).toHaveLength(2),
  },
  {
    name: 'into another journey',
    graph: async (k) => {
      others.set(k.no, await k.h.launch(graph([{ id: 'in', type: 'entry', api: true }, x], 'in>x')));
      return graph([start(k), { id: 'j', type: 'jump', journey: others.get(k.no) }], 'in>j');
    },
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive j', 'leave j jumped'],
    more: async (k) => expect(await k.h.trail(others.get(k.no)!, k.user('u'))).toEqual(through),
  },
  {
    name: 'two journeys that lead into each other end somewhere',
    graph: async (k) => {
      const other = await k.h.launch(graph([{ id: 'in', type: 'entry', api: true, reentry: 'always' }, x], 'in>x'));
      others.set(k.no, other);
      return graph([start(k, { reentry: 'always' }), { id: 'j', type: 'jump', journey: other }], 'in>j');
    },
    script: [
      [
        '0m',
        (k) =>
          k.h.current.journeys.change(ws, others.get(k.no)!, {
            graph: graph(
              [
                { id: 'in', type: 'entry', api: true, reentry: 'always' },
                { id: 'j', type: 'jump', journey: k.journey },
              ],
              'in>j',
            ),
          }),
      ],
      ['1m', 'Start'],
      ...Array.from({ length: 12 }, (_, i): readonly [string, () => Promise<void>] => [`${i + 2}m`, nothing]),
    ],
    trail: [
      ...Array.from({ length: 10 }, () => ['enter in', 'arrive j', 'leave j jumped']).flat(),
      'enter in',
      'arrive j',
      'leave j jump_limit',
    ],
  },

  // Leaving early.
  {
    name: 'a goal lets out',
    graph: (k) => graph([start(k), wait(), { id: 'g', type: 'goal', event: k.ev('Buy'), withinDays: 1, exit: true }, x], 'in>w w>x'),
    script: [
      ['0m', 'Start'],
      ['1m', 'Buy'],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'convert g', 'leave w converted'],
  },
  {
    name: 'a goal of this cart only',
    graph: (k) =>
      graph(
        [
          start(k),
          wait(),
          { id: 'g', type: 'goal', event: k.ev('Buy'), withinDays: 1, match: [{ property: 'cart_id', entry: 'cart_id' }] },
          x,
        ],
        'in>w w>x',
      ),
    script: [
      ['0m', 'Start', { cart_id: 'a' }],
      ['0m', 'Start', { cart_id: 'b' }, { user: 'b' }],
      ['1m', 'Buy', { cart_id: 'a' }],
      ['1m', 'Buy', { cart_id: 'a' }, { user: 'b' }],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'convert g', 'exit x completed'],
    also: { b: ['enter in', 'arrive w', 'exit x completed'] },
  },
  {
    name: 'an exit rule by an event',
    graph: (k) => graph([start(k), wait(), { id: 'q', type: 'exitRule', event: k.ev('Stop') }, x], 'in>w w>x'),
    script: [
      ['0m', 'Start'],
      ['1m', 'Stop'],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'leave w exit_rule'],
  },
  {
    name: 'an exit rule by an event of before does nothing',
    graph: (k) => graph([start(k), wait(), { id: 'q', type: 'exitRule', event: k.ev('Stop') }, x], 'in>w w>x'),
    script: [
      ['1m', 'Start'],
      ['2m', 'Stop', {}, { at: '30s' }],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'an exit rule of this cart only',
    graph: (k) =>
      graph(
        [
          start(k, { key: 'cart_id' }),
          wait(),
          { id: 'q', type: 'exitRule', event: k.ev('Stop'), match: [{ property: 'cart_id', entry: 'cart_id' }] },
          x,
        ],
        'in>w w>x',
      ),
    script: [
      ['0m', 'Start', { cart_id: 'a' }],
      ['1m', 'Start', { cart_id: 'b' }],
      ['2m', 'Stop', { cart_id: 'a' }],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'leave w exit_rule', 'enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'an exit rule that an event makes hold',
    graph: (k) =>
      graph([start(k), wait(), { id: 'q', type: 'exitRule', rule: { event: k.ev('Buy'), count: { op: '>=', value: 2 } } }, x], 'in>w w>x'),
    script: [
      ['0m', 'Start'],
      ['1m', 'Buy'],
      ['2m', 'Buy'],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'leave w exit_rule'],
  },
  {
    name: 'an exit rule that time makes hold, before the next step',
    graph: (k) =>
      graph(
        [
          start(k),
          wait({ days: 2 }),
          { id: 'q', type: 'exitRule', rule: { not: { event: k.ev('Start'), within: { days: 1 } } } },
          send(k),
          x,
        ],
        'in>w w>s s>x',
      ),
    script: [
      ['0m', 'Start'],
      ['2d', nothing],
    ],
    trail: ['enter in', 'arrive w', 'leave w exit_rule'],
    more: async (k) => expect(await k.texts()).toEqual([]),
  },
];
