import { expect } from 'vitest';
import { ws } from '../journeys.fixture.ts';
import { type Case, graph } from '../table.fixture.ts';
import { changed, either, late, nothing, send, start, straight, trailIs, until, wait, x } from './bricks.fixture.ts';

export const changing: Case[] = [
  // Other versions, while people are inside.
  {
    name: 'a new version: who is inside keeps theirs',
    graph: (k) => straight(k, wait()),
    script: [
      ['0m', 'Start'],
      ['1m', (k) => changed(graph([start(k), x], 'in>x'), {})(k)],
      ['1h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'a new version: who is inside goes on in it, as long as they were to wait',
    graph: (k) => straight(k, wait()),
    script: [
      ['0m', 'Start'],
      ['1m', (k) => changed(graph([start(k), wait({ days: 9 }), send(k), x], 'in>w w>s s>x'), { inside: 'move' })(k)],
      ['1h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'move w', 'arrive s', 'exit x completed'],
    more: async (k) => expect(await k.h.told(k.user('u'), 'Journey Moved')).toEqual(['Journey Moved w']),
  },
  {
    name: 'a new version without their node: they leave',
    graph: (k) => straight(k, wait()),
    script: [
      ['0m', 'Start'],
      ['1m', (k) => changed(graph([start(k), x], 'in>x'), { inside: 'move' })(k)],
    ],
    trail: ['enter in', 'arrive w', 'leave w version'],
  },
  {
    name: 'a new version: into the node that is named for theirs',
    graph: (k) => straight(k, wait()),
    script: [
      ['0m', 'Start'],
      ['1m', (k) => changed(graph([start(k), send(k), x], 'in>s s>x'), { inside: 'move', map: { w: 's' } })(k)],
    ],
    trail: ['enter in', 'arrive w', 'move s', 'arrive s', 'exit x completed'],
  },

  // Standing still.
  {
    name: 'what comes while a journey stands still ends a wait when it goes on',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['0m', 'Start'],
      ['1m', (k) => k.h.current.journeys.pause(ws, k.journey)],
      ['2m', 'Buy'],
      ['3m', (k) => trailIs(k, ['enter in', 'arrive u'])],
      ['4m', (k) => k.h.current.journeys.resume(ws, k.journey)],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'a journey that ends lets out who waits for something',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['0m', 'Start'],
      ['1m', (k) => k.h.current.journeys.archive(ws, k.journey)],
      ['2m', 'Buy'],
    ],
    trail: ['enter in', 'arrive u', 'leave u archived'],
  },

  // Who turns out to be one.
  {
    name: 'a wait goes on for the one who stays, and ends by what the other does',
    graph: (k) => either(k, until({ event: k.ev('Buy') })),
    script: [
      ['0m', 'Start', {}, { user: 'anon:' }],
      ['1m', 'Signed In', {}, { also: 'anon:' }],
      ['2m', 'Buy'],
    ],
    trail: ['enter in', 'arrive u', 'turn u:met', 'exit x completed'],
  },
  {
    name: 'two carts of two who are one stay two',
    graph: (k) => straight(k, wait(), { key: 'cart_id' }),
    script: [
      ['0m', 'Start', { cart_id: 'a' }, { user: 'anon:' }],
      ['1m', 'Start', { cart_id: 'b' }],
      ['2m', 'Signed In', {}, { also: 'anon:' }],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed', 'enter in', 'arrive w', 'exit x completed'],
  },
  {
    name: 'the same cart of two who are one goes on once',
    graph: (k) => straight(k, wait(), { key: 'cart_id' }),
    script: [
      ['0m', 'Start', { cart_id: 'a' }, { user: 'anon:' }],
      ['1m', 'Start', { cart_id: 'a' }],
      ['2m', 'Signed In', {}, { also: 'anon:' }],
      ['2h', nothing],
    ],
    trail: ['enter in', 'arrive w', 'exit x completed', 'enter in', 'arrive w', 'leave w merged'],
  },
  {
    name: 'nobody is left anywhere',
    graph: (k) => straight(k, wait({ days: 30 })),
    script: [['0m', 'Start'], late],
    trail: ['enter in', 'arrive w', 'exit x completed'],
  },
];
