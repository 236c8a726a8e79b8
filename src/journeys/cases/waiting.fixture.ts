import { type Case, graph } from '../table.fixture.ts';
import { either, nothing, opens, start, straight, trailIs, until, wait, x } from './bricks.fixture.ts';

export const waiting: Case[] = [
  // Waiting.
  {
    name: 'wait, then go on',
    graph: (k) => straight(k, wait()),
    script: [
      ['0m', 'Start'],
      ['59m', nothing],
      ['1h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'wait to the minute',
    graph: (k) => straight(k, wait()),
    script: [
      ['0m', 'Start'],
      ['59m', (k) => trailIs(k, ['enter in', 'arrive w'])],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed'],
  },
  // The clock begins at 10:00 in the workspace's zone.
  {
    name: 'wait for a time of day, so many days after coming in',
    graph: (k) => straight(k, wait({ day: 1, at: '09:30' })),
    script: [
      ['0m', 'Start'],
      ['23h', (k) => trailIs(k, ['enter in', 'arrive w'])],
      ['23h 30m', nothing],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'a time of the first day that is over is no wait',
    graph: (k) => straight(k, wait({ day: 0, at: '09:00' })),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'who was held up beyond the day goes on at the next such time, once a day',
    graph: (k) =>
      graph(
        [start(k), wait({ days: 3 }), wait({ day: 1, at: '11:00' }, 'w1'), wait({ day: 2, at: '11:00' }, 'w2'), x],
        'in>w w>w1 w1>w2 w2>x',
      ),
    script: [
      ['0m', 'Start'],
      ['3d', nothing],
      ['3d 59m', (k) => trailIs(k, ['enter in', 'arrive w', 'arrive w1'])],
      ['3d 1h', nothing],
      ['4d 59m', (k) => trailIs(k, ['enter in', 'arrive w', 'arrive w1', 'arrive w2'])],
      ['4d 1h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'arrive w1', 'arrive w2', 'exit x completed'],
  },
  {
    name: 'wait until the event comes',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['0m', 'Start'],
      ['1h', 'Buy'],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'wait no longer than said',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['0m', 'Start'],
      ['2h', nothing],
      ['3h', 'Buy'],
    ],
    trail: ['enter in', 'arrive u', 'turn u:timeout', 'exit x completed'],
  },
  {
    name: 'an event at the very end still counts',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['0m', 'Start'],
      ['2h', 'Buy'],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'an event of before the entry counts for nothing',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['1m', 'Start'],
      ['2m', 'Buy', {}, { at: '30s' }],
      ['3h', nothing],
    ],
    trail: ['enter in', 'arrive u', 'turn u:timeout', 'exit x completed'],
  },
  {
    name: 'an event that landed before the entry, but happened after it, counts',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['5m', 'Buy', {}, { at: '4m' }],
      ['6m', 'Start', {}, { at: '3m' }],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'an event that comes by the way in the same batch counts',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['5m', 'Start', {}, { at: '3m' }],
      ['5m', 'Buy', {}, { at: '4m' }],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'an event in time that lands when the wait is over comes too late',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['0m', 'Start'],
      ['2h', nothing],
      ['3h', 'Buy', {}, { at: '1h' }],
    ],
    trail: ['enter in', 'arrive u', 'turn u:timeout', 'exit x completed'],
  },
  {
    name: 'an event after the end that is seen first does not count',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['0m', 'Start'],
      ['130m', 'Buy'],
    ],
    trail: ['enter in', 'arrive u', 'turn u:timeout', 'exit x completed'],
  },
  {
    name: 'wait for an event with conditions',
    graph: (k) => either(k, until({ event: k.ev('Buy'), where: [{ property: 'price', op: '>=', value: 10 }] })),
    script: [
      ['0m', 'Start'],
      ['10m', 'Buy', { price: 9 }],
      ['3h', nothing],
    ],
    trail: ['enter in', 'arrive u', 'turn u:timeout', 'exit x completed'],
  },
  {
    name: 'abandoned cart: the order of this cart ends it',
    graph: (k) => either(k, until({ event: k.ev('Buy'), match: [{ property: 'cart_id', entry: 'cart_id' }] })),
    script: [
      ['0m', 'Start', { cart_id: 'a' }],
      ['1h', 'Buy', { cart_id: 'a' }],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'abandoned cart: the order of another cart does not',
    graph: (k) => either(k, until({ event: k.ev('Buy'), match: [{ property: 'cart_id', entry: 'cart_id' }] })),
    script: [
      ['0m', 'Start', { cart_id: 'a' }],
      ['1h', 'Buy', { cart_id: 'b' }],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive u', 'turn u:timeout', 'exit x completed'],
  },
  {
    name: 'abandoned cart: numbers match as well',
    graph: (k) => either(k, until({ event: k.ev('Buy'), match: [{ property: 'cart.no', entry: 'cart.no' }] })),
    script: [
      ['0m', 'Start', { cart: { no: 12 } }],
      ['1h', 'Buy', { cart: { no: 12 } }],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'an entry that says nothing of it matches nothing',
    graph: (k) => either(k, until({ event: k.ev('Buy'), match: [{ property: 'cart_id', entry: 'cart_id' }] })),
    script: [
      ['0m', 'Start'],
      ['1h', 'Buy'],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive u', 'turn u:timeout', 'exit x completed'],
  },
  {
    name: 'two carts at once, each with its own order',
    graph: (k) => either(k, until({ event: k.ev('Buy'), match: [{ property: 'cart_id', entry: 'cart_id' }] }), { key: 'cart_id' }),
    script: [
      ['0m', 'Start', { cart_id: 'a' }],
      ['1m', 'Start', { cart_id: 'b' }],
      ['1h', 'Buy', { cart_id: 'b' }],
      ['3h', nothing],
    ],
    trail: ['enter in', 'arrive u', 'turn u:timeout', 'exit x completed', 'enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'what happened while waiting before does not count for the next',
    graph: (k) => graph([start(k), wait(), until({ event: k.ev('Buy') }), x], 'in>w w>u u:met>x u:timeout>x'),
    script: [
      ['0m', 'Start'],
      ['30m', 'Buy'],
      ['1h', nothing],
      ['3h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'arrive u', 'turn u:timeout', 'exit x completed'],
  },
  {
    name: 'one event ends one wait, not two',
    graph: (k) =>
      graph(
        [start(k), until({ event: k.ev('Buy') }), until({ event: k.ev('Buy') }, 'u2'), x],
        'in>u u:met>u2 u:timeout>x u2:met>x u2:timeout>x',
      ),
    script: [
      ['0m', 'Start'],
      ['1h', 'Buy'],
      ['3h', nothing],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'arrive u2', 'turn u2:timeout', 'exit x completed'],
  },
  {
    name: 'wait until a rule holds: it holds already',
    graph: (k) => either(k, until({ rule: { event: k.ev('Start') } })),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'wait until a rule holds: an event makes it hold',
    graph: (k) => either(k, until({ rule: { event: k.ev('Buy'), count: { op: '>=', value: 2 } } })),
    script: [
      ['0m', 'Start'],
      ['10m', 'Buy'],
      ['20m', 'Buy'],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'wait until a rule holds: a trait makes it hold',
    graph: (k) => either(k, until({ rule: { trait: 'city', op: '=', value: 'Hangzhou' } })),
    script: [
      ['0m', 'Start'],
      ['10m', (k) => k.identify('u', { city: 'Hangzhou' })],
      ['11m', nothing],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'wait until a rule holds: it never does',
    graph: (k) => either(k, until({ rule: { event: k.ev('Buy') } })),
    script: [
      ['0m', 'Start'],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive u', 'turn u:timeout', 'exit x completed'],
  },
  {
    name: 'wait until a rule holds that time alone makes true',
    graph: (k) => either(k, until({ days: 3, hours: undefined, rule: { not: { event: k.ev('Start'), within: { days: 1 } } } })),
    script: [
      ['0m', 'Start'],
      ['12h', nothing],
      ['1d', nothing],
      ['25h', nothing],
      ['31h', nothing],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },

  // Hours.
  {
    name: 'a window that is open lets through',
    graph: (k) => straight(k, opens('09:00', '18:00')),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive o', 'exit x completed'],
  },
  {
    name: 'a window that is closed lets through when it opens',
    graph: (k) => straight(k, opens('14:00', '18:00')),
    script: [
      ['0m', 'Start'],
      ['4h', nothing],
    ],
    trail: ['enter in', 'arrive o', 'exit x completed'],
  },
  {
    name: 'and not before',
    graph: (k) => graph([start(k), opens('14:00', '18:00', [6]), x], 'in>o o>x'),
    script: [
      ['0m', 'Start'],
      ['4h', (k) => trailIs(k, ['enter in', 'arrive o'])],
      ['124h', nothing],
    ],
    trail: ['enter in', 'arrive o', 'exit x completed'],
  },
  {
    name: 'a window over midnight',
    graph: (k) => graph([start(k), wait({ hours: 16 }), opens('22:00', '08:00'), x], 'in>w w>o o>x'),
    script: [
      ['0m', 'Start'],
      ['16h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'arrive o', 'exit x completed'],
  },
  {
    name: 'a window that has closed again when somebody is looked at stays closed',
    graph: (k) => straight(k, opens('10:40', '10:50')),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive o'],
  },
];
