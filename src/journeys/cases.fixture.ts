import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createHarness, type Harness } from './journeys.fixture.ts';

/** One harness for a file of cases. Every case has a user and events of its own, so that journeys of other cases stay out of it. */
export let h: Harness;
export let users = 0;
export let user = '';
export let start = '';

/** To be called by each file of cases: test files of one process share this module, so it cannot do it by itself. */
export function cases(): void {
  beforeAll(async () => {
    h = await createHarness();
  });
  afterAll(() => h.close());
  afterEach(() => h.clear());
  beforeEach(() => {
    users += 1;
    user = `u${users}`;
    start = `Start ${users}`;
  });
}

type More = Record<string, unknown>;
export const entry = (more: More = {}) => ({ id: 'in', type: 'entry', event: start, ...more });
export const wait = (more: More = { hours: 1 }, id = 'w') => ({ id, type: 'wait', ...more });
export const send = (id = 's') => ({ id, type: 'send', channel: 'webhook', contentId: h.contentId });
export const exit = (id = 'x') => ({ id, type: 'exit' });
export const goal = (more: More = {}) => ({ id: 'g', type: 'goal', event: `Goal ${users}`, withinDays: 3, ...more });
export const price = (op: string, value: unknown) => [{ property: 'price', op, value }];
