import { ws } from '../journeys.fixture.ts';
import { type Case, graph } from '../table.fixture.ts';
import { ask, audience, audiences, birthday, nothing, start, straight, through, wait, x } from './bricks.fixture.ts';

export const entering: Case[] = [
  // Who enters.
  {
    name: 'whoever does the event, once',
    graph: (k) => graph([start(k), x], 'in>x'),
    script: [
      ['0m', 'Start'],
      ['1m', 'Start'],
    ],
    trail: through,
  },
  {
    name: 'nobody by an event that does not meet the conditions',
    graph: (k) => graph([start(k, { where: [{ property: 'price', op: '>', value: 5 }] }), x], 'in>x'),
    script: [['0m', 'Start', { price: 5 }]],
    trail: [],
  },
  {
    name: 'by going out of an audience',
    graph: async (k) => graph([{ id: 'in', type: 'entry', audience: await audience(k), on: 'exit' }, x], 'in>x'),
    script: [['0m', (k) => k.h.happen(k.user('u'), 'Audience Exited', { audienceId: audiences.get(k.no) }, { source: 'yutang' })]],
    trail: through,
  },
  {
    name: 'not by coming into it, where it is about going out',
    graph: async (k) => graph([{ id: 'in', type: 'entry', audience: await audience(k), on: 'exit' }, x], 'in>x'),
    script: [['0m', (k) => k.h.happen(k.user('u'), 'Audience Entered', { audienceId: audiences.get(k.no) }, { source: 'yutang' })]],
    trail: [],
  },
  {
    name: 'by a touchpoint',
    graph: (k) => graph([{ id: 'in', type: 'entry', touchpoint: `tp_${k.no}` }, x], 'in>x'),
    script: [['0m', (k) => k.h.happen(k.user('u'), 'Touchpoint Entered', { touchpointId: `tp_${k.no}` })]],
    trail: through,
  },
  {
    name: 'not by another touchpoint',
    graph: (k) => graph([{ id: 'in', type: 'entry', touchpoint: `tp_${k.no}` }, x], 'in>x'),
    script: [['0m', 'Touchpoint Entered', { touchpointId: 'tp_other' }]],
    trail: [],
  },
  {
    name: 'by the second of two entries, and not by the first after that',
    graph: (k) => graph([start(k), { id: 'in2', type: 'entry', event: k.ev('Other') }, wait({ minutes: 1 }), x], 'in>x in2>w w>x'),
    script: [
      ['0m', 'Other'],
      ['2m', 'Start'],
      ['3m', nothing],
    ],
    trail: ['enter in2', 'arrive w', 'exit x completed'],
  },
  {
    name: 'by a program, once for a key',
    graph: () => graph([{ id: 'in', type: 'entry', api: true, reentry: 'always' }, x], 'in>x'),
    script: [
      ['0m', 'Seen'],
      ['1m', (k) => ask(k, 'k1')],
      ['2m', (k) => ask(k, 'k1')],
    ],
    trail: through,
  },
  {
    name: 'by a program twice with two keys, where people may come again',
    graph: () => graph([{ id: 'in', type: 'entry', api: true, reentry: 'always' }, x], 'in>x'),
    script: [
      ['0m', 'Seen'],
      ['1m', (k) => Promise.all([ask(k, 'k1'), ask(k, 'k2')])],
    ],
    trail: [...through, ...through],
  },
  {
    name: 'by a program, with what it says about them',
    graph: () =>
      graph(
        [
          { id: 'in', type: 'entry', api: true },
          { id: 'b', type: 'branch', branches: [{ key: 'gold', name: 'Gold', entry: [{ property: 'card', op: '=', value: 'gold' }] }] },
          x,
        ],
        'in>b b:gold>x b:else>x',
      ),
    script: [
      ['0m', 'Seen'],
      ['1m', (k) => ask(k, 'k', { card: 'gold' })],
    ],
    trail: ['enter in', 'branch b:gold', 'exit x completed'],
  },
  {
    name: 'at one instant, whoever a rule holds of',
    graph: (k) =>
      graph(
        [
          { id: 'in', type: 'entry', schedule: { at: new Date(k.h.clock.ms() + 86_400_000).toISOString() }, rule: { event: k.ev('Seen') } },
          x,
        ],
        'in>x',
      ),
    script: [
      ['0m', 'Seen'],
      ['23h', nothing],
      ['1d', nothing],
      ['2d', nothing],
    ],
    trail: through,
  },
  {
    name: 'by the clock again and again',
    graph: (k) =>
      graph([{ id: 'in', type: 'entry', schedule: { cron: '0 12 * * *' }, rule: { event: k.ev('Seen') }, reentry: 'always' }, x], 'in>x'),
    script: [
      ['0m', 'Seen'],
      ['2h', nothing],
      ['26h', nothing],
      ['27h', (k) => k.h.current.journeys.archive(ws, k.journey)],
    ],
    trail: [...through, ...through],
  },
  {
    name: 'by the clock, all of an audience',
    graph: async (k) =>
      graph(
        [{ id: 'in', type: 'entry', schedule: { cron: '0 12 * * 1' }, audience: await audience(k, { event: k.ev('Seen') }) }, x],
        'in>x',
      ),
    script: [
      ['0m', 'Seen'],
      ['2h', nothing],
    ],
    trail: through,
  },
  {
    name: 'not by the clock for what was missed while it stood still',
    graph: (k) =>
      graph(
        [
          { id: 'in', type: 'entry', schedule: { cron: '30 10 * * *' }, rule: { event: k.ev('Seen') }, reentry: 'always' },
          wait({ minutes: 1 }),
          x,
        ],
        'in>w w>x',
      ),
    script: [
      ['0m', 'Seen'],
      ['20m', (k) => k.h.current.journeys.pause(ws, k.journey)],
      ['5d', (k) => k.h.current.journeys.resume(ws, k.journey)],
      ['5d 1m', (k) => k.h.current.journeys.archive(ws, k.journey)],
    ],
    trail: [],
  },
  {
    name: 'on a birthday, every year',
    graph: () => birthday({ trait: 'birthday', at: '11:00', yearly: true }),
    script: [
      ['0m', 'Seen'],
      ['1m', (k) => k.identify('u', { birthday: '1990-03-02' })],
      ['1h', nothing],
    ],
    trail: through,
  },
  {
    name: 'three days before a birthday',
    graph: () => birthday({ trait: 'birthday', days: -3, at: '11:00', yearly: true }),
    script: [
      ['0m', 'Seen'],
      ['1m', (k) => k.identify('u', { birthday: '1990-03-05' })],
      ['1h', nothing],
    ],
    trail: through,
  },
  {
    name: 'on a birthday of which only month and day are known',
    graph: () => birthday({ trait: 'birthday', at: '11:00', yearly: true }),
    script: [
      ['0m', 'Seen'],
      ['1m', (k) => k.identify('u', { birthday: '03-02' })],
      ['1h', nothing],
    ],
    trail: through,
  },
  {
    name: 'not on the same day of another year, where it is not every year',
    graph: () => birthday({ trait: 'expires', at: '11:00' }),
    script: [
      ['0m', 'Seen'],
      ['1m', (k) => k.identify('u', { expires: '2025-03-02' })],
      ['1h', nothing],
    ],
    trail: [],
  },
  {
    name: 'on a day of whom its rule holds, and no other',
    graph: (k) => birthday({ trait: 'expires', days: 1, at: '11:00' }, { rule: { event: k.ev('Seen') } }),
    script: [
      ['0m', 'Seen'],
      ['1m', (k) => Promise.all([k.identify('u', { expires: '2026-03-01' }), k.identify('b', { expires: '2026-03-01' })])],
      ['1h', nothing],
    ],
    trail: through,
    also: { b: [] },
  },

  // Again, and at once.
  {
    name: 'again only after the days',
    graph: (k) => graph([start(k, { reentry: { afterDays: 2 } }), x], 'in>x'),
    script: [
      ['0m', 'Start'],
      ['1d', 'Start'],
      ['3d', 'Start'],
    ],
    trail: [...through, ...through],
  },
  {
    name: 'always, but not while inside',
    graph: (k) => straight(k, wait(), { reentry: 'always' }),
    script: [
      ['0m', 'Start'],
      ['30m', 'Start'],
      ['1h', nothing],
      ['2h', 'Start'],
      ['3h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed', 'enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'two at once, and no third',
    graph: (k) => straight(k, wait(), { reentry: 'always', most: 2 }),
    script: [
      ['0m', 'Start'],
      ['1m', 'Start'],
      ['2m', 'Start'],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed', 'enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'two at once also where both events land together',
    graph: (k) => straight(k, wait(), { reentry: 'always', most: 2 }),
    script: [
      ['1m', 'Start', {}, { at: '30s' }],
      ['1m', 'Start'],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed', 'enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'the newest wins',
    graph: (k) => straight(k, wait(), { reentry: 'always', over: 'replace' }),
    script: [
      ['0m', 'Start'],
      ['30m', 'Start'],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'leave w replaced', 'enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'once for each cart',
    graph: (k) => straight(k, wait(), { key: 'cart_id' }),
    script: [
      ['0m', 'Start', { cart_id: 'a' }],
      ['1m', 'Start', { cart_id: 'b' }],
      ['2m', 'Start', { cart_id: 'a' }],
      ['3h', 'Start', { cart_id: 'b' }],
      ['5h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed', 'enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'for the same cart the newest wins, another cart stays',
    graph: (k) => straight(k, wait(), { key: 'cart_id', reentry: 'always', over: 'replace' }),
    script: [
      ['0m', 'Start', { cart_id: 'a' }],
      ['1m', 'Start', { cart_id: 'b' }],
      ['2m', 'Start', { cart_id: 'a' }],
      ['2h', nothing],
    ],
    trail: [
      'enter in',
      'arrive w',
      'leave w replaced',
      'enter in',
      'arrive w',
      'exit x completed',
      'enter in',
      'arrive w',
      'exit x completed',
    ],
  },
];
