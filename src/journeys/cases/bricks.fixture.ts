import { expect } from 'vitest';
import { ws } from '../journeys.fixture.ts';
import { graph, type Kit } from '../table.fixture.ts';

export const x = { id: 'x', type: 'exit' };
export const start = (k: Kit, more: object = {}) => ({ id: 'in', type: 'entry', event: k.ev('Start'), ...more });
export const wait = (span: object = { hours: 1 }, id = 'w') => ({ id, type: 'wait', ...span });
export const send = (k: Kit, more: object = {}, id = 's') => ({ id, type: 'send', channel: 'webhook', contentId: k.h.contentId, ...more });
export const until = (more: object, id = 'u') => ({ id, type: 'until', hours: 2, ...more });
export const opens = (from: string, to: string, weekdays?: number[]) => ({
  id: 'o',
  type: 'window',
  from,
  to,
  ...(weekdays ? { weekdays } : {}),
});
export const straight = (k: Kit, node: { id: string }, entry: object = {}) =>
  graph([start(k, entry), node, x], `in>${node.id} ${node.id}>x`);
export const either = (k: Kit, node: { id: string }, entry: object = {}) =>
  graph([start(k, entry), node, x], `in>${node.id} ${node.id}:met>x ${node.id}:timeout>x`);
export const branch = (k: Kit, branches: object[], entry: object = {}) =>
  graph(
    [start(k, entry), { id: 'b', type: 'branch', branches }, x],
    `in>b ${branches.map((b) => `b:${(b as { key: string }).key}>x`).join(' ')} b:else>x`,
  );
export const nothing = async (): Promise<void> => {};
export const through = ['enter in', 'exit x completed'];
export const late: readonly ['40d', () => Promise<void>] = ['40d', nothing];
export const birthday = (date: object, more: object = {}) => graph([{ id: 'in', type: 'entry', date, ...more }, x], 'in>x');
export const changed = (to: object, how: object) => (k: Kit) => k.h.current.journeys.change(ws, k.journey, { graph: to, ...how });

export const audiences = new Map<number, string>();
export const others = new Map<number, string>();
export async function audience(k: Kit, rule: object = { event: 'nothing' }): Promise<string> {
  const made = await k.h.audience.addAudience(ws, { name: `A${k.no}`, rule: k.h.audience.parse(rule), live: false });
  audiences.set(k.no, made.id);
  return made.id;
}
export const ask = async (k: Kit, key: string, data?: Record<string, unknown>): Promise<unknown> =>
  k.h.current.journeys.enter(ws, k.journey, { externalIds: [`user_id:${k.user('u')}`], key, ...(data ? { data } : {}) });
export const trailIs = async (k: Kit, trail: string[]): Promise<void> => expect(await k.h.trail(k.journey, k.user('u'))).toEqual(trail);
