import type { z } from 'zod';
import type { WechatControl } from './simulator.ts';

export interface Command {
  schema: z.ZodType;
  run(control: WechatControl, body: unknown): unknown;
}

export function command<S extends z.ZodType>(schema: S, run: (control: WechatControl, input: z.output<S>) => unknown): Command {
  return { schema, run: (control, body) => run(control, schema.parse(body)) };
}
