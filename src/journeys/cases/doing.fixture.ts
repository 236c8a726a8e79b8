import { expect } from 'vitest';
import { type Case, graph } from '../table.fixture.ts';
import { nothing, send, start, straight, wait, x } from './bricks.fixture.ts';

export const doing: Case[] = [
  // What is done.
  {
    name: 'a message',
    graph: (k) => straight(k, send(k)),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive s', 'exit x completed'],
    more: async (k) => expect(await k.texts()).toHaveLength(1),
  },
  {
    name: 'a message that says what the entry said',
    graph: async (k) => straight(k, send(k, { contentId: await k.text('Still there: {{ entry.product }}') })),
    script: [['0m', 'Start', { product: 'Tea' }]],
    trail: ['enter in', 'arrive s', 'exit x completed'],
    more: async (k) => expect(await k.texts()).toEqual(['Still there: Tea']),
  },
  {
    name: 'what fits best',
    graph: async (k) => straight(k, send(k, { contentId: 'auto', among: [await k.text('Fits')] })),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive s', 'exit x completed'],
    more: async (k) => expect(await k.texts()).toEqual(['Fits']),
  },
  {
    name: 'nothing where nothing fits',
    graph: (k) => straight(k, send(k, { contentId: 'auto' })),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive s nothing_fits', 'exit x completed'],
    more: async (k) => expect(await k.texts()).toEqual([]),
  },
  {
    name: 'the next channel where the first does not reach them',
    graph: async (k) =>
      straight(k, send(k, { channel: 'wecom', fallback: [{ channel: 'webhook', contentId: await k.text('By the other way') }] })),
    script: [
      ['0m', 'Start'],
      ['1m', nothing],
    ],
    trail: ['enter in', 'arrive s', 'exit x completed'],
    more: async (k) => expect(await k.texts()).toEqual(['By the other way']),
  },
  {
    name: 'a tag, by which a later branch goes',
    graph: (k) =>
      graph(
        [
          start(k),
          { id: 't', type: 'tag', add: `tag${k.no}` },
          wait({ minutes: 1 }),
          { id: 'b', type: 'branch', branches: [{ key: 'a', name: 'A', rule: { tag: `tag${k.no}` } }] },
          x,
        ],
        'in>t t>w w>b b:a>x b:else>x',
      ),
    script: [
      ['0m', 'Start'],
      ['1m', nothing],
    ],
    trail: ['enter in', 'arrive t', 'arrive w', 'branch b:a', 'exit x completed'],
  },
  {
    name: 'a tag taken away again',
    graph: (k) =>
      graph(
        [
          start(k),
          { id: 't', type: 'tag', add: `tag${k.no}` },
          wait({ minutes: 1 }),
          { id: 't2', type: 'tag', remove: `tag${k.no}` },
          wait({ minutes: 1 }, 'w2'),
          { id: 'b', type: 'branch', branches: [{ key: 'a', name: 'A', rule: { tag: `tag${k.no}` } }] },
          x,
        ],
        'in>t t>w w>t2 t2>w2 w2>b b:a>x b:else>x',
      ),
    script: [
      ['0m', 'Start'],
      ['1m', nothing],
      ['2m', nothing],
    ],
    trail: ['enter in', 'arrive t', 'arrive w', 'arrive t2', 'arrive w2', 'branch b:else', 'exit x completed'],
  },
  {
    name: 'a coupon, and its code in the next message',
    graph: async (k) =>
      graph(
        [start(k), { id: 'c', type: 'coupon', couponId: `cpn${k.no}` }, send(k, { contentId: await k.text('Code {{ coupon.code }}') }), x],
        'in>c c:issued>s s>x',
      ),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive c', 'turn c:issued', 'arrive s', 'exit x completed'],
    more: async (k) => expect((await k.texts())[0]).toMatch(new RegExp(`^Code cpn${k.no}-\\d+$`)),
  },
  {
    name: 'a coupon that is gone',
    graph: (k) =>
      graph([start(k), { id: 'c', type: 'coupon', couponId: 'cpn_none' }, wait({ minutes: 1 }), x], 'in>c c:issued>x c:refused>w w>x'),
    script: [
      ['0m', 'Start'],
      ['1m', nothing],
    ],
    trail: ['enter in', 'arrive c', 'turn c:refused', 'arrive w', 'exit x completed'],
  },
  {
    name: 'a coupon that is gone, where no way leads on',
    graph: (k) => graph([start(k), { id: 'c', type: 'coupon', couponId: 'cpn_none' }, x], 'in>c c:issued>x'),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive c', 'turn c:refused', 'leave c completed'],
  },
  {
    name: 'a task for staff',
    graph: (k) => straight(k, { id: 'k', type: 'task', text: `Call ${k.no}` } as { id: string }),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive k', 'exit x completed'],
    more: async (k) => expect([...k.h.rooms.tasks.values()].filter((t) => t.text === `Call ${k.no}`)).toHaveLength(1),
  },
  {
    name: 'a notice to the webhook',
    graph: (k) => straight(k, { id: 'n', type: 'webhook', topic: `topic-${k.no}` } as { id: string }),
    script: [['0m', 'Start', { a: 1 }]],
    trail: ['enter in', 'arrive n', 'exit x completed'],
    more: async (k) =>
      expect([...k.h.rooms.notices.values()]).toContainEqual(expect.objectContaining({ topic: `topic-${k.no}`, entry: { a: 1 } })),
  },
  {
    name: 'an invitation to a group',
    graph: async (k) =>
      straight(k, { id: 'j', type: 'group', touchpointId: 'tp_g', channel: 'webhook', contentId: await k.text('Join {{ group.url }}') } as {
        id: string;
      }),
    script: [['0m', 'Start']],
    trail: ['enter in', 'arrive j', 'exit x completed'],
    more: async (k) => expect(await k.texts()).toEqual(['Join https://yutang.example/g/tp_g']),
  },
];
