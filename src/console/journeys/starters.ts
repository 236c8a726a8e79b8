import type { Graph } from '../api/journeys.ts';
import { newGraph } from './graph.ts';

export type StarterKey = 'second' | 'welcome' | 'blank';
export const STARTERS: StarterKey[] = ['second', 'welcome', 'blank'];

/** Journeys that most pools begin with; content is chosen by whoever takes them up. */
export function starterGraph(key: string | undefined): Graph {
  if (key === 'second')
    return {
      nodes: [
        { id: 'entry', type: 'entry', event: 'Order Completed', reentry: 'never' },
        { id: 'wait-1', type: 'wait', days: 3 },
        {
          id: 'branch-1',
          type: 'branch',
          branches: [{ key: 'a', name: '已复购', rule: { event: 'Order Completed', count: { op: '>=', value: 2 } } }],
        },
        {
          id: 'split-1',
          type: 'split',
          branches: [
            { key: 'a', name: 'A', weight: 50 },
            { key: 'b', name: 'B', weight: 50 },
          ],
        },
        { id: 'send-1', type: 'send', channel: 'wecom' },
        { id: 'send-2', type: 'send', channel: 'wecom' },
        { id: 'exit-1', type: 'exit' },
        { id: 'goal-1', type: 'goal', event: 'Order Completed', withinDays: 7 },
      ],
      edges: [
        { from: 'entry', to: 'wait-1' },
        { from: 'wait-1', to: 'branch-1' },
        { from: 'branch-1', to: 'exit-1', branch: 'a' },
        { from: 'branch-1', to: 'split-1', branch: 'else' },
        { from: 'split-1', to: 'send-1', branch: 'a' },
        { from: 'split-1', to: 'send-2', branch: 'b' },
        { from: 'send-1', to: 'exit-1' },
        { from: 'send-2', to: 'exit-1' },
      ],
    };
  if (key === 'welcome')
    return {
      nodes: [
        { id: 'entry', type: 'entry', event: 'Friend Added', reentry: 'never' },
        { id: 'wait-1', type: 'wait', minutes: 10 },
        { id: 'send-1', type: 'send', channel: 'wecom' },
        { id: 'exit-1', type: 'exit' },
        { id: 'goal-1', type: 'goal', event: 'Order Completed', withinDays: 14 },
      ],
      edges: [
        { from: 'entry', to: 'wait-1' },
        { from: 'wait-1', to: 'send-1' },
        { from: 'send-1', to: 'exit-1' },
      ],
    };
  return newGraph();
}
